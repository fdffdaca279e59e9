from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0003_event_withdrawal'),
    ]

    operations = [
        migrations.AddField(
            model_name='eventversion',
            name='revision',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='serviceversion',
            name='revision',
            field=models.PositiveIntegerField(default=0),
        ),
    ]
