"""The log of PostgreSQL holds no value: no name, no grade, no digest of a login.

psycopg2 fills values into a statement before it is sent, and EXECUTE of a prepared one names them too, so what logs
statements logs what is in them: all of them (`log_statement`), slow ones, those that failed, with the row that broke a
constraint (DETAIL) or the line of a COPY (CONTEXT). The parameters of the protocol, which `log_parameter_max_length`
cuts, are not used. Whatever stands otherwise is told at each start and by the state page, and nothing is refused:
on results day a site that does not start again hurts more people than the log of a database that the same people
look after.
"""

from django.db import connection

from board.service_check import BAD, GOOD, Check

NAME = "Database log"
FILE = "deploy/postgresql/portal-log.conf"
WANTED = {  # as FILE sets them
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "debug_print_parse": "off",
    "debug_print_rewritten": "off",
    "debug_print_plan": "off",
    # Of extensions, which are mostly not there.
    "auto_explain.log_min_duration": "-1",
    "pgaudit.log": "none",
}
AS_GOOD = {"log_statement": {"ddl"}, "log_min_error_statement": {"fatal"}}


def faults() -> list[str]:
    """The settings that stand otherwise, each with its remedy (one query)."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, current_setting(name, true) FROM unnest(%s) AS name", [list(WANTED)]
        )
        found = dict(cursor.fetchall())
    return [
        f"{name} = {found[name]} (set it to {value})"
        for name, value in WANTED.items()
        if (found[name] or value) not in {value, *AS_GOOD.get(name, ())}
    ]


def sentence(found: list[str]) -> str:
    return f"The database writes values of statements, such as names and grades, into its log: {', '.join(found)}."


def check() -> Check:
    if connection.vendor != "postgresql":
        return Check(NAME, GOOD, f"{connection.display_name} keeps none.")
    if found := faults():
        remedy = f"{FILE} has all of them; then destroy what was written until now."
        return Check(NAME, BAD, sentence(found), remedy)
    return Check(NAME, GOOD, "It holds no statements.")
