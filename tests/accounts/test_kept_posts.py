"""What somebody types is kept while they sign in again, for them alone."""

import html
import re
import time
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp_auth
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import kept_posts
from accounts.models import User
from accounts.sessions import end_visits
from centres.models import CentreArrangement
from core.request_size import FORM
from exchange.models import Version
from tests.builders import PASSWORD, make_centre

STATUS = "/candidate-results/2026-06/MAIN1/status/edit/"
SHARE = "/entries-and-results/2026-06/ASC01/download/"
TYPED = {
    "status": "all",
    "agreed": "on",
    "contact_name": "Typed by hand “≥”",
    "contact_email": "exams@main1.example",
    "delay": "1:30",
}


class Browser(Client):
    """A browser that sends tokens, as real ones do, and presses what stands on pages."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(enforce_csrf_checks=True, **kwargs)

    def sign_in(self, user: User, password: str = PASSWORD) -> Any:
        page = self.get("/log-in/")
        return self.press(page, login=user.username, password=password)

    def fields(self, page: Any) -> dict[str, Any]:
        """What the form in the middle of the page posts as it stands, with its address."""
        main = page.content.decode().partition("<main")[2]
        form = re.search(r"<form [^>]*method=\"post\".*?</form>", main, re.S)
        assert form, main
        found: dict[str, Any] = {}
        for one in re.findall(r"<(?:input|button)[^>]*>", form[0]):
            name, value = (re.search(rf'\b{what}="([^"]*)"', one) for what in ("name", "value"))
            if name and 'type="checkbox"' not in one and 'type="radio"' not in one:
                found.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
        action = re.search(r'^<form [^>]*action="([^"]*)"', form[0])
        found["action"] = html.unescape(action[1]) if action else page.request["PATH_INFO"]
        return found

    def press(self, page: Any, **typed: Any) -> Any:
        fields = {**self.fields(page), **typed}
        action = fields.pop("action")
        return self.post(action, urlencode(fields, doseq=True), content_type=FORM)

    def token(self, address: str) -> dict[str, Any]:
        return {"csrfmiddlewaretoken": self.fields(self.get(address))["csrfmiddlewaretoken"]}


@pytest.fixture
def tab(world) -> Browser:
    world.open_all()
    tab = Browser()
    tab.sign_in(world.officer)
    return tab


def typed_on(tab: Browser, address: str = STATUS) -> dict[str, Any]:
    page = tab.fields(tab.get(address))
    return {name: page[name] for name in page if name in ("csrfmiddlewaretoken", "version")} | TYPED


def end_session(user: User, how: str = "elsewhere") -> None:
    if how == "idle":
        Session.objects.update(expire_date="2020-01-01T00:00Z")
    elif how == "password":
        user.set_password(PASSWORD)
        user.save()
    else:
        end_visits(user)


def sees_it_again(tab: Browser, page: Any) -> Any:
    assert "What you typed is kept" in page.content.decode()
    assert page["Cache-Control"].startswith("no-store")
    again = tab.press(page)
    shown = again.content.decode()
    assert again.status_code == 200 and 'value="Typed by hand “≥”"' in shown
    assert 'value="1:30"' in shown and "exams@main1.example" in shown
    return again


@pytest.mark.parametrize("how", ["idle", "elsewhere", "password"])
def test_what_was_typed_is_shown_again_after_signing_in_and_saved_when_the_button_is_pressed(
    tab, world, how
):
    typed = typed_on(tab)
    end_session(world.officer, how)
    page = tab.post(STATUS, typed)

    assert "You were signed out. What you typed is kept" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "Typed by hand" not in page.content.decode()  # for whoever sits there
    answer = tab.press(page, login="officer.main", password="wrong")
    assert "What you typed is kept" in answer.content.decode()
    answer = tab.press(answer, login="officer.main", password=PASSWORD)
    again = sees_it_again(tab, tab.get(answer.url))
    assert not CentreArrangement.objects.filter(contact_name__startswith="Typed").exists()
    saved = {**tab.fields(again), **TYPED}
    assert tab.post(saved.pop("action"), saved).status_code == 302
    assert CentreArrangement.objects.get(centre=world.main).contact_name == "Typed by hand “≥”"


def test_it_goes_through_the_second_factor(tab, world):
    typed = typed_on(tab)
    secret = totp_auth.generate_totp_secret()
    totp_auth.TOTP.activate(world.officer, secret)
    end_session(world.officer)
    page = tab.post(STATUS, typed)

    answer = tab.press(page, login="officer.main", password=PASSWORD)
    assert answer.url == "/log-in/code/"
    code = totp_auth.format_hotp_value(totp_auth.hotp_value(secret, int(time.time()) // 30))
    answer = tab.press(tab.get(answer.url), code=code)
    sees_it_again(tab, tab.get(answer.url))


def test_after_a_sign_in_in_another_tab_nothing_is_lost(tab, world):
    typed = typed_on(tab)
    end_session(world.officer)
    tab.sign_in(world.officer)

    sees_it_again(tab, tab.post(STATUS, typed))


def test_nor_on_a_sign_in_page_that_another_tab_has_overtaken(tab, world):
    typed = typed_on(tab)
    end_session(world.officer)
    page = tab.post(STATUS, typed)
    tab.sign_in(world.officer)

    sees_it_again(tab, tab.press(page, login="officer.main", password=PASSWORD))


def test_nor_after_one_that_has_ended_too(tab, world):
    typed = typed_on(tab)
    for _ in range(2):
        end_session(world.officer)
        tab.sign_in(world.officer)
    end_session(world.officer)
    page = tab.post(STATUS, typed)

    answer = tab.press(page, login="officer.main", password=PASSWORD)
    sees_it_again(tab, tab.get(answer.url))


def test_two_tabs_that_wait_for_the_sign_in_both_go_on(tab, world):
    first, second = typed_on(tab), typed_on(tab)
    end_session(world.officer)
    pages = [tab.post(STATUS, typed) for typed in (first, {**second, "delay": "2:00"})]

    answer = tab.press(pages[0], login="officer.main", password=PASSWORD)
    sees_it_again(tab, tab.get(answer.url))
    other = tab.press(tab.press(pages[1], login="officer.main", password=PASSWORD))
    assert 'value="2:00"' in other.content.decode()


def test_two_tabs_that_wait_for_the_password_both_go_on(board, world):
    """allauth keeps one post of a session."""
    with time_machine.travel(time.time() + 3600):
        asked = [
            board.post(
                "/board/holds/place/", {"series": world.series.pk, "reason": f"Reason {one}"}
            )
            for one in "AB"
        ]
        for answer, one in zip(asked, "AB", strict=True):
            assert answer.url.startswith("/account/confirm/?next=")
            page = board.post(answer.url, {"password": PASSWORD}).content.decode()
            assert f"Reason {one}" in page, page


def test_the_other_ways_to_confirm_carry_on_with_it_too(board, world):
    secret = totp_auth.generate_totp_secret()
    totp_auth.TOTP.activate(world.board, secret)
    with time_machine.travel(time.time() + 3600):
        place = {"series": world.series.pk, "reason": "A reason"}
        page = board.get(board.post("/board/holds/place/", place).url).content.decode()
        way = html.unescape(re.search(r'href="(/account/confirm/code/[^"]*)"', page)[1])
        code = totp_auth.format_hotp_value(totp_auth.hotp_value(secret, int(time.time()) // 30))
        assert "A reason" in board.post(way, {"code": code}).content.decode()


def asked_at(tab: Browser) -> dict[str, Any]:
    """What a button posts that does something at once, and anew each time."""
    return {**tab.token(SHARE), "file": "listing/csv", "share": "yes"}


def is_not_done_again(tab: Browser, answer: Any) -> None:
    assert answer.status_code == 302 and answer.url == "/"
    assert "If you are not sure that it was done, check" in tab.get("/").content.decode()
    assert Version.objects.count() == 1


def test_go_on_does_it_once_whatever_is_pressed_after_that(tab, world):
    asked = asked_at(tab)
    end_session(world.officer)
    answer = tab.press(tab.post(SHARE, asked), login="officer.main", password=PASSWORD)
    page = tab.get(answer.url)
    assert not Version.objects.exists() and ">Continue</button>" in page.content.decode()

    assert tab.press(page).status_code == 302 and Version.objects.count() == 1
    is_not_done_again(tab, tab.get(answer.url))  # Back
    is_not_done_again(tab, tab.press(page))  # a page that the browser has kept; a reload


def test_nor_is_what_a_page_from_before_the_sign_in_posts_done_twice(tab, world):
    asked = asked_at(tab)
    end_session(world.officer)
    tab.sign_in(world.officer)
    page = tab.post(SHARE, asked)

    assert tab.press(page).status_code == 302 and Version.objects.count() == 1
    is_not_done_again(tab, tab.post(SHARE, asked))  # Back sends it anew
    is_not_done_again(tab, tab.press(page))


def test_go_on_also_goes_on_when_the_session_carries_it_no_more(tab, world):
    asked = asked_at(tab)
    end_session(world.officer)
    answer = tab.press(tab.post(SHARE, asked), login="officer.main", password=PASSWORD)
    page = tab.get(answer.url)
    with time_machine.travel(time.time() + 16 * 60):
        tab.get("/")
        assert tab.press(page).status_code == 302


def test_who_signs_in_as_somebody_else_gets_nothing_of_it(tab, world):
    typed = typed_on(tab)
    end_session(world.officer)
    page = tab.post(STATUS, typed)
    answer = tab.press(page, login="officer.oth01", password=PASSWORD)

    answer = tab.get(answer.url, follow=True)
    shown = answer.content.decode()
    assert "is no longer kept" in shown and "Typed by hand" not in shown
    assert not any("Typed" in str(one.get_decoded()) for one in Session.objects.all())
    # Their page, too, posted while somebody else is signed in:
    answer = tab.post(STATUS, typed)
    assert answer.status_code == 403 and "Typed by hand" not in answer.content.decode()
    # and when that one's session has ended too, it waits for its own person.
    end_session(User.objects.get(username="officer.oth01"))
    page = tab.post(STATUS, typed)
    answer = tab.press(page, login="officer.oth01", password=PASSWORD)
    assert "is no longer kept" in tab.get(answer.url, follow=True).content.decode()


def test_what_is_kept_for_one_is_not_shown_to_who_knows_its_address(tab, world):
    typed = typed_on(tab)
    end_session(world.officer)
    answer = tab.press(tab.post(STATUS, typed), login="officer.main", password=PASSWORD)
    stranger = Browser()
    stranger.sign_in(world.stranger)

    assert stranger.get(answer.url, follow=True).redirect_chain
    assert b"What you typed is kept" not in stranger.get(answer.url, follow=True).content


@pytest.mark.parametrize("signed_in", [False, True])
def test_another_site_plants_nothing(tab, world, signed_in):
    """It knows no token of this browser's; a token of its own browser is none."""
    own = Browser()
    own.sign_in(world.stranger)
    planted = {**TYPED, **own.token("/log-out/")}
    if not signed_in:
        end_session(world.officer)
    for fields in (TYPED, planted, {**planted, "csrfmiddlewaretoken": "a" * 64}):
        answer = tab.post(STATUS, fields)
        assert answer.status_code == 403
        assert b"kept" not in answer.content and b"Typed by hand" not in answer.content


