"""What no page of the board shows: the number of a row, a sign for yes or no without its word, a clock of twelve
hours. Retired phrases: tests/test_words.py.

Every row of the scene has a number that nothing else has, so that it is found wherever it stands.
"""

import re
from html import unescape
from itertools import count

import pytest
import time_machine
from django.db.models import AutoField
from django.db.models.signals import pre_save
from django.urls import reverse

from accounts.models import User
from board import corrections, releases
from board.models import ProposedCorrection
from centres import audit
from core import jobs
from results.models import Result
from tests.builders import (
    A_LEVEL,
    BEFORE,
    hold,
    make_access,
    make_correction,
    make_erasure,
    make_load,
    make_proposal,
    make_series,
)
from tests.sealed.cast import make_sealed
from tests.test_sweeps import BOARD_NAMES, OF_THE_BOARD, addresses

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("encrypted_folder")]

FIRST = 76_540_001
NOT_PAGES = ("_csv", "_download", ":download", ":bad_rows")
FAULTS = {
    "the number of a row": re.compile(r"7654\d{4}|#\d|\bobject \(\d|\b[0-9a-f]{8}-[0-9a-f]{4}-"),
    "a sign without its word": re.compile(r'alt="(?:True|False|None)"|\b(?:True|False)\b'),
    "a clock of twelve hours": re.compile(r"\b(?:noon|midnight)\b|\d ?[ap]\.?m\b\.?", re.I),
}


@pytest.fixture
def numbered():
    """Each row that is saved gets a number of its own, which stands out."""
    numbers = count(FIRST)

    def give(sender, instance, raw, **_):
        if instance.pk is None and isinstance(sender._meta.pk, AutoField):
            instance.pk = next(numbers)
            instance._state.adding = True

    pre_save.connect(give)
    yield
    pre_save.disconnect(give)


@pytest.fixture
def scene(numbered, world, board, colleague):
    """Something of everything: that waits, that was decided, that failed, that is held and was released."""
    world.open_all()
    world.proposal = make_proposal(world.series)
    decided = make_proposal(world.series, A_LEVEL)
    releases.refuse(decided, by=world.board)
    world.account = make_access()
    world.correction = make_correction(world.candidate)
    world.erasure = make_erasure(world.candidate)
    result = Result.objects.exclude(pk=world.correction.result_id).first()
    own = ProposedCorrection(result=result, grade="X", reason="Review of marking")
    corrections.propose(own, by=world.board)
    world.sealed = make_sealed(2026, 11)
    make_series(2027, 6, releases={})
    world.hold = hold(candidate=world.candidate)
    hold(series=world.series)
    detached = b"number,name,country,time_zone,main_centre\nASC01,School,Nowhere,UTC,\n"
    world.loads = [
        make_load(world.board, detached, "centres"),
        make_load(world.board, b"code,title,qualification\n", "syllabuses"),
        make_load(world.board, b"code,title,qualification\nx,y,z\n", "syllabuses"),
    ]
    for load in world.loads:
        audit.record("file_given", by=world.board, subject=str(load))
        jobs.run("loading.LoadedFile", str(load.pk))
    with time_machine.travel(BEFORE):
        board.force_login(world.board)
        colleague.force_login(User.objects.get(username="board.second"))
        yield world


def every_page(client, world):
    """(name, HTML) of every page of the board, opened and, where it asks first, posted."""
    own = [name for name in BOARD_NAMES if name.startswith(OF_THE_BOARD[1:])]
    for name in own:
        if name.endswith(NOT_PAGES):
            continue
        for args in arguments(name, world):
            url = reverse(name, kwargs=args)
            yield name, client.get(url, follow=True).text
    for url, posted in asked(world):
        yield url, client.post(url, posted, follow=True).text


