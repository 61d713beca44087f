"""What the database itself needs: the cache's table, which all processes share, and its clock."""

from django.core.management import call_command
from django.db import migrations

# STATEMENT_TIMESTAMP is when the server was asked: one instant for all rows of an answer.
CLOCK_ON_POSTGRESQL = """
CREATE OR REPLACE FUNCTION gate_clock() RETURNS timestamp with time zone
LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT statement_timestamp()'
"""


def make_cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def make_clock(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CLOCK_ON_POSTGRESQL)


def drop_clock(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION gate_clock()")


class Migration(migrations.Migration):
    """The clock is what gates ask beside the application's (rule 25)."""

    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunPython(make_cache_table, migrations.RunPython.noop),
        migrations.RunPython(make_clock, drop_clock),
    ]