def test_nor_where_it_has_a_token_but_another_origin(tab, world):
    typed = typed_on(tab)
    end_session(world.officer)
    tab.sign_in(world.officer)

    answer = tab.post(STATUS, typed, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403 and b"Typed by hand" not in answer.content


def test_what_somebody_keeps_in_their_own_browser_is_of_no_use_in_anothers(tab, world):
    """A stranger's own sealed post, put on the sign-in page of somebody else."""
    own = Browser()
    own.sign_in(world.stranger)
    typed = {**TYPED, **own.token("/log-out/")}
    end_session(world.stranger)
    text = own.fields(own.post(STATUS, typed))["kept"]

    end_session(world.officer)
    answer = tab.press(tab.get("/log-in/"), login="officer.main", password=PASSWORD, kept=text)
    assert b"Typed by hand" not in tab.get(answer.url, follow=True).content


@pytest.mark.parametrize("text", ["x", "A" * 200, "e" * 900_000])
def test_what_we_have_not_sealed_opens_nothing(tab, world, text):
    end_session(world.officer)
    page = tab.get("/log-in/")
    answer = tab.press(page, login="officer.main", password=PASSWORD, kept=text)

    assert "is no longer kept" in tab.get(answer.url, follow=True).content.decode()


def test_after_twelve_hours_it_is_kept_no_more(tab, world):
    typed = typed_on(tab)
    end_session(world.officer)
    page = tab.post(STATUS, typed)
    with time_machine.travel(time.time() + 12 * 3600 + 60):
        answer = tab.press(page, login="officer.main", password=PASSWORD)
        assert b"is no longer kept" in tab.get(answer.url, follow=True).content


def test_a_session_carries_it_for_a_quarter_of_an_hour_at_most(tab, world):
    typed = typed_on(tab)
    end_session(world.officer)
    answer = tab.press(tab.post(STATUS, typed), login="officer.main", password=PASSWORD)
    assert kept_posts.IN_SESSION in tab.session
    with time_machine.travel(time.time() + 16 * 60):
        tab.get("/")
        assert kept_posts.IN_SESSION not in tab.session
        assert b"is no longer kept" in tab.get(answer.url, follow=True).content


def test_a_flood_of_posts_by_nobody_costs_no_row_and_no_memory(client, world):
    for _ in range(5):
        assert client.post(STATUS, TYPED).status_code == 302
    assert client.post(STATUS, {"x": "y" * 17_000}).status_code == 413
    client.cookies[settings.PAGES_COOKIE] = "made:up:cookie"
    assert client.post(STATUS, {"x": "y" * 17_000}).status_code == 413
    assert not Session.objects.exists()


def test_who_was_signed_out_writes_no_row_before_the_password(tab, world):
    typed = typed_on(tab)
    end_session(world.officer)
    rows = Session.objects.count()
    for _ in range(3):
        tab.post(STATUS, typed)
    assert Session.objects.count() == rows


def test_a_whole_page_of_750_associate_centres_is_kept(tab, world):
    for number in range(750):
        make_centre(f"N{number:04}", main=world.main)
    address = "/candidate-results/2026-06/MAIN1/subcentres/"
    page = tab.get(address)
    fields = tab.fields(page)
    fields.pop("action")
    delay = [name for name in fields if name.endswith("-delay")][-1]
    fields[delay] = "7:77"
    fields |= {
        name.replace("-delay", "-contact_choice"): "default"
        for name in [*fields]
        if name.endswith("-delay")
    }
    assert len(fields) > 750
    end_session(world.officer)
    answer = tab.post(address, fields)
    kept = tab.fields(answer)["kept"][0]
    assert len(kept) < 64_000

    answer = tab.press(answer, login="officer.main", password=PASSWORD)
    again = tab.press(tab.get(answer.url))
    assert again.status_code == 200 and 'value="7:77"' in again.content.decode()


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/account/password/", {"oldpassword": "hunter2", "password1": "hunter3"}),
        ("/account/confirm/", {"password": "hunter2"}),
        ("/account/authenticator/set-up/", {"code": "hunter2"}),
    ],
)
def test_passwords_and_codes_are_never_kept(tab, world, address, fields):
    token = tab.token("/log-out/")
    end_session(world.officer)
    answer = tab.post(address, {**fields, **token})

    assert answer.status_code == 302 and answer.url.startswith("/log-in/?next=")
    assert "hunter" not in answer.url


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize(
    "address",
    [
        "/set-password/MQ/a-token/",
        "/recover/00000000-0000-4000-8000-000000000000/open/",
        "/log-in/",
        "/account/password/",
    ],
)
def test_nor_are_those_of_pages_that_are_open_to_all(tab, world, address, signed_in):
    token = tab.token("/log-out/")
    end_session(world.officer)
    tab.sign_in(world.officer)
    if not signed_in:
        end_session(world.officer)
    answer = tab.post(address, {**token, "password": "hunter2", "new_password1": "hunter2"})

    assert answer.status_code in (200, 403)
    assert b"hunter2" not in answer.content and not re.search(
        rb'name="kept" value="[^"]', answer.content
    )


