"""What is missing: how many valid entries have no result, by syllabus and centre; before a release for the board
alone (rule 19)."""

import csv
import datetime as dt
import io
import re

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils.html import escape

from centres.models import Centre, Entry, Release
from results import holds
from results.hold_levels import HOLD_LEVELS
from results.missing import missing
from results.models import Hold, Result
from tests.builders import (
    A_LEVEL,
    A_LEVEL_RELEASE,
    AFTER,
    IGCSE,
    IGCSE_RELEASE,
    STAFF_AT,
    erase,
    held_of,
    hold,
    let_go,
    make_board_operator,
    make_candidate,
    make_centre,
    restrict,
    trust,
)
from tests.loading.files import SAMPLE, load, load_sample

HERE = "/entries-and-results/2026-06/MAIN1/missing/"
BOARD = "/board/missing/"
DAY = dt.timedelta(days=1)
MICROSECOND = dt.timedelta(microseconds=1)
EVE = IGCSE_RELEASE - DAY
HEADS = [
    *("Series", "Centre", "Centre name", "Qualification", "Syllabus", "Title"),
    *("Release to candidates", "Valid entries"),
]


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user, url: str = HERE, *, at=AFTER) -> str:
    with time_machine.travel(at, tick=False):
        answer = browser(user).get(url)
    assert answer.status_code == 200
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def at_home(world, *, at=AFTER) -> str:
    """What Home tells of the service and of what is missing, counted now."""
    cache.clear()
    return page(world.board, "/board/home/service/", at=at)


def file(user, url: str = f"{HERE}csv/", *, at=AFTER) -> list[list[str]]:
    with time_machine.travel(at, tick=False):
        answer = browser(user).get(url)
        content = b"".join(answer).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def rows(html: str, head: str) -> list[tuple[str, int, int]]:
    """Of a table: the syllabus or centre, its valid entries, and those without a result."""
    part = html.partition(f'id="{head}-head"')[2].partition("</table>")[0]
    return [
        (
            re.search(r'row"[^>]*>(?:<a[^>]*>)?(\w+)', row)[1],
            *map(int, re.findall(r">(\d+)</td>", row)),
        )
        for row in re.split("<tr[ >]", part)[2:]
    ]


def lose(code: str, *centres: Centre) -> None:
    entries = Entry.objects.filter(syllabus__code=code, candidate__centre__in=centres)
    erase(Result.objects.filter(entry__in=entries))


@pytest.mark.parametrize("at", [EVE, AFTER])
def test_the_board_misses_a_whole_syllabus_before_the_release_and_after_it(world, at):
    lose("0580", *Centre.objects.all())

    told = page(world.board, BOARD, at=at)
    home = at_home(world, at=at)

    assert rows(told, "syllabuses") == [("0580", 4, 4)]
    assert rows(told, "centres") == [(one, 3, 1) for one in ("ASC01", "ASC02", "MAIN1", "OTH01")]
    assert f"{IGCSE}, June 2026: 4 valid entries have no result" in home
    assert home.count("no result</a>") == 1
    state = page(world.board, "/board/state/", at=at)
    assert f"Valid entries without a result: 4 in {IGCSE}, June 2026." in state


def test_a_centre_misses_a_whole_syllabus_once_it_is_released(world):
    lose("0580", *Centre.objects.all())
    here = HERE.replace("MAIN1", "ASC01")

    eve = page(world.associate_officer, here, at=EVE)
    officer = page(world.associate_officer, here)

    assert "0580" not in eve and f"valid entry in {escape(A_LEVEL)}.<" in eve
    assert rows(officer, "syllabuses") == [("0580", 1, 1)]
    assert "1 valid entry has no result to show" in officer


@pytest.mark.parametrize("address", [BOARD, f"{BOARD}csv/"])
def test_a_series_that_is_not_there_is_not_answered_with_another(world, address):
    board = browser(world.board)
    for series in ("2031-06", "2026-13", "June"):
        assert board.get(address, {"series": series}).status_code == 404
    assert board.get(address, {"series": ""}).status_code == 200


