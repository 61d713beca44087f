"""A report of an error holds its type, its places and its context, and nothing that anybody typed. What a site sends to
a collector in a process of its own is looked through in tests/portal/test_logs.py."""

import json
import logging

import pytest
import sentry_sdk
from django.db import OperationalError

from core.errors import log_error
from portal import error_reports
from tests.collector import collecting

TYPED = "hunter2"


@pytest.fixture
def reports(tmp_path):
    """What a collector has been sent, when all is."""
    file = tmp_path / "envelopes"
    handler = error_reports.Handler(level="ERROR")
    logging.getLogger().addHandler(handler)

    def sent() -> list[dict]:
        sentry_sdk.flush(30)
        assert TYPED not in file.read_text()
        parts = [line for line in file.read_text().splitlines() if line.startswith("{")]
        return [one for one in map(json.loads, parts) if "platform" in one]

    with collecting(file) as dsn:
        error_reports.begin(dsn, "1.2.3")
        yield sent
        sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)
    logging.getLogger().removeHandler(handler)


def trips(typed: str) -> None:
    grade = typed  # a variable
    try:
        raise KeyError(grade)
    except KeyError as error:
        error.add_note(f"with {typed}")
        raise ValueError(f"Key (username)=({typed}) already exists.") from error


def test_an_error_that_becomes_a_sentence_is_reported_by_type_and_place(reports):
    try:
        trips(TYPED)
    except ValueError as error:
        log_error(error, "letter file 7")

    [report] = reports()
    first, second = report["exception"]["values"]
    assert (first["type"], second["type"]) == ("KeyError", "ValueError")
    [*_, last] = second["stacktrace"]["frames"]
    assert last["function"] == "trips" and last["filename"] == "tests/portal/test_error_reports.py"
    assert set(last) <= set(error_reports.OF_FRAMES)
    assert second["value"] == ""
    assert report["release"] == "1.2.3" and report["logger"] == "core.errors"


def test_what_the_library_knows_beside_is_left_out(reports):
    sentry_sdk.add_breadcrumb(message=f"SELECT {TYPED}", category="query")
    sentry_sdk.set_user({"username": TYPED})
    sentry_sdk.set_tag("typed", TYPED)
    sentry_sdk.set_context("request", {"cookie": TYPED})
    sentry_sdk.set_extra("form", TYPED)
    sentry_sdk.get_isolation_scope().set_transaction_name(f"/results/{TYPED}")
    sentry_sdk.capture_message(TYPED)
    try:
        trips(TYPED)
    except ValueError as error:
        sentry_sdk.capture_exception(error)

    assert len(reports()) == 2


def test_a_line_without_an_error_is_reported_without_what_is_filled_in(reports):
    logging.getLogger("core.orphans").error("%s files are not there", TYPED)
    [report] = reports()
    assert report["logentry"] == {"message": "%s files are not there"}


def test_a_database_that_is_away_is_no_report(reports):
    logging.getLogger("django.request").error("500", exc_info=OperationalError(TYPED))
    assert reports() == []
