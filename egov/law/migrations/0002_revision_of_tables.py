from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('law', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='decisiontable',
            name='revision',
            field=models.PositiveIntegerField(default=0),
        ),
    ]
