from django.db import migrations

from egov.kernel.partitions import partition_by_month


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        # Each process takes a block of 50 numbers (kernel.references.BLOCK).
        migrations.RunSQL(
            "create sequence kernel_reference_seq increment by 50", "drop sequence kernel_reference_seq"
        ),
        partition_by_month("kernel_outboxmessage", "emitted_at"),
    ]
