"""A candidate scans the code on a letter: the sign-in page opens filled in, and the login stands in
no address, no history, no log and no store (rules 14 and 17)."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from centres.models import Candidate
from credentials.letters import storage
from credentials.letters.issuing import request_letters
from credentials.letters.pdf import make_pdf
from credentials.logins import secret
from tests.builders import BEFORE, make_candidate
from tests.credentials.test_letters import scanned

pytestmark = pytest.mark.browser

FILLED_IN = "Username and password are filled in from the letter that you scanned."

# Tells at each frame which page's body is drawn.
WATCH = """(function watch() {
    if (document.body && document.body.offsetHeight > 100) console.log(location.pathname);
    requestAnimationFrame(watch);
})()"""


@pytest.fixture
def letters(world, worker, settings, live_server):
    """letters(): what a telephone reads from the letters of MAIN1, made for real, by number."""
    world.open_all()
    settings.SITE_URL = live_server.url

    def make() -> list[str]:
        file = request_letters(
            centre=world.main,
            series=world.series,
            by=world.officer,
            candidates=Candidate.objects.filter(centre=world.main),
            at=BEFORE,
        )
        worker()
        file.refresh_from_db()
        made = storage.letters_in(file)
        pdf = make_pdf(made)
        return [scanned(pdf, number) for number in range(len(made))]

    return make


@pytest.fixture
def sister(world) -> Candidate:
    return make_candidate(
        world.main, world.series, "0002", name="BLOGGS: Ada", grades={"0580": "B"}
    )


def login_of(address: str) -> tuple[str, str]:
    """Username and password as they are printed."""
    groups = re.findall("....", address.partition("#")[2])
    return "-".join(groups[:2]), "-".join(groups[2:])


def is_filled_in(page: Page, address: str) -> None:
    username, password = login_of(address)
    expect(page.get_by_role("status")).to_contain_text(FILLED_IN)
    expect(page.get_by_label("Username")).to_have_value(username)
    expect(page.get_by_label("Password")).to_have_value(password)
    expect(page.get_by_label("Password")).to_have_attribute("type", "password")
    expect(page.get_by_role("button", name="Log in")).to_be_focused()
    is_forgotten(page, address)


def is_forgotten(page: Page, address: str) -> None:
    """No address of this tab, back or forward, holds the login."""
    history = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    assert [entry["url"] for entry in history["entries"] if "#" in entry["url"]] == []
    assert page.evaluate("location.hash") == ""


def test_a_scanned_letter_needs_no_typing(page: Page, letters, look, world):
    [address] = letters()

    page.goto(address)

    is_filled_in(page, address)
    look()
    page.keyboard.press("Enter")
    expect(page.get_by_text("A(a)")).to_be_visible()
    is_forgotten(page, address)
    stored = str(page.context.storage_state()) + page.evaluate("JSON.stringify(sessionStorage)")
    for part in login_of(address):
        assert part not in stored and part.replace("-", "") not in stored


def test_nothing_is_sent_before_the_candidate_logs_in(page: Page, letters, live_server):
    [address] = letters()
    sent = []
    page.on("request", lambda one: sent.append((one.method, one.url.partition("#")[0])))

    page.goto(address)
    is_filled_in(page, address)
    page.wait_for_timeout(500)

    own = [(method, url) for method, url in sent if "/static/" not in url]
    assert own == [("GET", f"{live_server.url}/results/")]


def test_what_was_filled_in_is_gone_when_the_page_is_left(page: Page, letters):
    [address] = letters()
    page.goto(address)
    is_filled_in(page, address)

    page.evaluate("dispatchEvent(new Event('pagehide'))")  # as when it is kept for “Back”

    expect(page.get_by_label("Username")).to_have_value("")
    expect(page.get_by_label("Password")).to_have_value("")
    expect(page.get_by_role("status")).to_have_text("")


def test_a_letter_scanned_while_the_page_is_open_is_filled_in(page: Page, letters, sister):
    first, second = letters()
    page.goto(first)
    is_filled_in(page, first)

    page.evaluate("address => { location.href = address }", second)

    is_filled_in(page, second)


def test_a_letter_scanned_anew_after_a_wrong_login(page: Page, letters, live_server):
    [address] = letters()
    page.goto(f"{live_server.url}/results/")
    nobodys = secret.make()
    page.get_by_label("Username").fill(nobodys.username)
    page.get_by_label("Password").fill(nobodys.password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()

    page.goto(address)

    is_filled_in(page, address)


def test_a_sisters_letter_scanned_on_the_same_telephone_opens_her_results(
    page: Page, letters, look, sister
):
    """Not his, not even for a moment, though he is still signed in."""
    his, hers = letters()
    page.add_init_script(WATCH)
    drawn = []
    page.on("console", lambda message: drawn.append(message.text))
    page.goto(his)
    with page.expect_console_message(lambda message: message.text.startswith("/results/mine/")):
        page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("BLOGGS: Fred")).to_be_visible()
    assert {path[:14] for path in drawn} == {"/results/", "/results/mine/"}
    page.route("**/results/", lambda route: (time.sleep(1), route.continue_()))
    page.goto("about:blank")
    drawn.clear()

    with page.expect_console_message(lambda message: message.text != "blank"):
        page.goto(hers)

    is_filled_in(page, hers)
    assert set(drawn) - {"blank"} == {"/results/"}
    look()
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("BLOGGS: Ada")).to_be_visible()
    expect(page.get_by_text("BLOGGS: Fred")).to_have_count(0)
    page.goto(page.url + "#main")  # no login: she stays where she is
    expect(page.get_by_text("BLOGGS: Ada")).to_be_visible()
    is_forgotten(page, hers)


def test_a_letter_scanned_on_a_results_page_leads_to_the_form(page: Page, letters, sister):
    his, hers = letters()
    page.goto(his)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("BLOGGS: Fred")).to_be_visible()

    page.evaluate("hash => { location.hash = hash }", hers.partition("#")[2])

    is_filled_in(page, hers)


@pytest.mark.parametrize(
    "nonsense",
    [
        "#",
        "#main",
        "#ABCDEFGH0123456789ABCDE",  # one too few
        "#ABCDEFGH0123456789ABCDEFG",  # one too many
        "#ABCDEFGH0123456789ABCDEU",  # no login has a U
        "#<img src=x onerror=alert(1)>",
        "#%41BCDEFGH0123456789ABCDEF",
    ],
)
def test_anything_else_behind_the_address_is_ignored_and_cleared(
    page: Page, live_server, world, nonsense
):
    page.goto(f"{live_server.url}/results/{nonsense}")

    expect(page.get_by_label("Username")).to_have_value("")
    expect(page.get_by_label("Password")).to_have_value("")
    expect(page.get_by_role("status")).to_have_text("")
    assert page.evaluate("location.hash") == ""


def test_without_javascript_the_page_is_typed_into_as_ever(browser, letters):
    [address] = letters()
    page = browser.new_context(java_script_enabled=False).new_page()

    page.goto(address)
    expect(page.get_by_label("Username")).to_have_value("")
    username, password = login_of(address)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_text("A(a)")).to_be_visible()


def test_turned_off_the_code_holds_the_address_alone(page: Page, letters, settings, live_server):
    settings.CODE_SIGNS_IN = False

    [address] = letters()
    assert address == f"{live_server.url}/results/"
    page.goto(address)

    expect(page.get_by_label("Username")).to_have_value("")
    assert page.locator("script[src*=scanned]").count() == 0


# --- What the server hears ----------------------------------------------------------------------


@pytest.fixture
def gunicorn(transactional_db, tmp_path):
    """The server as in production, on the test's database; its log holds all that came in but bodies."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "access.log"
    everything = '%(r)s "%(f)s" "%(a)s" %({location}o)s %({cookie}i)s'
    url = f"http://127.0.0.1:{port}"
    options = f"""--bind 127.0.0.1:{port} --no-control-socket --log-level debug --capture-output
        --access-logfile {log} --error-logfile {log} --access-logformat""".split()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "portal.wsgi", *options, everything],
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "portal.settings", "SITE_URL": url}
        | {"DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}"},
    )
    try:
        wait_for(f"{url}/health/", server)
        yield url, log
    finally:
        server.terminate()
        server.wait(30)


def wait_for(url: str, server: subprocess.Popen) -> None:
    for _ in range(300):
        assert server.poll() is None
        try:
            with urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def test_no_request_line_header_or_log_of_the_server_holds_the_login(
    page: Page, letters, sister, gunicorn, settings
):
    settings.SITE_URL, log = gunicorn
    his, hers = letters()
    headers = []
    page.on("request", lambda one: headers.append(str(one.all_headers())))

    for address, name in ((his, "BLOGGS: Fred"), (hers, "BLOGGS: Ada")):
        page.goto(address)
        is_filled_in(page, address)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_text(name)).to_be_visible()

    heard = log.read_text()
    lines = [json.loads(line) for line in heard.splitlines()]
    asked = [(line["method"], line["route"]) for line in lines if "method" in line]
    assert asked.count(("POST", "candidate_site:sign_in")) == 2
    assert ("GET", "candidate_site:results_page") in asked
    assert "/results/" not in heard
    for address in (his, hers):
        for part in login_of(address):
            for written in (part, part.replace("-", "")):
                assert written not in heard
                assert not any(written in one for one in headers)