def test_the_files_have_their_heads_in_the_first_line(world):
    lose("0580", world.main, world.associate)
    released = "13 August 2026, 06:00 London time (UTC+1), 13 August 2026, 05:00 UTC"

    found = file(world.board, f"{BOARD}csv/?series=2026-06")

    assert found == [
        [*HEADS, "Without a result"],
        *(
            [
                "June 2026",
                one,
                f"Made-up School {one}",
                IGCSE,
                "0580",
                "Syllabus 0580",
                released,
                "1",
                "1",
            ]
            for one in ("ASC01", "MAIN1")
        ),
    ]
    found[0] = [*HEADS, "Nothing to show"]  # which may be held
    assert file(world.officer) == found
    assert file(world.associate_officer, f"{HERE.replace('MAIN1', 'ASC01')}csv/") == found[:2]


def test_a_centre_sees_its_own_and_a_main_centre_its_associates(world):
    lose("0580", *Centre.objects.all())

    own = page(world.associate_officer, HERE.replace("MAIN1", "ASC01"))
    all_of_them = page(world.officer)

    assert "ASC02" not in own and "By centre" not in own
    assert rows(all_of_them, "centres") == [(one, 3, 1) for one in ("ASC01", "ASC02", "MAIN1")]
    assert "OTH01" not in all_of_them
    for url in (HERE, f"{HERE}csv/"):
        assert browser(world.stranger).get(url).status_code == 404
        assert browser(world.associate_officer).get(url).status_code == 404
    assert browser(world.officer).get(BOARD).status_code == 404


def looks(user, *, at) -> list[object]:
    """All that tells somebody at MAIN1 of what is missing, byte by byte."""
    where = (HERE, "/to-do/", "/entries-and-results/2026-06/MAIN1/")
    return [*(page(user, url, at=at) for url in where), file(user, at=at)]


@pytest.mark.parametrize("level", HOLD_LEVELS)
@pytest.mark.parametrize(
    ("who", "in_confidence", "sees_from"),
    [
        ("officer", False, IGCSE_RELEASE),
        ("officer", True, IGCSE_RELEASE),
        ("viewer", True, STAFF_AT),
    ],
)
def test_no_sequence_of_looks_tells_a_hold_before_somebody_sees_outcomes(
    world, level, who, in_confidence, sees_from
):
    """Somebody looks, a result is held, they look again: before their instant it is the same, and from then on as
    if it was missing. `world.viewer` sees results in confidence, where there are any."""
    restrict(STAFF_AT if in_confidence else None)
    trust(world.viewer)
    user, before = getattr(world, who), sees_from - MICROSECOND
    seen = looks(user, at=before)

    one = hold(**held_of(world.candidate, "0580")[level])

    assert looks(user, at=before) == seen
    assert "Nothing is counted yet" in seen[0]
    assert rows(page(user, at=sees_from), "syllabuses")
    let_go(one)
    assert looks(user, at=before) == seen


@pytest.mark.parametrize("level", HOLD_LEVELS)
@pytest.mark.parametrize("at", [EVE, AFTER])
def test_to_a_centre_held_and_missing_are_the_same_bytes_and_the_board_may_know(world, level, at):
    """All that this hold covers is missing; then it is there, and held."""
    covered = holds.covered(Hold(**held_of(world.candidate, "0580")[level]))
    erase(Result.objects.filter(entry__in=covered))
    lacking = looks(world.officer, at=at)
    assert "Nothing is missing" not in lacking[0] or at == EVE

    for entry in covered:
        Result.objects.create(entry=entry, grade="A")
    hold(**held_of(world.candidate, "0580")[level])

    assert looks(world.officer, at=at) == lacking
    assert "Every valid entry of June 2026 has a result." in page(world.board, BOARD, at=at)


def test_what_is_let_go_is_missing_no_more(world):
    one = hold(candidate=world.candidate)
    assert rows(page(world.officer), "centres") == [("MAIN1", 3, 3)]

    let_go(one)

    assert "Nothing is missing" in page(world.officer)


def test_nothing_is_told_of_a_grade_or_a_candidate(world):
    lose("0580", world.main)

    for told in (page(world.officer), page(world.board, BOARD)):
        assert "BLOGGS" not in told and "A(a)" not in told and "B(b)" not in told


def test_withdrawn_entries_lack_nothing_and_pending_ones_neither(world):
    erase(Result.objects.filter(entry__syllabus__code="0580"))
    Entry.objects.filter(syllabus__code="0580").update(withdrawn=True)

    assert "Every valid entry" in page(world.board, BOARD)
    assert "Nothing is missing" in page(world.officer)


