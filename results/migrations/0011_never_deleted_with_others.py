import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('centres', '0010_gate_clock'),
        ('results', '0010_hold_asked_as'),
    ]

    operations = [
        migrations.AlterField(
            model_name='result',
            name='entry',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='result', to='centres.entry'),
        ),
        migrations.AlterField(
            model_name='resultchange',
            name='result',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='results.result'),
        ),
    ]
