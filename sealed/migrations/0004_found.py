import django.db.models.deletion
from django.db import migrations, models


def unlogged(apps, schema_editor):
    """What a turn has found comes to no WAL, so to no archive, backup or standby."""
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('ALTER TABLE sealed_found SET UNLOGGED')


class Migration(migrations.Migration):
    """The column in which it was so far goes with the release after this one, which nobody reads it in."""

    dependencies = [
        ('sealed', '0003_reminded'),
    ]

    operations = [
        migrations.CreateModel(
            name='Found',
            fields=[
                ('turn', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='found', serialize=False, to='sealed.turn')),
                ('master_key_id', models.CharField(max_length=50)),
                ('wrapped', models.BinaryField()),
            ],
        ),
        migrations.RunPython(unlogged, migrations.RunPython.noop, elidable=False),
        migrations.AlterField(
            model_name='turn',
            name='boxes',
            field=models.JSONField(null=True),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name='turn', name='boxes')],
        ),
    ]
