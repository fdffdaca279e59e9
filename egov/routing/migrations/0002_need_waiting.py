from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('routing', '0001_initial')]

    operations = [
        migrations.AddIndex(
            model_name='need',
            index=models.Index(
                fields=['-corrected', '-id'],
                condition=models.Q(('learned', False), models.Q(('chosen', ''), _negated=True)),
                name='need_waiting',
            ),
        ),
    ]
