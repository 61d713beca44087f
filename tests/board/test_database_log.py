"""What the database writes into its own log is told where it holds values, at each start and by the state page."""

import re

import pytest
from django.conf import settings
from django.db import connection

from board import database_log
from board.service_state import state
from portal import start


def part():
    [found] = [one for one in state() if one.name == database_log.NAME]
    return found


def test_the_file_that_a_board_installs_sets_what_is_wanted():
    text = (settings.BASE_DIR / database_log.FILE).read_text()
    of_extensions = {name for name in database_log.WANTED if "." in name}
    said = dict(re.findall(r"^(\w+) = (\S+)", text, re.MULTILINE))
    assert said == {n: v for n, v in database_log.WANTED.items() if n not in of_extensions}


def test_sqlite_has_no_log_and_a_database_with_the_file_tells_no_values(db):
    assert database_log.faults() == []
    assert part().state == "good"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("log_statement", "all"),
        ("log_statement", "mod"),
        ("log_min_duration_statement", "0"),
        ("log_min_error_statement", "error"),
        ("log_error_verbosity", "default"),
        ("log_transaction_sample_rate", "0.5"),
        ("auto_explain.log_min_duration", "0"),
    ],
)
def test_each_setting_that_tells_values_is_told(db, name, value, caplog):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps no log")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {name} = '{value}'")

    assert part().state == "bad" and f"{name} = {value}" in part().words
    start.require()
    assert name in caplog.text


@pytest.mark.parametrize(
    ("name", "value"), [("log_statement", "ddl"), ("log_min_error_statement", "fatal")]
)
def test_what_writes_no_value_either_is_as_good(db, name, value):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps no log")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {name} = '{value}'")

    assert part().state == "good"
