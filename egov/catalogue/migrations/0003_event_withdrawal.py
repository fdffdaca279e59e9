from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0002_letters'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='eventversion',
            name='withdraws',
            field=models.BooleanField(default=False),
        ),
    ]
