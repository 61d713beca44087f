"""What is posted to the board without the password again: it searches, or takes a file, and changes nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from board import urls as board_urls
from centres.models import AuditEvent
from loading import urls as loading_urls
from sealed import urls as sealed_urls
from tests.builders import hold, make_proposal
from tests.letters import an_hour_passes

SEARCHES = {"board:accounts", "board:audit", "board:holds", "board:search"}
EVERY_ACT = {
    **dict.fromkeys(("confirmed", "apply", "change", "delete", "post"), "yes"),
    "search": "BLOGGS",
    "action": "delete_selected",
    "reason": "Under inquiry",
    "username": "officer.main",
    "act": "link",
}

SPACES = {"board": board_urls.pages, "loading": loading_urls.pages, "sealed": sealed_urls.pages}


def said_by(what: str) -> set[str]:
    """Pages of the board whose view says this of itself, by the names of their addresses."""
    return {
        f"{space}:{name}"
        for space, pages in SPACES.items()
        for view, name in pages.values()
        if hasattr(view, what)
    }


def test_these_pages_alone_are_asked_for_no_password():
    assert said_by("only_searches") == SEARCHES
    assert said_by("takes_a_file") == {"loading:files", "sealed:give"}


@pytest.mark.parametrize("page", sorted(SEARCHES))
def test_a_search_writes_nothing_whatever_is_posted_to_it(board, world, page):
    proposal, placed = make_proposal(world.series), hold(candidate=world.candidate)
    board.get(reverse(page))
    an_hour_passes(board)
    before = AuditEvent.objects.count()

    posted = {**EVERY_ACT, "hold": placed.pk, "proposal": proposal.pk, "series": "2026-06"}
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = board.post(reverse(page), posted)

    assert answer.status_code == 200
    written = [one["sql"] for one in asked if not one["sql"].lstrip("(").startswith("SELECT")]
    assert written == []
    assert AuditEvent.objects.count() == before
