from django.db import migrations

from egov.kernel.partitions import partition_by_month


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]

    operations = [partition_by_month("notices_delivery", "created_at")]
