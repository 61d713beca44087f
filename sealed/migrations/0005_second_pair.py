from django.db import migrations, models

APPOINTED = models.UniqueConstraint(
    condition=models.Q(('appointed_at__isnull', False), ('retired_at', None)),
    fields=('user',),
    name='keyholder_one_appointed',
)
MADE = models.UniqueConstraint(
    condition=models.Q(('appointed_at', None), ('retired_at', None)),
    fields=('user',),
    name='keyholder_one_made',
)
ONE_PAIR = models.UniqueConstraint(
    condition=models.Q(('retired_at', None)), fields=('user',), name='keyholder_one_pair'
)


def part(apps, schema_editor):
    """The two allow all that the one allowed, so nothing of the release before can break them; and they are of a table
    of some ten rows, which nobody waits for."""
    keyholder = apps.get_model('sealed', 'Keyholder')
    schema_editor.add_constraint(keyholder, APPOINTED)
    schema_editor.add_constraint(keyholder, MADE)
    schema_editor.remove_constraint(keyholder, ONE_PAIR)


class Migration(migrations.Migration):
    """Who has lost a passphrase makes a second pair of keys, which takes the place of the first when it is appointed."""

    dependencies = [
        ('sealed', '0004_found'),
    ]

    operations = [
        migrations.RunPython(part, migrations.RunPython.noop, elidable=False),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint(model_name='keyholder', name='keyholder_one_pair'),
                migrations.AddConstraint(model_name='keyholder', constraint=APPOINTED),
                migrations.AddConstraint(model_name='keyholder', constraint=MADE),
            ],
        ),
    ]
