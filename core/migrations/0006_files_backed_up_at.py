from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0005_digest_later'),
    ]

    operations = [
        migrations.AddField(
            model_name='siteidentity',
            name='files_backed_up_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        # Until now one instant stood for both.
        migrations.RunSQL(
            'UPDATE core_siteidentity SET files_backed_up_at = backed_up_at', migrations.RunSQL.noop
        ),
    ]
