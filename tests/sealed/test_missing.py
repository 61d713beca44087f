"""What is missing of a sealed series: what the manifests say, never that it is sealed."""

import datetime as dt

import pytest
import time_machine
from django.core.cache import cache

from accounts.models import User
from board import figures, service_state
from centres.models import Centre, Series
from sealed import giving, missing
from sealed.models import Seal, SealedFile
from tests.builders import A_LEVEL, IGCSE, IGCSE_RELEASE, make_candidate, make_centre, make_series
from tests.operations.test_metrics import scraped
from tests.sealed.cast import LENGTH, make_ring, make_seal

EVE = IGCSE_RELEASE - dt.timedelta(days=2)


@pytest.fixture
def series(db) -> Series:
    """Sealed: twenty candidates, each entered for 0580 and 9702, none with a result."""
    one, centre = make_series(), make_centre("MAIN1")
    for number in range(1, 21):
        make_candidate(centre, one, f"{number:04}", grades={"0580": None, "9702": None})
    ring = make_ring()
    make_seal(one, ring[0].user)
    one.refresh_from_db()
    return one


@pytest.fixture
def board(series, client):
    client.force_login(User.objects.get(username="keyholder.1"))
    return client


def give(series: Series, **with_result: int) -> SealedFile:
    """A sealed file whose manifest says so (`sealed.checking`): of each syllabus so many."""
    told = {code.strip("s"): {"with": many, "without": 0} for code, many in with_result.items()}
    counts = {"rows": sum(with_result.values()), "syllabuses": told}
    content = memoryview(b"made up")
    seal = Seal.objects.get(series=series)
    return giving.keep(seal, content, counts, length=LENGTH, name="a.csv", by="board")


def by_release() -> dict[str, int]:
    return {one.release.qualification.name: one.missing for one in missing.of_releases(EVE)}


def test_a_series_of_which_nothing_was_given_lacks_everything(series):
    assert by_release() == {IGCSE: 20, A_LEVEL: 20}


def test_what_is_sealed_is_not_missing(series):
    give(series, s0580=20, s9702=20)
    assert by_release() == {IGCSE: 0, A_LEVEL: 0}
    assert missing.by_syllabus(series) == []


def test_what_no_file_has_is_missing_by_syllabus(series):
    give(series, s0580=17)
    assert by_release() == {IGCSE: 3, A_LEVEL: 20}
    found = missing.by_syllabus(series)
    told = {one["code"]: (one["entries"], one["missing"]) for one in found or []}
    assert told == {"9702": (20, 20), "0580": (20, 3)}


def test_files_that_add_count_together_and_what_is_replaced_does_not(series):
    first = give(series, s0580=17)
    give(series, s0580=5, s9702=1)
    assert by_release() == {IGCSE: 0, A_LEVEL: 19}
    SealedFile.objects.filter(pk=first.pk).update(replaced_at=EVE)
    assert by_release() == {IGCSE: 15, A_LEVEL: 19}


def test_of_another_series_what_is_not_stored_is_missing_as_ever(series):
    give(series, s0580=20, s9702=20)
    other = make_series(2026, 3, releases={IGCSE: IGCSE_RELEASE})
    make_candidate(Centre.objects.get(), other, grades={"0580": None})
    found = {(str(one.release)): one.missing for one in missing.of_releases(EVE)}
    assert found == {
        f"{IGCSE}, June 2026": 0,
        f"{A_LEVEL}, June 2026": 0,
        f"{IGCSE}, March 2026": 1,
    }
    assert missing.by_syllabus(other) is None


@time_machine.travel(EVE, tick=False)
def test_no_alarm_comes_of_what_is_sealed(series, board):
    give(series, s0580=20, s9702=20)
    found = scraped()
    assert found["results_missing", IGCSE, "2026-06"] == 0
    [check] = [one for one in service_state.state() if one.name == "Results"]
    assert check.state == "good" and "or is in a sealed file" in check.words
    cache.clear()
    assert "no result" not in board.get("/board/home/service/").content.decode()


@time_machine.travel(EVE, tick=False)
def test_the_boards_pages_say_what_the_files_lack_and_not_at_which_centre(series, board):
    give(series, s0580=17, s9702=20)
    page = board.get("/board/missing/?series=2026-06").content.decode()
    assert "June 2026 is sealed. 3 valid entries have no result in its sealed files" in page
    assert "0580" in page and "9702" not in page and "MAIN1" not in page
    assert "Download as CSV" not in page
    csv = board.get("/board/missing/csv/?series=2026-06")
    assert csv["Content-Type"].startswith("text/html")

    cache.clear()
    home = board.get("/board/?count=1").content.decode()
    assert "Results sealed" in home and "37 of 40" in home
    assert figures.counted(series)["missing"] == 3
    assert ">sealed</td>" in board.get("/board/centres/MAIN1/").content.decode()


@time_machine.travel(EVE, tick=False)
def test_where_the_files_have_all_of_it_the_page_says_so(series, board):
    give(series, s0580=20, s9702=20)
    page = board.get("/board/missing/?series=2026-06").content.decode()
    assert "Every valid entry of June 2026 has a result in its sealed files." in page
