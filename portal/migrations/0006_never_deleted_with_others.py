import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('centres', '0010_gate_clock'),
        ('portal', '0005_proposals'),
        ('results', '0010_hold_asked_as'),
    ]

    operations = [
        migrations.AlterField(
            model_name='proposedcorrection',
            name='result',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='results.result'),
        ),
        migrations.AlterField(
            model_name='proposedrelease',
            name='qualification',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.qualification'),
        ),
        migrations.AlterField(
            model_name='proposedrelease',
            name='series',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.series'),
        ),
    ]
