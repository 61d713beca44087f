"""The own account: what others did with it, sessions, a recovery to finish or to stop, passwords."""

import html
import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts import recovery
from accounts.links import set_password_link
from accounts.people import acts
from accounts.people.access import Rights
from accounts.second_factor import move_authenticators, needing_master_keys
from accounts.sessions import browser_of
from centres.models import AuditEvent, Role
from tests.accounts.signing_in import log_in
from tests.accounts.test_mfa import code_of
from tests.between_queries import after_query
from tests.builders import PASSWORD, make_access

NOTICE = "Somebody has done something with your account."
DOT = "Something was done with your account: "
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"
COMMON = "1qaz2wsx3edc"  # among the 20,000 most used, and long enough


def text(answer) -> str:
    return html.unescape(answer.content.decode())


def path_of(link: str) -> str:
    return link.removeprefix("http://127.0.0.1:8000")


# --- What others did -----------------------------------------------------------------------------


def test_what_others_did_is_told_after_the_next_log_in_until_it_was_looked_at(client, world):
    rights = Rights(Role.EXAMS_OFFICER, manages=True, restricted=False)
    acts.change(member=world.viewer.memberships.get(), rights=rights, by=world.officer)
    log_in(client, "viewer.main")
    for page in ("/", "/candidate-results/", "/"):
        shown = text(client.get(page))
        assert (NOTICE in shown) is (page == "/")
        assert DOT in shown

    account = text(client.get("/account/"))
    assert "Changed role and rights" in account
    assert "1 new" in account
    assert "officer.main" in account
    assert NOTICE not in text(client.get("/"))
    assert DOT not in text(client.get("/"))
    again = Client()
    log_in(again, "viewer.main")
    assert NOTICE not in text(again.get("/"))
    assert "1 new" not in text(again.get("/account/"))


@pytest.mark.parametrize("changed_after", range(3, 8))
def test_what_is_done_while_they_look_stays_news(client, world, changed_after):
    rights = Rights(Role.EXAMS_OFFICER, manages=True, restricted=False)
    member = world.viewer.memberships.get()
    log_in(client, "viewer.main")
    with after_query(
        changed_after, lambda: acts.change(member=member, rights=rights, by=world.officer)
    ):
        account = text(client.get("/account/"))
    assert "Changed role and rights" in account or NOTICE in text(client.get("/"))


def test_what_one_did_oneself_is_listed_and_is_no_news(client, world):
    log_in(client, "officer.main")
    client.post("/account/authenticator/set-up/", {})
    new = {"oldpassword": PASSWORD, "password1": "a river in spring"}
    client.post("/account/password/", {**new, "password2": new["password1"]})

    assert NOTICE not in text(client.get("/"))
    assert "Set a password" in text(client.get("/account/"))


def test_what_the_board_did_is_told_as_well(client, world):
    log_in(client, "board")
    client.post(f"/board/accounts/{make_access('viewer.main').pk}/confirm/")
    theirs = Client()
    log_in(theirs, "viewer.main")

    assert NOTICE in text(theirs.get("/"))
    assert "Made a set-password link" in text(theirs.get("/account/"))


def test_nobody_sees_what_was_done_with_anothers_account(client, world):
    acts.suspend(member=world.viewer.memberships.get(), by=world.officer)
    log_in(client, "officer.oth01")

    assert "viewer.main" not in text(client.get("/account/"))
    assert "Nothing yet." in text(client.get("/account/"))


# --- Sessions ------------------------------------------------------------------------------------


@pytest.fixture
def two(world) -> tuple[Client, Client]:
    """The officer, logged in with two browsers."""
    here, there = Client(), Client()
    log_in(here, "officer.main")
    log_in(there, "officer.main", HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="10.1.2.3")
    return here, there


def test_each_browser_is_listed_with_where_and_since_when(two):
    page = text(two[0].get("/account/sessions/"))

    assert "Firefox on Windows" in page
    assert "10.1.2.3" in page
    assert page.count("This browser</span>") == 1


