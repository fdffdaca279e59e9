from django.db import migrations, models

from egov.kernel.partitions import partition_by_month


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=120, unique=True)),
                ("value", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "counter",
                "verbose_name_plural": "counters",
            },
        ),
        migrations.CreateModel(
            name="DemoState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stage", models.CharField(max_length=64, unique=True)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "demonstration stage",
                "verbose_name_plural": "demonstration stages",
            },
        ),
        migrations.CreateModel(
            name="PartitionedTable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table_name", models.CharField(max_length=63, unique=True)),
                ("column_name", models.CharField(max_length=63)),
            ],
            options={
                "verbose_name": "partitioned table",
                "verbose_name_plural": "partitioned tables",
            },
        ),
        migrations.CreateModel(
            name="ConsumedMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("handler", models.CharField(max_length=120)),
                ("message_id", models.BigIntegerField()),
                ("consumed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "consumed message",
                "verbose_name_plural": "consumed messages",
                "constraints": [
                    models.UniqueConstraint(fields=("handler", "message_id"), name="consumed_message_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(max_length=64)),
                ("owner", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=128)),
                ("digest", models.BinaryField(max_length=32)),
                ("result", models.CharField(blank=True, max_length=128)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "idempotency key",
                "verbose_name_plural": "idempotency keys",
                "constraints": [models.UniqueConstraint(fields=("scope", "owner", "key"), name="idempotency_key_once")],
            },
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("emitted_at", models.DateTimeField()),
                ("name", models.CharField(max_length=64)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("payload", models.JSONField()),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("queue", models.CharField(default="ordinary", max_length=16)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("dead_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "outbox message",
                "verbose_name_plural": "outbox messages",
                "indexes": [
                    models.Index(
                        condition=models.Q(("dead_at__isnull", True), ("delivered_at__isnull", True)),
                        fields=["queue", "due_at", "id"],
                        name="outbox_pending",
                    )
                ],
            },
        ),
        partition_by_month("kernel_outboxmessage", "emitted_at"),
        migrations.RunSQL(
            sql="create sequence kernel_reference_seq increment by 50",
            reverse_sql="drop sequence kernel_reference_seq",
        ),
    ]
