from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sealed', '0001_sealed_results'),
    ]

    operations = [
        migrations.AddField(
            model_name='keyholder',
            name='signature',
            field=models.CharField(db_default='', default='', max_length=100),
        ),
        migrations.AddField(
            model_name='seal',
            name='signature',
            field=models.CharField(db_default='', default='', max_length=100),
        ),
    ]
