"""A candidate with a letter and a telephone: rehearsal, the moment itself, slips, languages, the end."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from centres.models import Release
from credentials.logins import secret
from tests.builders import make_login

pytestmark = pytest.mark.browser

SLIP = "There is a typing error in the password."


@pytest.fixture
def login(world) -> tuple[str, str]:
    world.open_all()
    return make_login(world.candidate)[:2]


@pytest.fixture
def released_in(world):
    def move(**ahead: float) -> None:
        at = timezone.now() + dt.timedelta(**ahead)
        Release.objects.filter(series=world.series).update(candidates_at=at)

    return move


def log_in(page: Page, base: str, login: tuple[str, str], query: str = "") -> None:
    page.goto(f"{base}/results/{query}")
    page.get_by_label("Username").fill(login[0])
    page.get_by_label("Password").fill(login[1])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def test_who_waits_sees_the_moment_come_and_asks_the_site_for_nothing(
    page: Page, live_server, login, released_in, look
):
    released_in(seconds=8)
    log_in(page, live_server.url, login)
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^\d seconds? left$"))
    look()
    asked = []
    page.on("request", lambda one: asked.append(one.url))

    expect(page.get_by_text("It is time")).to_be_visible()
    expect(page.get_by_role("timer")).to_be_hidden()
    assert asked == []
    look()
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_text("A(a)")).to_be_visible()


def test_the_moment_is_told_by_the_telephones_own_clock_too(
    browser, live_server, login, released_in
):
    released_in(days=40)
    page = browser.new_context(timezone_id="America/Lima", locale="en-GB").new_page()
    log_in(page, live_server.url, login)

    expect(page.get_by_text("On this device:")).to_contain_text("(Lima, UTC−5)")
    expect(page.get_by_role("timer")).to_have_text("39 days 23 hours left")


def test_a_slip_of_the_hand_is_told_while_one_types_and_goes_when_it_is_mended(
    page: Page, live_server, login, look
):
    page.goto(f"{live_server.url}/results/")
    username, password = page.get_by_label("Username"), page.get_by_label("Password")

    username.press_sequentially("abcu")
    expect(page.get_by_text("“U” is in no login. Look at the first group again.")).to_be_visible()
    username.fill(login[0].lower().replace("-", " "))
    expect(page.get_by_text("is in no login")).to_be_hidden()

    wrong = "2" if login[1][0] != "2" else "3"
    password.fill(wrong + login[1][1:])
    expect(page.get_by_text(SLIP)).to_be_visible()
    look()
    page.get_by_label("Show what I type").check()
    expect(password).to_have_attribute("type", "text")
    password.fill(login[1].lower())
    expect(page.get_by_text(SLIP)).to_be_hidden()
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def test_the_script_and_the_site_agree_on_what_is_a_slip(page: Page, live_server, world):
    page.goto(f"{live_server.url}/results/")
    field = page.get_by_label("Password")
    for _ in range(10):
        made = secret.make().grouped_password
        looked_like = made.replace("0", "o").replace("1", "l").lower()
        other_digits = made.translate({ord(str(one)): chr(0x6F0 + one) for one in range(10)})
        wide = "".join(chr(ord(one) + 0xFEE0) for one in made)
        right = [(typed, False) for typed in (made, looked_like, other_digits, wide)]
        for typed, is_slip in (*right, (made[1] + made[1:], None)):
            field.fill(typed)
            slip = secret.slip_in_password(typed) is not None
            assert is_slip is None or slip is is_slip
            expect(page.get_by_text(SLIP)).to_be_visible(visible=slip)


def test_after_log_out_going_back_shows_nothing(page: Page, live_server, login):
    log_in(page, live_server.url, login)
    expect(page.get_by_text("A(a)")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You have been signed out.")).to_be_visible()

    page.go_back()

    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    expect(page.get_by_text("A(a)")).to_have_count(0)


def test_no_login_comes_back_with_going_back(
    playwright, browser_type_launch_args, live_server, login
):
    """Browsers keep whole pages for going back; Playwright turns that off unless told otherwise."""
    browser = playwright.chromium.launch(
        **browser_type_launch_args, ignore_default_args=["--disable-back-forward-cache"]
    )
    page = browser.new_page()
    log_in(page, live_server.url, login)
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You have been signed out.")).to_be_visible()
    for _ in range(2):  # the page of results, and the form before it
        page.evaluate("void setTimeout(() => history.back())")
        page.wait_for_timeout(500)
        expect(page.get_by_text("A(a)")).to_have_count(0)
        for name in ("Username", "Password"):
            expect(page.get_by_label(name)).to_have_value("")
    browser.close()


def test_whoever_comes_back_to_the_form_is_led_on_by_a_button(page: Page, live_server, login):
    log_in(page, live_server.url, login)
    page.goto(f"{live_server.url}/results/")
    page.get_by_role("button", name="See my results").click()

    expect(page.get_by_text("A(a)")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "log_in_says", "direction"),
    [
        ("العربية", "تسجيل الدخول", "rtl"),
        ("اردو", "لاگ ان کریں", "rtl"),
        ("Español", "Iniciar sesión", "ltr"),
    ],
)
def test_a_whole_visit_in_another_language(
    page: Page, live_server, login, look, released_in, name, log_in_says, direction
):
    released_in(hours=2)
    page.goto(f"{live_server.url}/results/")
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.locator("html")).to_have_attribute("dir", direction)
    look()
    page.locator("#id_username").fill(login[0])
    page.locator("#id_password").fill(login[1])
    page.get_by_role("button", name=log_in_says).click()
    expect(page.get_by_role("timer").first).to_be_visible()
    look()
    released_in(hours=-2)
    page.reload()
    expect(page.get_by_text("A(a)")).to_be_visible()
    look()


def test_all_of_it_works_without_javascript(browser, live_server, login, released_in):
    released_in(hours=2)
    page = browser.new_context(java_script_enabled=False).new_page()
    log_in(page, live_server.url, login)
    expect(page.get_by_text("Your login works.")).to_be_visible()
    expect(page.get_by_text("UTC").first).to_be_visible()
    expect(page.get_by_role("timer")).to_have_count(0)
    with page.expect_download() as calendar:
        page.get_by_role("link", name="Add to calendar").click()
    assert calendar.value.suggested_filename == "exam-results.ics"
    released_in(hours=-2)
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_text("A(a)")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You have been signed out.")).to_be_visible()
