"""The walk through all pictures in one browser: what is seen at each, and how it is marked."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pypdf
import pypdfium2
from django.conf import settings
from django.test import Client, override_settings
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from credentials.models import LetterFile
from tests.pictures.shots import CANDIDATE, NOBODY, PDF, Shot

# What may differ from walk to walk and means nothing to a reader: the time of day, how much is left, the id of a row,
# the fingerprint of a key.
CHANGING = {
    r"\b\d\d:\d\d(:\d\d)?\b": "00:00",
    r"\b([Kk]ey) [A-Z2-7]{4}(-[A-Z2-7]{4}){3}\b": r"\1",
    r"\b\d+ min \d+ s\b": "00:00",
    r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b": "id",
}
RING = "one => { one.style.outline = '4px solid #c2410c'; one.style.outlineOffset = '3px'; }"
FOOT = """one => Math.max(...[...one.children, ...one.querySelectorAll('.bottom-bar')].map(
    child => child.getBoundingClientRect().bottom))"""
COMING = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
PATIENCE = 60_000  # milliseconds, for a machine that has much else to do
MARGIN = 14  # pixels below what is shown
PAPER = 1.1  # pixels of the picture for a point of a PDF
ADDRESS = "https://results.example.org"  # what a letter names, wherever the picture is taken


@dataclass(frozen=True)
class Seen:
    """`take` gives the picture, for whoever wants it."""

    shot: Shot
    text: str
    take: Callable[[], Image.Image]


def walk(page: Page, base: str, login: dict[str, str], shots: tuple[Shot, ...]) -> Iterator[Seen]:
    """At each picture, what is to be seen."""
    for shot in shots:
        if shot.part == PDF:
            yield _seen_on_paper(shot)
        else:
            page.set_viewport_size({"width": shot.width, "height": 1200})
            _enter(page, base, shot.by, login)
            if shot.by != CANDIDATE:
                page.goto(base + _path(shot))
            _settle(page)
            if shot.press:
                page.get_by_role("button", name=shot.press).first.click()
                _settle(page)
            if shot.ring:
                _control(page, shot.ring).evaluate(RING)
            text = _normalised(page.locator(shot.part).first.inner_text())
            yield Seen(shot, text, partial(_take, page, shot))


def _settle(page: Page) -> None:
    """What comes by itself is asked for before the page has loaded; its place is marked until it has come."""
    page.wait_for_load_state()
    expect(page.locator(COMING)).to_have_count(0, timeout=PATIENCE)


def _take(page: Page, shot: Shot) -> Image.Image:
    """The part that is shown, in the width of the page. The window ends where the picture ends, so that a
    bar at the foot of the window is in it."""
    part = page.locator(shot.part).first
    above = part.bounding_box()["y"]
    page.set_viewport_size({"width": shot.width, "height": round(above) + shot.height})
    height = min(shot.height, part.evaluate(FOOT) + MARGIN - above)
    clip = {"x": 0, "y": above, "width": shot.width, "height": height}
    png = page.screenshot(clip=clip, animations="disabled")
    return Image.open(io.BytesIO(png))


def _seen_on_paper(shot: Shot) -> Seen:
    """The first page of a PDF."""
    with override_settings(SITE_URL=ADDRESS):
        pdf = _signed_in(shot.by).get(shot.path).content
    text = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    return Seen(shot, _normalised(text), lambda: _drawn(pdf))


def _drawn(pdf: bytes) -> Image.Image:
    return pypdfium2.PdfDocument(pdf)[0].render(scale=PAPER).to_pil()


def _normalised(text: str) -> str:
    for pattern, neutral in CHANGING.items():
        text = re.sub(pattern, neutral, text)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _control(page: Page, name: str) -> Locator:
    inside = page.locator("main, #content")
    found = inside.get_by_role("link", name=name, exact=True)
    found = found.or_(inside.get_by_role("button", name=name, exact=True))
    found = found.or_(inside.locator(f"label:text-is('{name}')"))
    expect(found.first).to_be_visible()
    return found.first


def _path(shot: Shot) -> str:
    """LATEST stands for the newest letter file of the centre in the series."""
    if "LATEST" not in shot.path:
        return shot.path
    _, _, series, number, *_ = shot.path.split("/")
    year, month = map(int, series.split("-"))
    files = LetterFile.objects.filter(centre__number=number, series__year=year, series__month=month)
    return shot.path.replace("LATEST", str(files.latest("asked_at").pk))


def _enter(page: Page, base: str, who: str, login: dict[str, str]) -> None:
    page.context.clear_cookies()
    if who == CANDIDATE:
        page.goto(f"{base}/results/")
        page.get_by_label("Username").fill(login["username"])
        page.get_by_label("Password").fill(login["password"])
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("button", name="Log out")).to_be_visible()
    elif who != NOBODY:
        name = settings.SESSION_COOKIE_NAME
        value = _signed_in(who).cookies[name].value
        page.context.add_cookies([{"name": name, "value": value, "url": base}])


def _signed_in(who: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=who))
    return client
