from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


def keep_the_writer(apps, schema_editor):
    rows = apps.get_model("law", "DecisionTable").objects.filter(written_by_id__isnull=False)
    for party in rows.values_list("written_by_id", flat=True).distinct():
        rows.filter(written_by_id=party).update(writer_ids=[party])


def keep_the_last(apps, schema_editor):
    for row in apps.get_model("law", "DecisionTable").objects.exclude(writer_ids=[]).only("writer_ids"):
        row.written_by_id = row.writer_ids[-1]
        row.save(update_fields=["written_by_id"])


class Migration(migrations.Migration):

    dependencies = [
        ('law', '0002_revision_of_tables'),
    ]

    operations = [
        *(
            migrations.AddField(name, "writer_ids", ArrayField(models.BigIntegerField(), blank=True, default=list, size=None))
            for name in ("DecisionTable", "Procedure")
        ),
        migrations.RunPython(keep_the_writer, keep_the_last),
        migrations.RemoveField("DecisionTable", "written_by_id"),
    ]
