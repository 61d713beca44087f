"""Old and new values are written for people, wherever they are shown, and never as Python writes them."""

import datetime as dt
import html
import re
from decimal import Decimal

import pytest
from django.test import Client

from board.audit_search import AuditSearch, download
from centres.models import AuditEvent
from core.in_words import in_words
from loading.models import LoadedFile
from loading.registry import KINDS
from results.components import Component
from tests.builders import A_LEVEL, IGCSE, make_board_operator, make_proposal, make_series
from tests.loading.files import load
from tests.loading.test_workbook import workbook
from tests.loading.test_workflow import apply, give, page

pytestmark = pytest.mark.django_db

PYTHON = re.compile(
    r"\b(None|True|False)\b|\w\(\w*=|\w+\('|\(\)|\[\]|\{\}|\{'|\['|datetime\.|<\w|[0-9]T[0-9]{2}:|exams_officer"
)
SERIES = "series,credentials_from,qualification,release_at,staff_release_at\n"
STAFF = "username,name,email,centre,role,restricted_results\n"
ENTRIES = (
    "series,centre,candidate_number,candidate_name,date_of_birth,uci,syllabus,option_code,status\n"
)
HEADS = (
    *("Syllabus", "Option code", "Centre number", "Candidate number"),
    *("Component 12 Raw mark", "Component 12 Adjusted mark", "Component 33 Grade"),
    *("Syllabus total", "Syllabus grade"),
)
WHO = ("0580", "AX", "MAIN1", "0001")


def csv(head: str, *rows: str) -> bytes:
    return "\n".join((head.strip(), *rows, "")).encode()


BEFORE = {
    "centres": csv(
        "number,name,country,time_zone,main_centre",
        "MAIN1,Old School,Nowhere,Asia/Bangkok,",
        "MAIN2,Other,Nowhere,UTC,",
        "ASC01,Attached,Nowhere,UTC,MAIN1",
    ),
    "syllabuses": csv("code,title,qualification", f"0580,Maths,{IGCSE}"),
    "series": csv(SERIES, f"June 2026,2026-03-25,{IGCSE},2026-08-13T05:00:00+00:00,"),
    "staff": csv(STAFF, "ann,Ann,ann@example.org,MAIN1,viewer,no"),
    "entries": csv(ENTRIES, "June 2026,MAIN1,0001,BLOGGS: Fred,2009-03-04,,0580,AX,valid"),
    "results": workbook(HEADS, (*WHO, None, None, None, 100, "B")),
}
# Every column that a file can change is another, and a second row is new.
AFTER = {
    "centres": csv(
        "number,name,country,time_zone,main_centre",
        "MAIN1,New School,Elsewhere,Europe/Madrid,",
        "ASC01,Attached School,Nowhere,UTC,MAIN2",
        "NEW01,New,Nowhere,UTC,",
    ),
    "syllabuses": csv(
        "code,title,qualification",
        "0580,Mathematics,Cambridge O Level",
        f"0610,Biology,{IGCSE}",
    ),
    "series": csv(
        SERIES,
        f"June 2026,2026-03-26,{IGCSE},2026-08-13T06:00:00+00:00,2026-08-12T06:30:00+00:00",
        "June 2026,2026-03-26,Cambridge O Level,2026-08-13T05:00:00+00:00,",
    ),
    "staff": csv(
        STAFF,
        "ann,Ann Other,ann.other@example.org,MAIN1,exams_officer,yes",
        "bob,Bob,bob@example.org,MAIN2,viewer,no",
    ),
    "entries": csv(
        ENTRIES,
        "June 2026,MAIN1,0001,BLOGGS: Frederick,2009-03-05,MAIN12500001C,0580,BY,withdrawn",
        "June 2026,MAIN1,0002,BLOGGS: Ann,,,0580,AX,valid",
    ),
    "results": workbook(HEADS, (*WHO, 65, 66.5, "a", 100, "A")),
}
SHOWN = {
    "centres": ["name: Old School → New School", "main centre: MAIN1 → MAIN2"],
    "syllabuses": [f"qualification: {IGCSE} → Cambridge O Level"],
    "series": [
        "credentials from: 25 March 2026 → 26 March 2026",
        "release at: 13 August 2026, 06:00 London time (UTC+1), 13 August 2026, 05:00 UTC → "
        "13 August 2026, 07:00 London time (UTC+1), 13 August 2026, 06:00 UTC",
        "staff release at: – → 12 August 2026, 07:30 London time (UTC+1), 12 August 2026, 06:30 UTC",
    ],
    "staff": ["role: Viewer → Exams officer", "restricted results: no → yes"],
    "entries": [
        "date of birth: 4 March 2009 → 5 March 2009",
        "uci: – → MAIN12500001C",
        "status: valid → withdrawn",
    ],
    "results": ["components: – → 12: raw 65, adjusted 66.5; 33: grade a", "grade: B → A"],
}


@pytest.fixture
def board(client):
    client.force_login(make_board_operator("board.one"))
    return client


@pytest.fixture
def colleague(db):
    client = Client()
    client.force_login(make_board_operator("board.two"))
    return client


def text(content: str) -> str:
    """What is read on a page, between the head and the foot."""
    found = re.search(r"<main.*</main>", content, re.DOTALL)
    said = html.unescape(re.sub(r"<[a-z/!][^>]*>", "\0", found[0] if found else content))
    return re.sub(r"[\s\0]+", " ", said)


