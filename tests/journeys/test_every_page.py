"""Every page that a main centre's officer, the board or a candidate gets passes the accessibility scan."""

import pytest
from playwright.sync_api import Page, expect

from centres.models import Centre
from tests.builders import make_login
from tests.sweeps import PAGES
from tests.sweeps.made import make_objects
from tests.sweeps.page import ROLES
from tests.test_sweeps import BOARD, address, board_address

pytestmark = pytest.mark.browser

RECORDS = [
    "admin:centres_candidate_changelist",
    "admin:centres_candidate_change",
    "admin:centres_entry_changelist",
    "admin:accounts_user_changelist",
]
PARTS_AND_FILES = (
    "board:home_figures",
    "board:home_service",
    "board:missing_csv",
    "board:audit_download",
    "loading:progress",
    "sealed:bad_rows",
    "sealed:ceremony_progress",
    "sealed:opening_progress",
)


def pages_of(role: str) -> list[str]:
    column = ROLES.index(role)
    return [name for name, page in PAGES.items() if page.get.split()[column] == "200"]


def addresses_of(role: str, world) -> list[str]:
    """The board has more of its own, and a list of Records for all that is looked up alike."""
    pages = [address(name, world) for name in pages_of(role) if PAGES[name].is_page]
    if role == "board":
        own = [name for name in (*BOARD, *RECORDS) if name not in PARTS_AND_FILES]
        pages += [board_address(name, world) for name in own]
    return pages


def look_at_all(page: Page, base: str, role: str, world, look) -> None:
    for path in addresses_of(role, world):
        page.goto(base + path)
        look()


@pytest.fixture
def opened(world):
    world.open_all()
    world.login = make_login(world.associate_candidate)
    make_objects(world, world.login[2].letter_file)
    world.own_page = "/results/mine/nobodys/"
    return world


def test_the_officers_pages(officer_at, live_server, look, opened):
    page = officer_at("officer.main")
    look_at_all(page, live_server.url, "main", opened, look)


def test_the_boards_pages(officer_at, live_server, look, opened):
    page = officer_at("board")
    look_at_all(page, live_server.url, "board", opened, look)


def test_the_candidates_pages(page, live_server, look, opened):
    username, password, _ = opened.login
    page.goto(f"{live_server.url}/results/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    opened.own_page = page.url
    look_at_all(page, live_server.url, "candidate", opened, look)


def test_the_pages_for_everybody(page, live_server, look, opened):
    look_at_all(page, live_server.url, "anonymous", opened, look)


@pytest.mark.parametrize(("username", "role"), [("officer.main", "main"), ("board", "board")])
def test_with_a_long_zone_no_page_is_wider_than_a_narrow_telephone(
    officer_at, live_server, opened, username, role
):
    """320 px: also what a window of 1280 px shows at 400 %."""
    Centre.objects.update(time_zone="America/Argentina/Buenos_Aires")
    page = officer_at(username)
    page.set_viewport_size({"width": 320, "height": 640})
    wide = {}
    for path in addresses_of(role, opened):
        page.goto(live_server.url + path)
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in wide.items() if width > 320} == {}