def test_where_there_are_no_valid_entries_nothing_is_said_to_have_a_result(world):
    Entry.objects.filter(syllabus__qualification__name=IGCSE).update(withdrawn=True)
    home = at_home(world)
    assert "no result</a>" not in home
    assert "Every valid entry of the next releases" in page(world.board, "/board/state/")

    Entry.objects.update(withdrawn=True)

    assert "no result</a>" not in at_home(world)
    for told in (page(world.board, url) for url in ("/board/state/", BOARD)):
        assert "no valid entries" in told and "very valid entry" not in told


def test_a_centre_without_valid_entries_in_a_release_at_hand_is_told_so(world):
    Entry.objects.filter(syllabus__code="9702").update(withdrawn=True)

    told = page(world.officer, at=A_LEVEL_RELEASE)

    assert "There are no valid entries in" in told and "Nothing is missing" not in told


def test_the_board_is_told_from_two_weeks_before_anybody_sees_a_release(world):
    erase(Result.objects.all())
    early = A_LEVEL_RELEASE - missing.AHEAD - DAY

    assert "no result</a>" not in at_home(world, at=early)
    later = at_home(world, at=early + 2 * DAY)
    assert "AS &amp; A Level, June 2026: 4 valid" in later and f"{IGCSE}, June" not in later
    Release.objects.update(staff_at=early)
    assert f"{IGCSE}, June 2026: 8 valid" in at_home(world, at=early)


def test_a_centre_is_told_from_each_release_on(world):
    erase(Result.objects.all())

    assert "Nothing is counted yet" in page(world.officer, at=A_LEVEL_RELEASE - MICROSECOND)
    assert file(world.officer, at=A_LEVEL_RELEASE - MICROSECOND) == [[*HEADS, "Nothing to show"]]
    a_level = page(world.officer, at=A_LEVEL_RELEASE)
    assert [one for one, *_ in rows(a_level, "syllabuses")] == ["9702"]
    both = page(world.officer, at=IGCSE_RELEASE)
    assert [one for one, *_ in rows(both, "syllabuses")] == ["0580", "0610", "9702"]


def test_the_home_of_the_board_forgets_a_release_when_letters_are_kept_no_longer(world, settings):
    erase(Result.objects.all())
    late = IGCSE_RELEASE + settings.LETTER_RETENTION

    assert "no result</a>" in at_home(world, at=late - DAY)
    assert "no result</a>" not in at_home(world, at=late + DAY)
    assert rows(page(world.board, f"{BOARD}?series=2026-06", at=late + DAY), "centres")


def test_administer_exams_asks_to_look_once_the_release_has_come(world):
    lose("0580", world.main, world.associate)

    assert "no result to show" not in page(world.officer, "/to-do/", at=EVE)
    told = page(world.officer, "/to-do/")
    assert "2 entries have no result to show" in told
    assert f'href="{HERE}">See 2 entries' in told
    assert "1 entry has no result to show" in page(world.associate_officer, "/to-do/")
    assert "no result to show" not in page(world.stranger, "/to-do/")


def test_in_confidence_it_is_counted_for_those_with_the_right(world):
    restrict()
    trust(world.viewer)
    lose("0580", world.main)

    assert rows(page(world.viewer, at=STAFF_AT), "centres") == [("MAIN1", 3, 1)]
    assert "1 entry has no result to show" in page(world.viewer, "/to-do/", at=STAFF_AT)
    assert "Nothing is counted yet" in page(world.officer, at=STAFF_AT)


@pytest.mark.parametrize("many", [1, 3])
@pytest.mark.parametrize(("who", "url", "queries"), [("officer", HERE, 13), ("board", BOARD, 10)])
def test_it_takes_the_same_queries_however_much_is_missing(
    world, many, who, url, queries, django_assert_num_queries
):
    erase(Result.objects.all())
    for number in range(many):
        centre = make_centre(f"ASC1{number}", main=world.main)
        make_candidate(centre, world.series, grades={"0580": None, "0610": None})
    with time_machine.travel(AFTER, tick=False):
        client = browser(getattr(world, who))
        client.get(url)
        with django_assert_num_queries(queries):
            client.get(url)


def test_the_sample_without_a_syllabus_is_told(db):
    load_sample("centres", "syllabuses", "series", "entries")
    lines = (SAMPLE / "results.csv").read_text().splitlines()
    load("results", "\n".join(one for one in lines if ",5054," not in one) + "\n")
    valid = Entry.objects.valid().filter(syllabus__code="5054").count()

    told = page(make_board_operator(), f"{BOARD}?series=2026-06")

    assert valid > 0
    assert rows(told, "syllabuses") == [("5054", valid, valid)]
