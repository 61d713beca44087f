# Made by makemigrations

import django.db.models.deletion
import privacy.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('centres', '0002_qualifications'),
    ]

    operations = [
        migrations.CreateModel(
            name='PseudonymKey',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('key', models.BinaryField(default=privacy.models.new_key, max_length=32, null=True)),
                ('up_to', models.DateTimeField(help_text='Rows until then have lost their names.', null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SeriesEnd',
            fields=[
                ('series', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='centres.series')),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('gone', models.JSONField(default=dict, help_text='What of it -> how many.')),
            ],
        ),
        migrations.CreateModel(
            name='Door',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.BigIntegerField(null=True)),
                ('candidate', models.BigIntegerField(null=True)),
                ('before', models.DateTimeField(null=True)),
                ('closes', models.ForeignKey(default=0, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='privacy.door')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk__gt', 0)), name='door_closes'), models.CheckConstraint(condition=models.Q(models.Q(('before', None), ('candidate', None), ('series__isnull', False)), models.Q(('before', None), ('candidate__isnull', False), ('series', None)), models.Q(('before__isnull', False), ('candidate', None), ('series', None)), _connector='OR'), name='door_of_one_thing')],
            },
        ),
    ]