def test_of_a_file_it_is_said_that_it_must_be_chosen_again(world):
    tab = Browser()
    tab.sign_in(world.associate_officer)
    upload = "/file-exchange/ASC01/MAIN1/upload/"
    typed = {**tab.token(upload), "note": "Typed"}
    end_session(world.associate_officer)
    for size in (100, 100_000):
        file = SimpleUploadedFile("list.csv", b"a" * size)
        answer = tab.post(upload, {**typed, "file": file})
        answer = tab.get(answer.url) if answer.status_code == 302 else answer
        assert "A file cannot be kept" in answer.content.decode()
    answer = tab.press(answer, login="officer.asc01", password=PASSWORD)
    assert answer.url == upload


def test_signing_in_with_something_kept_leads_nowhere_but_to_this_site(tab, world):
    typed = typed_on(tab)
    end_session(world.officer)
    page = tab.post(STATUS, typed)
    answer = tab.press(page, login="officer.main", password=PASSWORD, next="https://evil.example/")

    assert answer.url.startswith("/log-in/kept/")
    assert f'action="{STATUS}"' in tab.get(answer.url).content.decode()
    answer = tab.get("/log-in/kept/nothing/?next=https://evil.example/")
    assert answer.url == "/"


def test_nothing_that_was_typed_is_in_an_address_or_a_log(tab, world, caplog):
    typed = typed_on(tab)
    end_session(world.officer)
    answer = tab.press(tab.post(STATUS, typed), login="officer.main", password=PASSWORD)
    tab.get(answer.url)
    assert "Typed" not in caplog.text and "Typed" not in answer.url and "exams" not in answer.url
    (session,) = Session.objects.filter(expire_date__gt="2026-01-01T00:00Z")
    assert "Typed" not in str(session.get_decoded())
