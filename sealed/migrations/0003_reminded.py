from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sealed', '0002_signatures'),
    ]

    operations = [
        migrations.AddField(
            model_name='seal',
            name='reminded',
            field=models.SmallIntegerField(editable=False, help_text="How many hours before staff's first instant the board was last told that it is not opened.", null=True),
        ),
    ]
