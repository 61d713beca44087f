from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="credentials",
            name="syllabuses_seen",
            field=models.TextField(
                blank=True, help_text="Whose results were seen with it: each code, after a comma."
            ),
        ),
    ]