@pytest.mark.parametrize("kind", KINDS)
def test_page_command_and_trail_of_a_file_that_changes_every_field(board, colleague, kind):
    for one in KINDS:
        load(one, BEFORE[one])
        if one == kind:
            break

    said = load(kind, AFTER[kind], dry_run=True)
    given = give(board, AFTER[kind], reason="Review of marking")
    shown = text(page(board, given))

    assert given.found["bad"] == 0, shown
    columns = {*KINDS[kind].columns, *KINDS[kind].optional} - {*KINDS[kind].identity, "pum"}
    columns -= {"candidate_name", "option_code"} if kind == "results" else set()
    for column in columns:
        assert f" {column.replace('_', ' ')}: " in shown, column
    for one in SHOWN[kind]:
        assert one in shown
    apply(colleague, given)
    assert LoadedFile.objects.get().applied_at
    trail = text(colleague.get("/board/audit/").content.decode()).partition("What was done")[2]
    file = b"".join(download(AuditSearch(), by=make_board_operator())).decode()
    for where in (said, shown, trail, file):
        assert not PYTHON.search(where), PYTHON.search(where)


def test_the_guard_of_these_tests_finds_what_was_seen():
    for seen in (
        "() → (Component(number='33', raw='')",
        "datetime.date(2026, 3, 25)",
        "released: None",
        "<QuerySet [1]>",
        "{'a': 1}",
        "2026-08-13T05:00:00+00:00",
    ):
        assert PYTHON.search(seen)
    assert not PYTHON.search("12: raw 65, grade B; 33: raw ABS (June 2026), Tuesday")


def test_what_the_trail_kept_is_read_by_the_boards_clock_and_utc(board):
    make_proposal(make_series())
    AuditEvent.objects.create(
        by="board.one",
        action="release_proposed",
        old={"candidates_at": None, "credentials_from": "2026-03-25"},
        new={"candidates_at": "2026-08-13T05:00:00+00:00", "credentials_from": None, "held": True},
    )

    shown = text(board.get("/board/audit/").content.decode())
    file = b"".join(download(AuditSearch(), by=make_board_operator())).decode()

    instant = "13 August 2026, 06:00 London time (UTC+1), 13 August 2026, 05:00 UTC"
    for where in (shown, file):
        assert f"candidates at: {instant}" in where
        assert "credentials from: 25 March 2026" in where and "held: yes" in where
    assert "credentials from: 25 March 2026 → –" in shown


def test_values_have_words():
    assert in_words(None) == ""
    assert in_words(dt.date(2026, 3, 5)) == "5 March 2026"
    assert in_words(dt.timedelta(hours=26)) == "26:00"
    assert in_words(Decimal("61.5")) == "61.5"
    assert in_words(["A", True]) == "A, yes"
    assert in_words({"new": 3, "old": None}) == "new: 3; old: "
    with pytest.raises(TypeError):
        in_words(object())


def test_a_result_in_the_trail_has_words_too():
    assert in_words((Component("12", "65", "", "B"),)) == "12, 65, , B"


def test_a_release_at_another_hour_than_usual_is_told_before_it_is_applied(board):
    load("series", BEFORE["series"])

    said = load("series", AFTER["series"], dry_run=True)
    shown = text(page(board, give(board, AFTER["series"])))

    sentence = (
        f"{IGCSE}, June 2026: candidates from 13 August 2026, 07:00 London time (UTC+1), 13 August 2026, "
        "06:00 UTC. Results are usually released at 06:00 London time (UTC+1)."
    )
    assert "Releases at another hour than usual: 1" in shown and "Needs checking" in shown
    assert "Releases at another hour than usual: 1" in said
    for where in (shown, said):
        assert sentence in where and where.count("usually released") == 1
    assert sentence in load("series", AFTER["series"])
    assert "another hour" not in load("series", AFTER["series"])  # it is stored already
    assert "another hour" not in load("series", BEFORE["series"])


def test_the_usual_hour_is_the_boards_own(board, settings):
    settings.BOARD_TIME_ZONE, settings.BOARD_RELEASE_TIME = "Asia/Kolkata", dt.time(10, 30)

    shown = text(page(board, give(board, BEFORE["series"])))

    assert (
        "release at: 13 August 2026, 10:30 Kolkata time (UTC+5:30), 13 August 2026, 05:00 UTC"
        in shown
    )
    assert "usual" not in shown


def test_a_proposed_release_at_another_hour_says_so_to_both_people(board):
    series = make_series()
    usual = make_proposal(series)
    an_hour_late = make_proposal(
        series, A_LEVEL, candidates_at=usual.candidates_at + dt.timedelta(hours=1)
    )

    assert "usually" not in text(board.get(f"/board/releases/{usual.pk}/").content.decode())
    shown = text(board.get(f"/board/releases/{an_hour_late.pk}/").content.decode())
    assert "This is another hour than usual. Results are usually released at 06:00" in shown


def test_the_pages_of_loading_show_their_own_times_by_the_boards_clock(board):
    given = give(board, BEFORE["centres"])
    LoadedFile.objects.update(asked_at=dt.datetime(2026, 8, 13, 5, tzinfo=dt.UTC))

    shown = page(board, given)
    assert "13 August 2026, 06:00 London time (UTC+1)" in shown
    for where in (shown, board.get("/board/loading/").content.decode()):
        assert "13 August 2026, 05:00 UTC" in where
