"""Home of the board: the next release, what waits for a second person, loads, the service and the audit trail."""

import datetime as dt
import os
import re
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from board import corrections, releases
from board.models import ProposedCorrection, ProposedRelease
from centres import audit
from core import worker
from core.models import WorkerHeartbeat
from results import holds
from results.models import Result
from tests.builders import (
    A_LEVEL,
    BEFORE,
    IGCSE,
    IGCSE_RELEASE,
    hold,
    make_load,
    make_proposal,
    make_qualification,
    record_about,
)


def html(answer) -> str:
    return answer.content.decode()


def test_the_worst_part_is_named(board, world, settings):
    assert "See how the service is" in html(board.get("/board/"))  # until a script fetches it
    page = service(board)
    assert "Needs action now" in page
    assert "None is running." in page

    settings.BACKUP_STAMP = __file__
    os.utime(__file__)
    worker.heartbeat()
    assert "None is set up" in service(board)
    with answering_scanner() as where:
        settings.CLAMD = where
        page = service(board)
    [(well, parts)] = re.findall(r"(\d+) of (\d+) parts are well", page)
    assert well == parts and int(parts) >= 12 and "All is well" in page
    assert f"{well} of {parts} parts are well" in html(board.get("/board/"))  # known for a minute


def service(board) -> str:
    cache.clear()
    return html(board.get("/board/home/service/"))


@contextmanager
def answering_scanner() -> Iterator[str]:
    """What says of itself, as clamd does, that it is there."""

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            if self.request.recv(100) == b"zPING\0":
                self.request.sendall(b"PONG\0")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_it_tells_what_waits_for_a_second_person_and_who_began_it(board, world):
    page = html(board.get("/board/"))
    assert "Nothing waits for a second person." in page

    proposal = make_proposal(world.series)
    own = make_proposal(world.series, A_LEVEL, by="board")
    holds.ask_to_let_go(hold(candidate=world.candidate), by="another")
    found = {"bad": 0, "changes": 1}
    series = make_load(world.board, kind="series", state="ready", found=found)
    page = html(board.get("/board/"))
    assert "4 things wait for a second person, 2 for you" in page
    for words in (
        f'href="/board/releases/{proposal.pk}/">Review release<',
        f'href="/board/releases/{own.pk}/">See release<',
        f'href="/board/loading/{series.pk}/">See file<',
        "Release hold: 0001 BLOGGS: Fred",
    ):
        assert words in page


def test_what_an_account_that_somebody_opened_lately_cannot_finish_is_not_for_it(board, world):
    make_proposal(world.series)
    assert "1 thing waits for a second person.<" in html(board.get("/board/"))

    record_about("board", "invited", by="board.first")
    page = html(board.get("/board/"))
    assert "1 thing waits for a second person, none for you." in page


def test_the_trail_tells_old_and_new_and_neither_a_grade_nor_a_number_of_a_row(board, world):
    proposal = ProposedRelease(
        series=world.series,
        qualification=make_qualification(IGCSE),
        candidates_at=IGCSE_RELEASE + dt.timedelta(days=1),
        reason="Scripts lost in a flood",
    )
    releases.propose(proposal, by=world.board)
    load = make_load(world.board)
    audit.record("file_given", by=world.board, subject=str(load))
    result = Result.objects.filter(entry__candidate=world.candidate).earliest("pk")
    correction = ProposedCorrection(result=result, grade="B", reason="Review of marking")
    corrections.propose(correction, by=world.board)
    page = html(board.get("/board/"))
    trail = page[page.index('id="trail-head"') :]

    assert "Candidates at: <bdi>13 August 2026, 06:00 London time (UTC+1)" in trail
    assert " → <bdi>14 August 2026, 06:00 London time (UTC+1)" in trail
    assert "Proposed a correction" in trail and ">B<" not in trail
    assert "syllabuses file" in trail and str(load.pk) not in trail


def test_figures_of_the_next_release_are_counted_when_they_are_asked_for(board, world):
    with time_machine.travel(BEFORE, tick=False):
        board.force_login(world.board)
        assert "Count for June 2026" in html(board.get("/board/"))
        page = html(board.get("/board/home/figures/"))
        assert "Cambridge International AS &amp; A Level, June 2026" in page
        assert "11 August 2026, 06:00" in page and "London time (UTC+1)" in page
        assert "Candidates with a login" in html(board.get("/board/?count=1"))


@pytest.mark.parametrize("many", [1, 3])
def test_it_takes_the_same_queries_however_much_there_is(
    board, world, many, django_assert_num_queries
):
    for centre in list(world.candidates)[:many]:
        hold(candidate=world.candidates[centre])
        make_load(world.board, kind="series", state="ready", found={"bad": 0, "changes": 1})
        WorkerHeartbeat.objects.create(name=centre, since=BEFORE, seen_at=timezone.now())
    board.get("/board/")
    with django_assert_num_queries(25):
        board.get("/board/")
