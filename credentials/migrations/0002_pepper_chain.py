from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="credentials",
            name="pepper_id",
            field=models.CharField(
                help_text="Its pepper; after a rotation several, as in 1+2.",
                max_length=100,
            ),
        ),
    ]
