"""Every address × a post by somebody who was signed out: it is carried on with, or is rightly none."""

from itertools import chain

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve

from centres.models import AuditEvent
from tests.sweeps import PAGES
from tests.test_sweeps import BOARD_NAMES, addresses, board_address
from tests.test_sweeps import address as page_address
from tests.test_sweeps import cast as cast  # a fixture

# Passwords, codes, passkeys and passphrases, results to be sealed; and what takes nothing but pieces of a file.
SECRETS = {name for name in PAGES if name.startswith(("account_", "mfa_"))} | {
    "sealed:ceremony",
    "sealed:give",
    "sealed:make_keys",
    "sealed:try_passphrase",
}
OPEN = {  # nobody needs to be signed in there
    name for name in PAGES if name.startswith("candidate_site:")
} | {
    "set_password",
    "recover",
    "health",
    "live",
    "ready",
    "privacy:privacy",
    "privacy:accessibility",
}

# What a page must be told besides, or it has nothing to show: whose status is edited.
TOLD = {"centres:edit_status_of_many": {"centre": "ASC01"}}


@pytest.fixture
def signed_out(world, cast) -> Client:
    """A browser in which the main centre's officer was signed in."""
    client = cast["main"]
    client.get("/log-out/")
    assert settings.PAGES_COOKIE in client.cookies
    del client.cookies[settings.SESSION_COOKIE_NAME]
    return client


def test_every_post_is_kept_on_the_sign_in_page_or_is_none_of_staffs(world, cast, signed_out):
    not_kept = set()
    for name in addresses():
        url = board_address(name, world) if name in BOARD_NAMES else page_address(name, world)
        answer = signed_out.post(url, {"typed": "by hand"})
        if answer.status_code != 200 or b'name="kept"' not in answer.content:
            not_kept.add(name)
        elif name not in OPEN:
            assert b"You were signed out. What you typed is kept" in answer.content, name
            assert b"by hand" not in answer.content, name
    # The admin's own sign-in and sign-out lead to ours.
    assert {name for name in not_kept if not name.startswith("admin:log")} == SECRETS | OPEN


def test_what_is_shown_again_shows_what_was_typed_and_does_nothing(world, cast):
    assert set(settings.SHOWN_AGAIN) <= set(addresses())
    for name in settings.SHOWN_AGAIN:
        board = name in BOARD_NAMES
        url = board_address(name, world) if board else page_address(name, world)
        before = AuditEvent.objects.count()
        who = chain(["board"] if board else ["main", "associate"])
        posted = {"edit": "yes", **TOLD.get(name, {})}
        answers = [cast[role].post(url, posted) for role in who]
        assert any(one.status_code == 200 and b"<form" in one.content for one in answers), name
        assert AuditEvent.objects.count() == before, name
        assert resolve(url).view_name == name
