"""While a series is sealed its results are loaded by opening alone: no page and no command takes a file of them, and
nothing of one that is given at the wrong page is kept, or told to the database (rule 28)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from centres.models import Series
from core.encrypted_files import Writer
from core.models import EncryptedFile
from loading.models import LoadedFile
from tests.builders import make_candidate, make_series
from tests.loading.files import faults, load
from tests.loading.test_workbook import HEADS, workbook

URL = "/board/loading/"
CSV = "series,centre,candidate_number,syllabus,grade,pum\n"
OTHER = "June 2026,MAIN1,0001,0580,B,81\n"
SEALED = "November 2026,MAIN1,0001,0580,A*,97\n"
SYLLABUSES = "code,title,qualification\n0999,Made-up Studies,Cambridge IGCSE\n"

pytestmark = pytest.mark.usefixtures("encrypted_folder")


@pytest.fixture
def seal(world) -> None:
    """November is sealed."""
    series = make_series(2026, 11)
    make_candidate(world.main, series, grades={"0580": None})
    Series.objects.filter(pk=series.pk).update(sealed=True)


@pytest.fixture
def written(monkeypatch) -> list[bytes]:
    """All that is written to a kept file meanwhile."""
    pieces: list[bytes] = []
    write = Writer.write

    def noted(writer, data):
        pieces.append(bytes(data))
        return write(writer, data)

    monkeypatch.setattr(Writer, "write", noted)
    return pieces


def give(client, content: str | bytes, **fields: str):
    data = content.encode() if isinstance(content, str) else content
    return client.post(URL, {"file": SimpleUploadedFile("file.csv", data), **fields})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (CSV + SEALED, "Line 2 is of November 2026, whose results are sealed"),
        (CSV + OTHER + SEALED, "Line 3 is of November 2026, whose results are sealed"),
        (CSV + OTHER + SEALED.replace("November 2026", "?"), "In line 3 none can be read"),
        (
            CSV + OTHER + "November 2026\n" + OTHER.rstrip("1\n"),
            "are sealed until keyholders open them",
        ),
        (
            "series;centre;candidate;grade\nNovember 2026;MAIN1;0001;A*\n",
            "its first line says of which kind",
        ),
        (CSV.replace("pum", "mark") + SEALED, "its first line says of which kind"),
        ("<html>", "This is a web page"),
        (
            workbook(
                HEADS, ("0580", "AX", "MAIN1", "0001", "F", 1, 1, "A*"), name="November_2026_0580"
            ),
            "is of November 2026, whose results are sealed",
        ),
        (workbook(HEADS, name="Notes"), "Not all of this file can be read"),
    ],
)
def test_a_file_with_a_row_of_it_is_refused_and_nothing_of_it_is_kept(
    board, seal, written, content, said
):
    before = EncryptedFile.objects.count()
    with CaptureQueriesContext(connection) as queries:
        html = give(board, content, kind="results").content.decode()

    assert said in html
    assert written == [] and EncryptedFile.objects.count() == before
    assert not LoadedFile.objects.exists()
    assert not any("A*" in query["sql"] for query in queries)


def test_results_of_another_series_are_taken_and_so_is_any_other_file(board, seal, written):
    assert give(board, CSV + OTHER).status_code == 302
    assert b"".join(written) == (CSV + OTHER).encode()
    assert give(board, SYLLABUSES).status_code == 302
    assert LoadedFile.objects.count() == 2


def test_a_process_that_has_held_results_ends(board, seal):
    held = give(board, CSV + SEALED).wsgi_request.META
    other = give(board, SYLLABUSES).wsgi_request.META
    assert held.get("portal.ends_worker") and "portal.ends_worker" not in other


def test_what_is_longer_than_may_be_held_is_refused(board, seal, monkeypatch):
    monkeypatch.setattr("loading.upload_handler.MOST_HELD", 100)
    html = give(board, CSV + OTHER * 10).content.decode()
    assert "up to 512 MiB" in html and not LoadedFile.objects.exists()


def test_the_command_refuses_it_too_before_anything_is_told_to_the_database(seal):
    with (
        CaptureQueriesContext(connection) as queries,
        pytest.raises(CommandError, match=r"manage\.py seal"),
    ):
        load("results", CSV + OTHER + SEALED)
    assert not any("A*" in query["sql"] or "'B'" in query["sql"] for query in queries)
    assert load("results", CSV + OTHER) == "0 created, 1 changed, 0 unchanged"


def test_where_nothing_is_sealed_no_file_is_held_in_memory(board, world, written, monkeypatch):
    monkeypatch.setattr("loading.upload_handler.MOST_HELD", 0)
    assert give(board, CSV + OTHER).status_code == 302
    assert b"".join(written) == (CSV + OTHER).encode()


def test_a_row_that_was_sealed_while_a_file_waited_is_bad_and_its_grade_is_not_quoted(
    seal, monkeypatch
):
    monkeypatch.setattr("loading.management.commands.load.refuse_sealed", lambda stream: None)
    (one,) = faults("results", CSV + SEALED.replace("A*", "A9"))
    assert "sealed until keyholders open them" in one and "A9" not in one
