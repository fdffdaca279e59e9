from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0002_determinants_of_matters'),
    ]

    operations = [
        migrations.AddField(
            model_name='replay',
            name='reasons',
            field=models.JSONField(default=list),
        ),
    ]