def arguments(name, world):
    keys = addresses()[name]
    if "load" in keys:
        return [{"load": load.pk} for load in world.loads]
    found = {
        "proposal": world.proposal.pk,
        "account": world.account.pk,
        "correction": world.correction.pk,
        "erasure": world.erasure.pk,
        "result": world.correction.result_id,
        "year": 2026,
        "username": "officer.main",
        "ceremony": world.sealed.ceremony.pk,
        "series": series_of(name),
        "centre": "MAIN1",
        "number": "MAIN1" if "centre" not in keys else "0001",
        "name": A_LEVEL,
    }
    return [{key: found[key] for key in keys}]


def series_of(name):
    if not name.startswith("sealed:"):
        return "2026-06"
    return "2027-06" if name == "sealed:seal" else "2026-11"


def asked(world):
    """Pages that ask, and forms with what is wrong with them."""
    typed = {
        "series": world.series.pk,
        "qualification": world.proposal.qualification_id,
        "candidates_day": "2026-08-20",
        "candidates_time": "13:30",
        "reason": "Flood",
    }
    result = Result.objects.exclude(pk=world.correction.result_id).last()
    return [
        ("/board/releases/propose/", {}),
        (f"/board/corrections/of/{result.pk}/", {"grade": "", "reason": ""}),
        (f"/board/corrections/of/{result.pk}/", {"grade": "X", "pum": "", "reason": "Review"}),
        ("/board/holds/place/", {"series": ""}),
        (
            "/board/holds/place/",
            {"series": world.series.pk, "centre_number": "MAIN1", "reason": "So"},
        ),
        ("/board/holds/place/", {"result": [result.pk]}),
        ("/board/holds/", {"search": "fred"}),
        ("/board/search/", {"search": "main"}),
        ("/board/accounts/", {"search": "officer"}),
        (
            "/board/accounts/propose/",
            {"act": "shut-out", "username": "officer.main", "reason": "So"},
        ),
        ("/board/holds/request-release/", {"hold": [world.hold.pk]}),
        ("/board/holds/release/", {"hold": [world.hold.pk]}),
        ("/board/releases/propose/", typed),
    ]


def seen(html: str) -> str:
    """What the page shows, and the signs on it by what they are called."""
    html = re.sub(r"(?s)<(script|style|noscript)\b.*?</\1>", " ", html)
    signs = " ".join(re.findall(r'alt="[^"]*"', html))
    told = " ".join(re.findall(r'\b(?:aria-label|title|placeholder)="([^"]*)"', html))
    return unescape(f"{re.sub(r'<[^>]*>', ' ', html)} {signs} {told}")


def faults_of(name: str, html: str) -> list[tuple[str, str, str]]:
    text = seen(html)
    return [
        (name, fault, text[max(0, found.start() - 40) : found.end() + 20])
        for fault, pattern in FAULTS.items()
        for found in pattern.finditer(text)
    ]


def test_no_page_of_the_board_shows_what_only_the_database_knows(colleague, scene):
    pages = list(every_page(colleague, scene))
    assert len(pages) > 55
    assert [fault for name, html in pages for fault in faults_of(name, html)] == []


def test_the_scene_has_rows_whose_numbers_would_be_found(board, scene):
    assert scene.proposal.pk > FIRST and scene.hold.pk > FIRST
    html = board.get("/board/releases/").text
    assert f"/board/releases/{scene.proposal.pk}/" in html  # in an address it may stand
    assert "2026" in seen(html) and str(scene.proposal.pk) not in seen(html)


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p>Proposal 76540012</p>", "the number of a row"),
        ("<p>Release #12</p>", "the number of a row"),
        ("<td>Hold object (3)</td>", "the number of a row"),
        ("<p>series file 7f3e8a10-12ab-4d1c-8f00-000000000000</p>", "the number of a row"),
        ('<img src="icon-no.svg" alt="False">', "a sign without its word"),
        ("<td>None, True</td>", "a sign without its word"),
        ("<p>11 Aug. 2026, 6 a.m.</p>", "a clock of twelve hours"),
        ("<p>11 August 2026, 1:30 p.m.</p>", "a clock of twelve hours"),
        ("<p>11 August 2026, noon</p>", "a clock of twelve hours"),
    ],
)
def test_each_fault_is_found(html, fault):
    assert [found for _, found, _ in faults_of("planted", html)] == [fault]
