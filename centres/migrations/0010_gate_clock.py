from django.db import migrations

# STATEMENT_TIMESTAMP is when the server was asked: one instant for all rows of an answer.
ON_POSTGRESQL = """
CREATE OR REPLACE FUNCTION gate_clock() RETURNS timestamp with time zone
LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT statement_timestamp()'
"""


def make(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ON_POSTGRESQL)


def drop(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION gate_clock()")


class Migration(migrations.Migration):
    """The database's clock, which gates ask beside the application's (rule 25)."""

    dependencies = [("centres", "0009_audit_search")]
    operations = [migrations.RunPython(make, drop)]