def test_one_is_ended_and_is_out_at_once(two):
    here, there = two
    page = text(here.get("/account/sessions/"))
    here.post(
        "/account/sessions/", {"session": re.search(r'name="session" value="(\d+)"', page)[1]}
    )

    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert AuditEvent.objects.get().action == "signed_out"


def test_signing_out_everywhere_ends_this_one_too(two, world):
    others = Client()
    log_in(others, "officer.asc01")
    assert two[0].post("/account/sessions/", {"everywhere": "yes"}).url == "/log-in/"

    assert [one.get("/").status_code for one in (*two, others)] == [302, 302, 200]
    assert not UserSession.objects.filter(user=world.officer).exists()


def test_nobody_ends_anothers_session(two, world):
    stranger = Client()
    log_in(stranger, "officer.oth01")
    for one in [*UserSession.objects.values_list("pk", flat=True), "x", ""]:
        assert stranger.post("/account/sessions/", {"session": one}).status_code == 404
    assert two[1].get("/").status_code == 200


def test_looking_at_pages_writes_nothing_for_five_minutes(client, world, django_assert_num_queries):
    log_in(client, "officer.main")
    client.get("/account/password/")
    with django_assert_num_queries(2):  # the session, the person
        client.get("/account/password/")
    seen = UserSession.objects.get().last_seen_at
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        client.get("/account/password/")
        assert UserSession.objects.get().last_seen_at > seen + timedelta(minutes=5)


def test_a_candidates_visit_looks_for_no_session_of_staff(two, django_assert_num_queries):
    with django_assert_num_queries(0):
        two[0].get("/results/")


