"""A matter gets the answers that chose its members from the draft it was filed with."""

from django.db import migrations


def fill(apps, schema_editor):
    Matter = apps.get_model("matters", "Matter")
    Submission = apps.get_model("intake", "Submission")
    rows = Submission.objects.exclude(draft=None).exclude(draft__plan={}).order_by("pk")
    for matter, plan in rows.values_list("matter", "draft__plan").iterator(chunk_size=500):
        Matter.objects.filter(reference=matter).update(determinants=plan.get("answers", {}))


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("matters", "0003_fill_pending_members")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
