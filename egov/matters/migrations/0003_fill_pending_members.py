"""Members that wait move from ``Member.route`` and ``Member.answers`` into rows of their own."""

from decimal import Decimal

from django.db import migrations

BATCH = 500


def fill(apps, schema_editor):
    Member = apps.get_model("matters", "Member")
    PendingMember = apps.get_model("matters", "PendingMember")
    PendingFile = apps.get_model("matters", "PendingFile")
    for member in Member.objects.filter(case="").exclude(route={}).order_by("pk").iterator(chunk_size=BATCH):
        kept = member.route
        pending = PendingMember.objects.create(
            member=member,
            case=kept["case"],
            version_id=kept["version"],
            department_id=kept["route"]["department_id"],
            unit_id=kept["route"]["unit_id"],
            rule=kept["route"]["rule"],
            reasons=kept["route"]["reasons"],
            region=kept["route"]["region"],
            answers=member.answers,
            sources=kept["sources"],
            price=Decimal(kept["price"]),
            submission=kept["submission"],
            language=kept["language"],
        )
        PendingFile.objects.bulk_create(
            PendingFile(pending=pending, material=material, file_id=file) for material, file in kept["files"]
        )


def empty(apps, schema_editor):
    PendingMember = apps.get_model("matters", "PendingMember")
    for pending in PendingMember.objects.select_related("member").order_by("pk").iterator(chunk_size=BATCH):
        member = pending.member
        member.answers = pending.answers
        member.route = {
            "case": pending.case,
            "version": pending.version_id,
            "sources": pending.sources,
            "files": [list(each) for each in pending.files.order_by("pk").values_list("material", "file_id")],
            "price": str(pending.price),
            "route": {
                "department_id": pending.department_id,
                "unit_id": pending.unit_id,
                "rule": pending.rule,
                "reasons": pending.reasons,
                "region": pending.region,
            },
            "submission": pending.submission,
            "language": pending.language,
        }
        member.save(update_fields=["answers", "route"])


def name_event_versions(apps, schema_editor):
    """The version of the event that was in force when a matter of several services was filed."""
    Matter = apps.get_model("matters", "Matter")
    EventVersion = apps.get_model("catalogue", "EventVersion")
    composed = EventVersion.objects.filter(published_at__isnull=False).order_by("code", "published_at", "number")
    versions = list(composed.values_list("pk", "code", "published_at"))
    for place, (pk, code, since) in enumerate(versions):
        rows = Matter.objects.filter(event=code, lead__isnull=False)
        if place and versions[place - 1][1] == code:  # the first also stands for what was filed before it
            rows = rows.filter(opened_at__gte=since)
        rows.update(event_version=pk)


class Migration(migrations.Migration):
    dependencies = [("matters", "0002_pending_members")]

    operations = [
        migrations.RunPython(fill, empty),
        migrations.RunPython(name_event_versions, migrations.RunPython.noop),
    ]
