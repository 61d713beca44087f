"""Staff sign-in: the lock-out, the second factor, links to set a password, what caches may keep."""

import re
from io import StringIO

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import identify_hasher, make_password
from django.core.management import CommandError, call_command
from django.test import Client

from centres.models import AuditEvent, User
from tests.builders import PASSWORD


def log_in(client: Client, username: str, password: str = PASSWORD, **extra):
    return client.post("/log-in/", {"login": username, "password": password}, **extra)


def test_an_officer_signs_in_and_sees_the_three_tiles(client, world):
    assert log_in(client, "officer.main").url == "/"

    html = client.get("/").content.decode()
    for words in ("Download and upload files", "View entries and results", "Candidate results"):
        assert words in html
    assert 'href="/candidate-results/"' in html


def test_who_lacks_the_permission_does_not_see_the_link_and_is_told_whom_to_e_mail(client, world):
    client.force_login(world.viewer)

    html = client.get("/").content.decode()
    assert 'href="/candidate-results/"' not in html
    assert "e-mail" in html
    assert "info@cambridgeinternational.org" in html


def test_log_out_ends_the_session(client, world):
    log_in(client, "officer.main")

    client.post("/log-out/")
    assert client.get("/").status_code == 302


def test_a_wrong_password_and_an_unknown_username_get_the_same_answer(client, world):
    def answer(username: str) -> str:
        html = log_in(client, username, "wrong").content.decode()
        return re.sub(r'value="[^"]*"', "", html)

    assert answer("officer.main") == answer("nobody")


def test_too_many_wrong_tries_lock_that_username_at_that_address_alone(client, world):
    for _ in range(10):
        locked = log_in(client, "officer.main", "wrong")
    assert locked.status_code == 429
    assert "Too many wrong passwords" in locked.content.decode()

    assert log_in(client, "officer.main").status_code == 429
    assert log_in(Client(), "officer.asc01").status_code == 302
    assert log_in(Client(), "officer.main", REMOTE_ADDR="10.1.2.3").status_code == 302


def test_a_forged_x_forwarded_for_does_not_help_against_the_lock_out(client, world):
    for number in range(10):
        log_in(client, "officer.main", "wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")

    assert log_in(client, "officer.main", HTTP_X_FORWARDED_FOR="10.9.9.9").status_code == 429


def test_staff_passwords_are_kept_as_argon2id():
    kept = make_password("something", hasher="argon2")

    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert identify_hasher(kept).algorithm == "argon2"


def test_nobody_can_sign_up(client, db):
    for path in ("/signup/", "/accounts/signup/", "/log-in/signup/", "/password/reset/"):
        assert client.get(path).status_code in (302, 404)
    assert not User.objects.exists()


def invite(username: str) -> str:
    out = StringIO()
    call_command("invite", username, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_an_invited_officer_sets_a_password_once(client, world):
    User.objects.filter(pk=world.officer.pk).update(password="!")
    path = invite("officer.main").removeprefix("http://127.0.0.1:8000")

    form = client.get(path, follow=True)
    assert path.split("/")[3] not in form.request["PATH_INFO"]
    new = {"new_password1": "a river in spring", "new_password2": "a river in spring"}
    client.post(form.request["PATH_INFO"], new)

    assert log_in(client, "officer.main", "a river in spring").url == "/"
    again = Client().get(path, follow=True)
    assert "This link does not work any more." in again.content.decode()
    assert [event.action for event in AuditEvent.objects.order_by("pk")] == [
        "invited",
        "password_set",
    ]


def test_a_common_password_is_refused(client, world):
    path = invite("officer.main").removeprefix("http://127.0.0.1:8000")
    form = client.get(path, follow=True)

    answer = client.post(
        form.request["PATH_INFO"],
        {"new_password1": "password123456", "new_password2": "password123456"},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("username", ["nobody", ""])
def test_inviting_somebody_unknown_says_so(username, db, capsys):
    with pytest.raises((SystemExit, CommandError)):
        call_command("invite", username)
    assert "There is no active member of staff" in capsys.readouterr().err


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


def test_pages_of_somebody_signed_in_are_kept_by_no_cache(client, world):
    client.force_login(world.officer)

    for path in ("/", "/candidate-results/2026-06/MAIN1/", "/account/", "/nothing/"):
        assert "no-store" in client.get(path)["Cache-Control"], path


def test_the_strict_headers_are_on_every_answer(client, world):
    for path in ("/log-in/", "/results/", "/nothing/", "/health/"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
