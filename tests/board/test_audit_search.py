"""The search over the audit trail: what it finds, page by page, and the CSV that carries no formula."""

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict

from board import audit_search
from board.audit_search import AuditSearch, find, page
from centres import audit
from centres.models import AuditEvent
from centres.models.audit import WORDS
from tests.board.events import events

URL = "/board/audit/"
DAY = dt.datetime(2026, 8, 13, 12, tzinfo=dt.UTC)


@pytest.fixture
def told(world):
    """Three events, a day apart."""
    with time_machine.travel(DAY, tick=False):
        audit.record("invited", by="Officer.One", subject="officer.new")
    with time_machine.travel(DAY + dt.timedelta(days=1), tick=False):
        audit.record(
            "status_edited",
            by="officer.two",
            centre=world.main,
            series=world.series,
            old={"status": "none"},
            new={"status": "all"},
        )
    with time_machine.travel(DAY + dt.timedelta(days=2), tick=False):
        audit.record("loaded", by="command: load", subject="=cmd|' /C calc'!A0")


FOUND = [
    ("", ["loaded", "status_edited", "invited"]),
    ("by=officer.ONE", ["invited"]),
    ("by=officer", []),
    ("action=status_edited", ["status_edited"]),
    ("centre=main1", ["status_edited"]),
    ("series=June+2026", ["status_edited"]),
    ("subject=NEW", ["invited"]),
    ("group=centres", ["status_edited"]),
    ("group=unknown", ["loaded", "status_edited", "invited"]),
    ("group=people&by=officer.two", []),
    ("from_day=2026-08-14", ["loaded", "status_edited"]),
    ("to_day=2026-08-14", ["status_edited", "invited"]),
    ("to_day=9999-12-31", ["loaded", "status_edited", "invited"]),
    ("from_day=2026-08-14&to_day=2026-08-14", ["status_edited"]),
    ("by=officer.two&action=loaded", []),
]
REFUSED = [
    ("from_day=2026-02-30", "Enter a valid date."),
    ("action=unknown", "Select a valid choice."),
    ("from_day=2026-08-14&to_day=2026-08-13", "The last day comes before the first."),
]


def test_it_finds_what_is_posted(board, told):
    for asked, found in FOUND:
        answer = board.post(URL, QueryDict(asked).dict())
        assert [event.action for event in answer.context["page"].events] == found, asked
        assert ("Nothing found" in answer.content.decode()) == (not found)


def test_what_cannot_be_looked_for_is_said(board, told):
    for asked, answer in REFUSED:
        for url in (URL, f"{URL}download/"):
            said = board.post(url, QueryDict(asked).dict()).content.decode()
            assert answer in said
            assert "officer.new" not in said


@pytest.fixture
def long_trail(db, monkeypatch):
    """Seven events at the same instant, three on a page."""
    monkeypatch.setattr(audit_search, "PAGE", 3)
    with time_machine.travel(DAY, tick=False):
        for number in range(7):
            audit.record("invited", by="board", subject=str(number))


def test_page_by_page_every_event_comes_once_newest_first(long_trail):
    found, before = [], None
    for _ in range(3):
        one = page(AuditSearch(), before=before)
        found += [event.subject for event in one.events]
        before = one.older
    assert found == list("6543210")
    assert before is None


def test_the_way_to_older_ones_keeps_what_was_looked_for(board, long_trail):
    html = board.post(URL, {"by": "board"}).content.decode()
    older = AuditEvent.objects.get(subject="4").pk
    assert f'form="audit-search" name="before" value="{older}">Older' in html
    assert 'name="by" value="board"' in html

    html = board.post(URL, {"by": "board", "before": older}).content.decode()
    assert "<bdi>3</bdi>" in html and "<bdi>4</bdi>" not in html
    assert 'name="before" value="">Newest' in html


def test_what_links_say_is_found_and_a_subject_never_stands_in_an_address(board, told):
    """A subject may be a candidate's name."""
    assert events_at(board, "centre=MAIN1") == ["status_edited"]
    assert events_at(board, "subject=nobody") == ["loaded", "status_edited", "invited"]
    assert 'id="audit-search"' in (page := board.get(URL).content.decode())
    assert 'method="get"' not in page


def events_at(board, asked: str) -> list[str]:
    return [event.action for event in board.get(f"{URL}?{asked}").context["page"].events]


def test_every_action_is_of_one_group():
    of = [action for group in audit_search.GROUPS for action in audit_search.actions_of(group)]
    assert sorted(of) == sorted(WORDS)


def test_a_page_costs_the_same_however_far_back(board, long_trail, django_assert_num_queries):
    older = AuditEvent.objects.get(subject="4").pk
    board.get(URL)
    with django_assert_num_queries(6):
        board.get(URL)
    with django_assert_num_queries(7):
        board.get(f"{URL}?before={older}")


def test_the_csv_holds_all_that_is_found_and_no_formula(board, told):
    answer = board.post(f"{URL}download/", {"from_day": "2026-08-14", "to_day": "2026-08-15"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [row["when (UTC)"] for row in rows] == ["2026-08-15 12:00:00", "2026-08-14 12:00:00"]
    assert rows[1]["who"] == "officer.two"
    assert (rows[1]["old"], rows[1]["new"]) == ("status: none", "status: all")
    assert not rows[0]["subject"].startswith("=")
    taken = events()[-1]
    assert (taken.action, taken.by) == ("trail_downloaded", "board")
    assert taken.new == {"from_day": "2026-08-14", "to_day": "2026-08-15"}


def test_a_search_by_person_uses_its_index(db):
    if connection.vendor != "postgresql":
        pytest.skip("what SQLite would do says nothing of PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    assert "audit_by_newest" in find(AuditSearch(by="board")).explain()
    assert "audit_action_newest" in find(AuditSearch(action="loaded")).explain()
