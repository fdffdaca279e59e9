from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("matters", "0003_fill_pending_members")]

    operations = [migrations.RemoveField("member", "route"), migrations.RemoveField("member", "answers")]
