"""Nobody's guesses lock the browser from which an officer has signed in before."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth import authenticate
from django.core import signing
from django.test import Client, RequestFactory

from accounts.lockout import COOKIE, SALT
from tests.accounts.signing_in import log_in
from tests.builders import PASSWORD

WAIT = 429


@pytest.fixture
def own(world) -> Client:
    """The officer's own browser: signed in before, signed out now."""
    browser = Client()
    log_in(browser, "officer.main")
    browser.post("/log-out/")
    return browser


def guess(browser: Client, times: int, **extra) -> int:
    """The last answer to so many wrong passwords."""
    for number in range(times):
        answer = log_in(browser, "officer.main", f"guess {number}", **extra)
    return answer.status_code


def test_a_thousand_guesses_from_the_same_address_do_not_lock_the_known_browser(own, world):
    guesser = Client()
    for number in range(990):  # without the page around it, which takes its time
        request = RequestFactory().post("/log-in/", {"login": "officer.main"})
        assert authenticate(request, username="officer.main", password=f"try {number}") is None
    assert guess(guesser, 10) == WAIT

    assert log_in(guesser, "officer.main").status_code == WAIT
    assert log_in(Client(), "officer.main").status_code == WAIT
    assert log_in(own, "officer.main").url == "/"
    assert own.get("/").status_code == 200


def test_the_guesser_stays_locked_when_the_officer_has_signed_in(own, world):
    guesser = Client()
    guess(guesser, 10)
    log_in(own, "officer.main")

    assert log_in(guesser, "officer.main").status_code == WAIT


def test_a_stolen_cookie_brings_its_own_ten_tries_and_costs_the_owner_alone_that_browser(
    own, world
):
    thief = Client(REMOTE_ADDR="10.9.9.9")
    thief.cookies[COOKIE] = own.cookies[COOKIE].value

    assert guess(thief, 10) == WAIT
    assert log_in(thief, "officer.main", REMOTE_ADDR="10.9.9.8").status_code == WAIT
    assert log_in(Client(), "officer.main").url == "/"


def test_the_owners_slips_do_not_count_against_strangers_at_the_same_address(own, world):
    assert guess(own, 9) == 200
    assert guess(Client(), 1) == 200
    assert log_in(Client(), "officer.main").url == "/"


def test_the_tries_of_a_known_browser_end_too(own, world):
    assert guess(own, 10) == WAIT
    assert log_in(own, "officer.main").status_code == WAIT


def test_another_spelling_of_the_username_is_the_same_person_there(own, world):
    guess(Client(), 10)

    assert log_in(own, "OFFICER.Main").url == "/"


def test_a_browser_known_to_one_is_a_strangers_to_another(own, world):
    guess_other = [log_in(own, "officer.asc01", "wrong") for _ in range(10)][-1]

    assert guess_other.status_code == WAIT
    assert log_in(Client(), "officer.asc01").status_code == WAIT


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "nonsense",
        signing.dumps({"officer.main": "x"}, salt="another"),
        signing.dumps({"officer.main": "x"}, salt=SALT, key="another key"),
    ],
    ids=["empty", "nonsense", "signed for another purpose", "signed with another key"],
)
def test_a_forged_cookie_is_no_cookie(forged, own, world):
    guess(Client(), 10)
    browser = Client()
    browser.cookies[COOKIE] = forged

    assert log_in(browser, "officer.main").status_code == WAIT


def test_the_password_alone_makes_no_browser_known(world):
    TOTP.activate(world.officer, generate_totp_secret())
    browser = Client()
    answer = log_in(browser, "officer.main")

    assert answer.url.startswith("/log-in/code/")
    assert COOKIE not in browser.cookies


def test_the_cookie_is_kept_from_scripts_and_names_no_password(own, world, settings):
    cookie = own.cookies[COOKIE]

    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert PASSWORD not in signing.loads(cookie.value, salt=SALT).values()
    assert cookie["max-age"] == settings.KNOWN_BROWSER_AGE.total_seconds()


def test_several_people_share_a_browser(own, world):
    log_in(own, "officer.asc01")

    people = signing.loads(own.cookies[COOKIE].value, salt=SALT)
    assert set(people) == {"officer.main", "officer.asc01"}
    assert len(set(people.values())) == 2


def test_wrong_passwords_given_to_confirm_are_counted_for_that_browser_too(own, world):
    log_in(own, "officer.main")
    guess(Client(), 10)
    own.post("/account/confirm/", {"password": "wrong"})

    attempt = AccessAttempt.objects.get(ip_address=None)
    assert attempt.failures_since_start == 1
    assert own.post("/account/confirm/", {"password": PASSWORD}).status_code == 302


def test_the_list_of_log_ins_names_the_address_all_the_same(own, world):
    guess(own, 1)
    log_in(own, "officer.main", REMOTE_ADDR="10.1.2.3", HTTP_USER_AGENT="A browser")

    entry = AccessLog.objects.latest("pk")
    assert (entry.ip_address, entry.user_agent) == ("10.1.2.3", "A browser")
    assert not AccessAttempt.objects.exists()