def test_where_no_address_is_known_the_log_in_works_all_the_same(client, world):
    assert log_in(client, "officer.main", REMOTE_ADDR="").url == "/"
    assert "Not known" in text(client.get("/account/sessions/"))


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/143.0 Safari/537.36 Edg/143.0", "Edge on Windows"),
        ("curl/8", "curl/8"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_named_as_people_know_it(agent, shown):
    assert browser_of(agent) == shown


# --- A recovery ----------------------------------------------------------------------------------


@pytest.fixture
def link(world) -> str:
    """For officer.main, who has lost an app."""
    TOTP.activate(world.officer, generate_totp_secret())
    return path_of(recovery.start(user=world.officer, by=world.board))


def test_who_has_lost_both_factors_sets_up_an_app_and_is_signed_out_elsewhere(world, link):
    old = Client()
    old.force_login(world.officer)
    UserSession.objects.create(
        user=world.officer, session_key=old.session.session_key, ip="10.0.0.1", user_agent=""
    )
    browser = Client()
    form = browser.get(link, follow=True)
    here = form.request["PATH_INFO"]
    assert link.split("/")[3] not in here
    assert form.headers["Referrer-Policy"] == "same-origin"
    assert "Step 1 of 2" in text(form)
    form = browser.post(here, {"password": PASSWORD}, follow=True)
    assert "Step 2 of 2" in text(form)
    secret = form.context["form"].secret
    done = browser.post(here, {"code": code_of(secret)}, follow=True)

    assert "Your authenticator app is set up." in text(done)
    assert old.get("/").status_code == 302
    log_in(browser, "officer.main")
    with time_machine.travel(time.time() + 30, tick=False):  # the next code: that one was used
        assert browser.post("/log-in/code/", {"code": code_of(secret)}).url == "/"
    assert "This link no longer works." in text(Client().get(link, follow=True))


def test_the_link_alone_sets_up_nothing(world, link):
    browser = Client()
    here = browser.get(link, follow=True).request["PATH_INFO"]
    answer = browser.post(here, {"password": "wrong"})
    assert "This is not your password." in text(answer)
    browser.post(here, {"code": "123456"})

    assert Authenticator.objects.filter(user=world.officer).count() == 1
    assert "Step 2" not in text(browser.get(here))


def test_wrong_passwords_there_are_counted_like_those_of_the_log_in(world, link):
    browser = Client()
    here = browser.get(link, follow=True).request["PATH_INFO"]
    answers = [browser.post(here, {"password": "wrong"}).status_code for _ in range(10)]

    assert answers[-1] == 429
    assert browser.post(here, {"password": PASSWORD}).status_code == 429


def test_a_wrong_code_changes_nothing(world, link):
    browser = Client()
    here = browser.get(link, follow=True).request["PATH_INFO"]
    browser.post(here, {"password": PASSWORD})
    stored = Authenticator.objects.get(user=world.officer).data
    answer = browser.post(here, {"code": "no code"})

    assert "Step 2 of 2" in text(answer)
    assert Authenticator.objects.get(user=world.officer).data == stored


def test_its_owner_sees_it_and_stops_it(client, world, link):
    client.force_login(world.officer)
    assert "board has started a recovery for your account" in text(client.get("/account/"))
    client.post("/account/recovery/stop/")

    assert "has started a recovery" not in text(client.get("/account/"))
    assert "This link no longer works." in text(Client().get(link, follow=True))


def test_the_board_starts_one_on_its_pages_and_by_a_command(client, world, capsys):
    client.force_login(world.board)
    proposal = make_access(act="recovery")
    page = text(client.post(f"/board/accounts/{proposal.pk}/confirm/"))
    link = re.search(r"http://127.0.0.1:8000(/recover/[^\s<]+)", page)[1]
    assert "Step 1 of 2" in text(Client().get(link, follow=True))

    call_command("invite", "officer.main", "--recover")
    link = path_of(capsys.readouterr().out.strip())
    assert "Step 1 of 2" in text(Client().get(link, follow=True))
    started = AuditEvent.objects.filter(action="recovery_started").order_by("pk")
    assert [event.by for event in started] == ["board", "command: invite"]


# --- Passwords, passkeys -------------------------------------------------------------------------


def test_a_common_password_is_refused_wherever_one_is_set(client, world):
    form = client.get(path_of(set_password_link(user=world.officer, by="test")), follow=True)
    posted = {"new_password1": COMMON, "new_password2": COMMON}
    assert "too common" in text(client.post(form.request["PATH_INFO"], posted))

    log_in(client, "officer.main")
    posted = {"oldpassword": PASSWORD, "password1": COMMON, "password2": COMMON}
    assert "too common" in text(client.post("/account/password/", posted))


def test_the_name_of_a_passkey_is_taken_for_no_encrypted_text(world):
    """Else whoever names one cleverly would keep an old master key from being retired."""
    name = "old-key:" + "A" * 60
    Authenticator.objects.create(user=world.officer, type="webauthn", data={"name": name})

    assert not needing_master_keys()
    assert list(move_authenticators()) == []


def test_with_mfa_required_a_passkey_can_be_the_first_factor(client, world, settings):
    settings.MFA_REQUIRED = True
    log_in(client, "officer.main")

    assert client.get("/account/passkeys/add/").status_code == 200
    assert client.get("/account/sessions/").url == "/account/authenticator/set-up/"


DEEP = "[" * 7_000 + "]" * 7_000
DEEP_BUT_READABLE = "[" * 700 + "]" * 700


def test_a_passkey_that_nobody_made_is_refused_in_words(client, world):
    log_in(client, "officer.main")
    client.get("/account/passkeys/add/")
    for credential in ("", "nonsense", "{}", '{"id": "x"}', DEEP, DEEP_BUT_READABLE):
        page = client.post("/account/passkeys/add/", {"name": "Mine", "credential": credential})
        assert "This passkey could not be checked. Try again." in text(page), credential
        assert 'value="Mine"' in text(page)
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "credential",
    [
        *("", "[]", "{}", '{"id": "x"}', '{"id": "x", "rawId": "x", "response": {}}'),
        *(DEEP, DEEP_BUT_READABLE),
    ],
)
def test_nor_does_one_let_anybody_in(credential, client, world):
    TOTP.activate(world.officer, generate_totp_secret())
    log_in(client, "officer.main")

    assert client.post("/log-in/code/", {"credential": credential}).status_code == 200
    assert client.get("/").status_code == 302


def test_the_browser_may_use_passkeys_here(client, db):
    policy = client.get("/log-in/").headers["Permissions-Policy"]

    assert "publickey-credentials-get=(self)" in policy
    assert "publickey-credentials-create=(self)" in policy
