"""What a member that waits keeps gets columns and keys of its own; a matter knows its event as it was composed."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


def column(**more):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", **more)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0003_event_withdrawal"),
        ("documents", "0001_initial"),
        ("identity", "0001_initial"),
        ("matters", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            "matter",
            "event_version",
            column(to="catalogue.eventversion", null=True, blank=True, db_index=False),
        ),
        migrations.AddField("matter", "determinants", models.JSONField(default=dict, blank=True)),
        migrations.CreateModel(
            name="PendingMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pending", to="matters.member"
                    ),
                ),
                ("case", models.CharField(max_length=40)),
                ("version", column(to="catalogue.serviceversion", db_index=False)),
                ("department", column(to="identity.organisation", db_index=False)),
                ("unit", column(to="identity.unit", db_index=False)),
                ("rule", models.CharField(max_length=40)),
                ("reasons", models.JSONField(default=list)),
                ("region", models.CharField(max_length=12)),
                ("answers", models.JSONField(default=dict)),
                ("sources", models.JSONField(default=dict)),
                ("price", models.DecimalField(max_digits=12, decimal_places=2, default=0)),
                ("submission", models.CharField(max_length=40, blank=True)),
                ("language", models.CharField(max_length=10)),
            ],
            options={
                "verbose_name": "member that waits",
                "verbose_name_plural": "members that wait",
                "constraints": [
                    models.UniqueConstraint(fields=["case"], name="pending_case_once"),
                    models.CheckConstraint(condition=Q(price__gte=0), name="pending_price_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PendingFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "pending",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="matters.pendingmember"
                    ),
                ),
                ("material", models.CharField(max_length=60)),
                ("file", column(to="documents.storedfile")),
            ],
            options={
                "verbose_name": "file of a member that waits",
                "verbose_name_plural": "files of members that wait",
            },
        ),
    ]
