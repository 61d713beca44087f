"""The second factor: first of all where it is required, used once, and not to be guessed."""

import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.conf import settings as in_use
from django.test import Client

from centres.models import AuditEvent
from tests.accounts.signing_in import log_in
from tests.builders import make_access

CODE = "/log-in/code/"


def code_of(secret: str) -> str:
    """What an authenticator app with this key shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def secret(world) -> str:
    """The key of officer.main's authenticator app."""
    secret = generate_totp_secret()
    TOTP.activate(world.officer, secret)
    return secret


def actions() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "by"))


def test_with_mfa_required_a_second_factor_comes_before_anything_else(client, world, settings):
    settings.MFA_REQUIRED = True
    log_in(client, "officer.main")

    for path in ("/", "/candidate-results/", "/account/", "/file-exchange/"):
        assert client.get(path).url == "/account/authenticator/set-up/"
    assert client.get("/results/").status_code == 200
    assert client.get("/health/").status_code == 200


def test_the_board_too_needs_a_second_factor(client, world, settings):
    settings.MFA_REQUIRED = True
    client.force_login(world.board)

    assert client.get("/board/").url == "/account/authenticator/set-up/"


def test_after_setting_up_an_app_the_sign_in_asks_for_its_code(client, world, settings):
    settings.MFA_REQUIRED = True
    secret = generate_totp_secret()
    TOTP.activate(world.officer, secret)

    assert log_in(client, "officer.main").url.startswith("/log-in/code/")
    assert client.get("/").status_code == 302
    client.post("/log-in/code/", {"code": "000000"})
    assert client.get("/").status_code == 302


def test_the_code_of_the_app_lets_in(client, world, secret):
    log_in(client, "officer.main")

    assert client.post(CODE, {"code": code_of(secret)}).url == "/"
    assert client.get("/").status_code == 200


def test_a_code_works_once(client, world, secret):
    """Somebody who looks over a shoulder sees a code that is used."""
    other = Client()
    with time_machine.travel(1_800_000_000, tick=False):
        log_in(client, "officer.main")
        log_in(other, "officer.main")
        code = code_of(secret)
        assert client.post(CODE, {"code": code}).url == "/"
        assert other.post(CODE, {"code": code}).status_code == 200
    assert other.get("/").status_code == 302


def test_what_was_used_and_what_was_wrong_is_known_to_every_process():
    assert in_use.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_codes_cannot_be_guessed_from_many_addresses(world, secret):
    for number in range(5):
        browser = Client(REMOTE_ADDR=f"10.0.0.{number}")
        log_in(browser, "officer.main")
        browser.post(CODE, {"code": "no code"})
    browser = Client(REMOTE_ADDR="10.9.9.9")
    log_in(browser, "officer.main")

    answer = browser.post(CODE, {"code": code_of(secret)})
    assert answer.status_code == 200
    assert "Too many wrong codes" in answer.content.decode()


def test_after_five_minutes_the_right_code_lets_in_again(client, world, secret):
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        log_in(client, "officer.main")
        for _ in range(6):
            client.post(CODE, {"code": "no code"})
        clock.shift(301)
        assert client.post(CODE, {"code": code_of(secret)}).url == "/"


def test_wrong_codes_lock_no_other_person(client, world, secret):
    log_in(client, "officer.main")
    for _ in range(6):
        client.post(CODE, {"code": "no code"})

    assert log_in(Client(), "officer.asc01").url == "/"


def test_setting_up_and_removing_is_in_the_audit_trail(client, world):
    log_in(client, "officer.main")
    page = client.get("/account/authenticator/set-up/")
    key = page.context["form"].secret
    client.post("/account/authenticator/set-up/", {"code": code_of(key)})
    assert client.get("/account/codes/").context["total_count"] == 10
    client.post("/account/codes/make/")
    client.post("/account/authenticator/remove/")

    assert not Authenticator.objects.exists()
    assert actions() == [
        ("second_factor_set_up", "officer.main"),
        ("recovery_codes_made", "officer.main"),
        ("second_factor_removed", "officer.main"),
    ]


def test_a_wrong_code_sets_up_nothing_and_is_not_in_the_audit_trail(client, world):
    log_in(client, "officer.main")
    client.get("/account/authenticator/set-up/")

    assert client.post("/account/authenticator/set-up/", {"code": "no code"}).status_code == 200
    assert not Authenticator.objects.exists()
    assert actions() == []


def test_the_board_removes_the_factor_of_who_has_lost_the_phone(client, world, secret):
    client.force_login(world.board)
    proposal = make_access(act="factors")  # by somebody else
    client.post(f"/board/accounts/{proposal.pk}/confirm/")

    assert log_in(Client(), "officer.main").url == "/"
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.by, event.subject) == (
        "second_factor_removed",
        "board",
        "officer.main",
    )
