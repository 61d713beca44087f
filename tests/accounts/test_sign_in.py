"""Staff sign-in, and the lock-out: of a username at an address, and nowhere else."""

import re

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import Client, RequestFactory

from accounts.models import User
from accounts.sign_in import address_of
from centres.models import AuditEvent
from tests.accounts.signing_in import log_in
from tests.builders import PASSWORD


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
    stored = make_password("something", hasher="argon2")

    assert stored.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert identify_hasher(stored).algorithm == "argon2"


def test_nobody_can_sign_up(client, db):
    for path in ("/signup/", "/accounts/signup/", "/log-in/signup/", "/password/reset/"):
        assert client.get(path).status_code in (302, 404)
    assert not User.objects.exists()


def test_another_spelling_of_the_username_has_no_tries_of_its_own(client, world):
    for spelling in (
        "officer.main",
        "Officer.main",
        "OFFICER.MAIN",
        "oFFicer.maiN",
        " officer.main",
    ) * 2:
        answer = log_in(client, spelling, "wrong")

    assert answer.status_code == 429
    assert AccessAttempt.objects.get()  # one row: they are counted together


def test_signing_in_forgets_the_wrong_tries_before_it_whatever_the_spelling(client, world):
    User.objects.filter(pk=world.officer.pk).update(username="Officer.Main")
    for _ in range(9):
        log_in(client, "officer.main", "wrong")
    assert log_in(client, "Officer.Main").status_code == 302

    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "10.0.0.9"),
        (0, "6.6.6.6", "10.0.0.9"),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "6.6.6.6, 192.0.2.7", "192.0.2.7"),
        (2, "6.6.6.6, 192.0.2.7, 10.0.0.8", "192.0.2.7"),
        (2, "192.0.2.7", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        (1, "::ffff:192.0.2.7", "192.0.2.7"),
        (1, "' OR 1=1", None),
    ],
)
def test_an_address_is_what_our_own_proxy_saw(proxies, forwarded, address, settings):
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", **headers)

    assert address_of(request) == address


def test_behind_a_proxy_one_visitor_does_not_lock_another_out(client, world, settings):
    settings.TRUSTED_PROXIES = 1
    for number in range(10):
        log_in(client, "officer.main", "wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}, 192.0.2.7")

    assert log_in(client, "officer.main", HTTP_X_FORWARDED_FOR="192.0.2.7").status_code == 429
    assert log_in(client, "officer.main", HTTP_X_FORWARDED_FOR="192.0.2.8").status_code == 302


def test_who_has_left_gets_the_answer_of_a_wrong_password_and_is_counted(client, world):
    def answer(username: str, password: str) -> str:
        html = log_in(client, username, password).content.decode()
        return re.sub(r'value="[^"]*"', "", html)

    wrong = answer("officer.main", "wrong")
    User.objects.filter(pk=world.officer.pk).update(is_active=False)
    assert log_in(client, "officer.main").status_code == 200
    assert answer("officer.main", "correct horse battery staple") == wrong
    assert AccessAttempt.objects.get().failures_since_start == 3


def test_who_leaves_while_signed_in_is_out_at_the_next_request(client, world):
    log_in(client, "officer.main")
    User.objects.filter(pk=world.officer.pk).update(is_active=False)

    assert client.get("/").url == "/log-in/?next=/"


def test_a_changed_password_is_in_the_audit_trail_and_ends_other_sessions(client, world):
    other = Client()
    log_in(other, "officer.main")
    log_in(client, "officer.main")
    new = {
        "oldpassword": PASSWORD,
        "password1": "a river in spring",
        "password2": "a river in spring",
    }
    client.post("/account/password/", new)

    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302
    event = AuditEvent.objects.get()
    assert (event.action, event.by) == ("password_set", "officer.main")


def test_the_old_password_cannot_be_guessed_from_a_session_left_open(client, world):
    log_in(client, "officer.main")
    for number in range(6):
        guess = {"oldpassword": f"guess {number}", "password1": "a", "password2": "a"}
        answer = client.post("/account/password/", guess)

    assert answer.status_code == 429
    assert "Too many attempts" in answer.content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example.org/", "//evil.example.org/"])
def test_signing_in_leads_nowhere_but_to_this_site(elsewhere, client, world):
    assert log_in(client, "officer.main", QUERY_STRING=f"next={elsewhere}").url == "/"


def test_nothing_in_a_field_repeats_its_label(client, world):
    assert "placeholder" not in client.get("/log-in/").content.decode()
    log_in(client, "officer.main")
    page = client.get("/account/password/").content.decode()
    assert "placeholder" not in page
    assert "New password again</label>" in page
