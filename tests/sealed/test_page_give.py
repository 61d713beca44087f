"""The page on which a results file is given: what comes is checked and sealed in memory; what was found is in the
answer to whoever gave it, and nowhere else (rule 28)."""

import datetime as dt
import subprocess
import tempfile

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.models import EncryptedFile
from results.models import Result
from sealed.models import Seal, SealedFile
from tests.board.events import events
from tests.builders import make_candidate, make_series
from tests.loading.test_workbook import HEADS, workbook
from tests.sealed.cast import make_ring, make_seal

URL = "/board/sealed-results/series/2026-11/give/"
CSV = "series,centre,candidate_number,syllabus,grade,pum\n"
GOOD = CSV + "November 2026,MAIN1,0001,0580,A*,97\n"
BAD = CSV + "November 2026,MAIN1,0001,0580,A9,97\nNovember 2026,MAIN1,0007,0580,B,81\n"

pytestmark = pytest.mark.usefixtures("encrypted_folder")


@pytest.fixture
def seal(world) -> Seal:
    series = make_series(2026, 11)
    make_candidate(world.main, series, grades={"0580": None, "9702": None})
    return make_seal(series, make_ring()[0].user)


def give(client, content: str | bytes, name: str = "november.csv", **fields: str):
    data = content.encode() if isinstance(content, str) else content
    return client.post(URL, {"file": SimpleUploadedFile(name, data), **fields})


def test_a_file_is_sealed_and_the_answer_tells_what_it_holds(board, seal):
    html = give(board, GOOD).content.decode()

    file = SealedFile.objects.get()
    assert (file.number, file.name, file.given_by) == (1, "november.csv", "board")
    assert file.manifest["rows"] == 1
    assert file.manifest["syllabuses"] == {
        "0580": {"with": 1, "without": 0},
        "9702": {"with": 0, "without": 1},
    }
    assert "The file is sealed" in html
    assert '<th scope="row">A*</th><td class="num">1</td><td class="num">100.0 %</td>' in html
    assert "nothing to compare them with" in html
    assert events()[-1].action == "sealed_file_given"
    assert not Result.objects.filter(entry__candidate__series=seal.series).exists()


def test_a_workbook_is_sealed_as_well(board, seal):
    rows = [HEADS, ("0580", "AX", "MAIN1", "0001", "Bloggs: Fred", 65, 127, "B")]
    answer = give(board, workbook(*rows, name="November_2026_0580"), "november.xlsx")
    assert "The file is sealed" in answer.content.decode()


def test_bad_rows_stand_in_the_answer_and_nothing_of_the_file_is_kept(board, seal):
    before = EncryptedFile.objects.count()
    html = give(board, BAD).content.decode()

    assert "Nothing of the file was kept" in html and "2 bad rows" in html
    assert "“A9” is not a grade of Cambridge IGCSE" in html
    assert "MAIN1 has no candidate 0007" in html
    assert not SealedFile.objects.exists() and EncryptedFile.objects.count() == before


def test_a_later_file_adds_to_what_was_given_or_replaces_it(board, seal):
    assert "Its place" not in board.get(URL).content.decode()
    give(board, GOOD)
    assert "Adds to the file given before" in board.get(URL).content.decode()
    html = give(board, GOOD.replace("A*", "B")).content.decode()
    assert "Choose whether it adds" in html and SealedFile.objects.count() == 1

    html = give(
        board, GOOD.replace("A*", "B"), place="adds", reason="Review of marking"
    ).content.decode()
    assert "nothing that is sealed can be compared" in html
    assert [one.number for one in seal.files.to_open()] == [1, 2]
    assert SealedFile.objects.get(number=2).reason == "Review of marking"

    assert "Replaces all 2 files" in board.get(URL).content.decode()
    html = give(board, GOOD, place="replaces").content.decode()
    assert [one.number for one in seal.files.to_open()] == [3]
    assert "cannot be told before" not in html


def test_no_answer_is_kept_by_a_browser_or_a_proxy(board, seal):
    for answer in (give(board, GOOD), give(board, BAD)):
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("content", [GOOD, BAD], ids=["good", "bad"])
def test_no_statement_session_or_file_holds_anything_of_it(
    board, seal, content, monkeypatch, tmp_path
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with CaptureQueriesContext(connection) as queries:
        give(board, content)

    told = [query["sql"] for query in queries]
    told += [str(one.get_decoded()) for one in Session.objects.all()]
    told += [str(row) for row in SealedFile.objects.values()]
    for secret in ("A*", "'97'", ",97", "“A9”", "'A9'", "'B'", "0007", "0580,"):
        assert not any(secret in one for one in told), secret
    # A process of its own reads them: to close a database's file here would let go of this process's locks on it.
    looked = ["grep", "-rlaFs", "MAIN1,0001,0580,", settings.DATA_DIR, tmp_path]
    assert subprocess.run(looked, capture_output=True, check=False).stdout == b""


def test_two_files_that_differ_in_grades_alone_take_as_much_room(board, seal):
    give(board, GOOD)
    give(board, GOOD.replace("A*,97", "UNGRADED,"), place="adds")
    one, other = SealedFile.objects.select_related("file")
    assert one.file.size == other.file.size
    assert {**one.manifest, "id": ""} == {**other.manifest, "id": ""}


def test_the_password_is_asked_for_before_the_form_and_no_file_is_taken_without(board, seal):
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)):
        for answer in (board.get(URL), give(board, GOOD)):
            assert answer.status_code == 302 and answer.url.startswith("/account/confirm/")
    assert not SealedFile.objects.exists()


def test_a_form_of_another_site_is_refused(world, seal):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.board)
    assert give(client, GOOD).status_code == 403
    assert not SealedFile.objects.exists()


def test_it_is_for_the_board_and_of_sealed_series_alone(board, seal, client, world):
    assert board.get(URL.replace("2026-11", "2026-06")).status_code == 404
    assert board.get(URL.replace("2026-11", "2020-06")).status_code == 404
    assert board.get(URL.replace("2026-11", "june")).status_code == 404
    client.force_login(world.officer)
    assert client.get(URL).status_code == give(client, GOOD).status_code == 404


def test_of_a_series_that_was_opened_meanwhile_nothing_is_sealed(board, seal):
    Seal.objects.update(opened_at=dt.datetime.now(dt.UTC))
    html = give(board, GOOD).content.decode()
    assert "was opened meanwhile" in html and not SealedFile.objects.exists()
    answer = board.get(URL)
    assert answer.status_code == 302 and answer.url == "/board/loading/"


def test_a_file_that_was_not_chosen_is_asked_for(board, seal):
    assert "Choose the file." in board.post(URL, {}).content.decode()


def test_where_nothing_can_be_stored_the_page_says_so_and_keeps_what_was_typed(
    board, seal, encrypted_folder
):
    give(board, GOOD)
    before = EncryptedFile.objects.count()
    encrypted_folder.rename(encrypted_folder.with_name("away"))
    encrypted_folder.touch()  # no folder any more
    html = give(board, GOOD, place="adds", reason="Review of marking").content.decode()

    assert "The storage is full, or cannot be reached. Nothing was kept." in html
    assert 'value="Review of marking"' in html
    assert (SealedFile.objects.count(), EncryptedFile.objects.count()) == (1, before)
