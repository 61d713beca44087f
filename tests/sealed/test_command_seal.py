"""`manage.py seal`: the same check and the same sealing on any machine that reaches the database (rule 28)."""

import resource
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from centres.models import AuditEvent
from core.models import EncryptedFile
from sealed.models import SealedFile
from tests.builders import make_candidate, make_series
from tests.sealed.cast import make_ring, make_seal

CSV = "series,centre,candidate_number,syllabus,grade,pum\n"
GOOD = "November 2026,MAIN1,0001,0580,A*,97\n"

pytestmark = pytest.mark.usefixtures("encrypted_folder")


@pytest.fixture
def seal(world):
    series = make_series(2026, 11)
    make_candidate(world.main, series, grades={"0580": None})
    return make_seal(series, make_ring()[0].user)


@pytest.fixture
def given(tmp_path):
    def give(content: str = CSV + GOOD, **options) -> tuple[str, str]:
        path = tmp_path / "results.csv"
        path.write_text(content)
        out, errors = StringIO(), StringIO()
        options = {"series": "2026-11", "by": "board"} | options
        try:
            call_command("seal", str(path), stdout=out, stderr=errors, **options)
        except CommandError as error:
            errors.write(str(error))
        return out.getvalue(), errors.getvalue()

    return give


def test_a_file_is_sealed_and_told(seal, given):
    with CaptureQueriesContext(connection) as queries:
        out, errors = given()

    assert errors == ""
    assert "A*: 1 (100.0 %)" in out and "1 rows, 1 entries with a result, 0 without" in out
    file = SealedFile.objects.get()
    assert (file.name, file.given_by, file.manifest["rows"]) == ("results.csv", "board", 1)
    assert AuditEvent.objects.filter(action="sealed_file_given", by="board").exists()
    assert not any("A*" in query["sql"] for query in queries)


def test_it_replaces_what_was_given_where_it_is_told_to(seal, given):
    given()
    given(replaces=True, reason="Review of marking")
    assert [(one.number, one.reason) for one in seal.files.to_open()] == [(2, "Review of marking")]


def test_bad_rows_are_listed_and_nothing_is_kept(seal, given):
    out, errors = given(CSV + GOOD.replace("0001", "0009"))
    assert out == "" and "MAIN1 has no candidate 0009" in errors and "1 bad row" in errors
    assert not SealedFile.objects.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"series": "2026-06"}, "is not sealed"),
        ({"series": "2031-06"}, "There is no series"),
        ({"by": "officer.main"}, "no account of the board"),
        ({"by": "nobody"}, "no account of the board"),
    ],
)
def test_what_cannot_be_is_refused(seal, given, options, said):
    assert said in given(**options)[1]
    assert not SealedFile.objects.exists()


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (OperationalError("away"), "The database is busy, away or not set up. Nothing of the file"),
        (KeyboardInterrupt(), "Stopped. Nothing of the file was kept."),
    ],
)
def test_what_ends_it_in_the_middle_leaves_nothing_of_the_file(seal, given, what, said):
    def end(execute, sql, *args):
        if 'INSERT INTO "sealed_sealedfile"' in sql:
            raise what
        return execute(sql, *args)

    with connection.execute_wrapper(end):
        assert said in given()[1]
    assert not SealedFile.objects.exists() and not EncryptedFile.objects.exists()


def test_where_nothing_can_be_stored_it_says_so(seal, given, encrypted_folder):
    encrypted_folder.touch()  # no folder
    assert "The storage is full, or cannot be reached." in given()[1]
    assert not SealedFile.objects.exists() and not EncryptedFile.objects.exists()


def test_what_it_reads_comes_to_no_core_dump(seal, given, monkeypatch):
    limits = []
    monkeypatch.setattr(resource, "setrlimit", lambda *limit: limits.append(limit))
    given()
    assert limits == [(resource.RLIMIT_CORE, (0, 0))]
