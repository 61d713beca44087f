"""A shared cache that keeps whatever it must not: still nobody is shown another's page (rule 18).

The cache (`caching_proxy`) keeps every page by its address, ignores `no-store`, `private` and cookies,
and in the worse case `Vary`. Two candidates at telephones of their own, both in turn at the computer of
a library, and a stranger visit the real site through it, in many orders.
"""

import random
import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin, urlsplit

import pytest

from results.models import Result
from tests.builders import make_candidate, make_login
from tests.candidate_site.caching_proxy import Answer, Cache, Request, Site, served

STEPS = 50  # of a run, whoever's turn it is
FRONT, FIXED = "/results/", "/results/mine/"
TYPED = [
    FRONT,
    FIXED,
    "/results/?signed-out",
    "/results/?logged-out",
    "/results/?language=es",
    "/results/log-out/",
    "/results/mine/0001/",
    "/results/nothing/",
]


# --- Browsers -----------------------------------------------------------------------------------


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    words: str = ""


class Forms(HTMLParser):
    """The forms of a page that are posted."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.all: list[Form] = []
        self.open = False
        self.feed(page)

    def handle_starttag(self, tag, attributes) -> None:
        given = dict(attributes)
        if tag == "form" and (given.get("method") or "").lower() == "post":
            self.all.append(Form(given.get("action") or ""))
            self.open = True
        elif self.open and "name" in given:
            self.all[-1].fields[given["name"]] = given.get("value") or ""

    def handle_endtag(self, tag) -> None:
        self.open = self.open and tag != "form"

    def handle_data(self, words) -> None:
        if self.open:
            self.all[-1].words += words


class Browser:
    """It follows redirects, keeps cookies, and remembers where it was and every cookie that it had."""

    def __init__(self, port: int) -> None:
        self.site = f"http://127.0.0.1:{port}"
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar)
        )
        self.at, self.page = FRONT, ""
        self.history: list[str] = []
        self.cookies: set[str] = set()

    def open(self, address: str, posted: dict[str, str] | None = None) -> str:
        data = None if posted is None else urlencode(posted).encode()
        request = urllib.request.Request(
            urljoin(self.site, address), data, {"Sec-Fetch-Site": "same-origin"}
        )
        try:
            answer = self.opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.page = answer.read().decode()
            self.at = urlsplit(answer.url)._replace(scheme="", netloc="").geturl()
        self.history.append(self.at)
        self.cookies |= {str(cookie.value) for cookie in self.jar}
        return self.page

    def submit(self, holds, **typed: str) -> bool:
        """Fill in and send the form of this page for which `holds`; whether there is one."""
        for form in Forms(self.page).all:
            if holds(form):
                self.open(urljoin(self.at, form.action or self.at), form.fields | typed)
                return True
        return False

    def log_in(self, login: tuple[str, str]) -> None:
        self.open(FRONT)
        typed = {"username": login[0], "password": login[1]}
        assert self.submit(lambda form: "username" in form.fields, **typed)

    def log_out(self) -> bool:
        return self.submit(lambda form: "Log out" in form.words)

    def see_mine(self) -> bool:
        """What the front page offers to whoever is logged in already."""
        self.open(FRONT)
        return self.submit(lambda form: "username" not in form.fields)


# --- Who comes ----------------------------------------------------------------------------------


@dataclass
class Person:
    """What only this person's pages may show."""

    login: tuple[str, str]
    secrets: list[str]


@dataclass
class Seat:
    """A browser, who uses it, and who is logged in there."""

    browser: Browser
    users: list[str]
    now: str = ""


@pytest.fixture
def people(transactional_db, world) -> dict[str, Person]:
    world.open_all()
    found = {}
    for name, number, grade, pum in [
        ("FERN: Fred", "0417", "B", 84),
        ("MOSS: Mary", "0923", "D", 66),
    ]:
        candidate = make_candidate(
            world.main, world.series, number, name=name, grades={"0580": grade}
        )
        Result.objects.filter(entry__candidate=candidate).update(pum=pum)
        secrets = [name.split(":")[0], number, f"{grade}({grade.lower()})"]
        found[name] = Person(make_login(candidate)[:2], secrets)
    return found


@dataclass
class Run:
    """Everybody at once, in an order drawn by lot; what was wrong."""

    people: dict[str, Person]
    cache: Cache
    seed: int
    wrong: list[str] = field(default_factory=list)
    own_pages: int = 0

    def go(self) -> "Run":
        dice = random.Random(self.seed)
        fred, mary = self.people
        with served(self.cache) as port:
            seats = [Seat(Browser(port), [who], who) for who in (fred, mary)]
            seats += [Seat(Browser(port), [fred, mary]), Seat(Browser(port), [])]
            for _ in range(STEPS):
                seat = dice.choice(seats)
                self.look(seat, self.act(seat, dice))
        for one, other in ((seats[0], seats[1]), (seats[3], seats[0]), (seats[3], seats[1])):
            if one.browser.cookies & other.browser.cookies - {""}:
                self.wrong.append("two browsers had the same cookie")
        return self

    def act(self, seat: Seat, dice: random.Random) -> str:
        browser = seat.browser
        acts = ["type"]
        acts += ["log in", "log in", "log out", "see mine", "reload"] if seat.users else []
        acts += ["back"] if len(seat.users) == 1 else []  # at the library nobody goes back
        act = dice.choice(acts)
        if act == "log in":
            seat.now = dice.choice(seat.users)
            browser.log_in(self.people[seat.now].login)
            if self.people[seat.now].secrets[0] not in browser.page:
                self.wrong.append(f"{seat.now} logged in and did not get in")
            self.own_pages += 1
        elif act == "log out" and browser.log_out() and len(seat.users) > 1:
            seat.now = ""
        elif act == "see mine":
            browser.see_mine()
        elif act == "reload":
            browser.open(browser.at)
        elif act == "back" and browser.history:
            browser.open(dice.choice(browser.history))
        else:
            browser.open(dice.choice([*TYPED, self.nearly_an_own_page(dice)]))
        return act

    def nearly_an_own_page(self, dice: random.Random) -> str:
        """An address that one page really has, but for one symbol."""
        known = [path for _, path in self.cache.stored if re.fullmatch(FIXED + r"[^/]+/", path)]
        if not known:
            return FIXED
        path = dice.choice(known)
        return path[:-2] + dice.choice([one for one in "0123456789abcdef" if one != path[-2]]) + "/"

    def look(self, seat: Seat, act: str) -> None:
        for name, person in self.people.items():
            if name != seat.now:
                shown = [
                    one
                    for one in person.secrets
                    if re.search(rf"\b{re.escape(one)}", seat.browser.page)
                ]
                if shown:
                    self.wrong.append(f"{seat.now or 'nobody'} ({act}) is shown {shown} of {name}")


# --- The tests ----------------------------------------------------------------------------------


@pytest.mark.parametrize("heeds_vary", [True, False])
def test_nobody_is_shown_anothers_page_nor_signed_in_as_another(people, live_server, heeds_vary):
    for seed in range(4):
        cache = Cache(site_of(live_server), heeds_vary)
        run = Run(people, cache, seed).go()

        assert run.wrong == []
        assert run.own_pages > 3 and cache.hits > 3


@dataclass
class FixedAddress:
    """The site as it would be if the own page of everybody had the same address."""

    site: Site
    own: dict[str, str] = field(default_factory=dict)  # cookie -> the own page that it opens

    def answer(self, request: Request) -> Answer:
        cookie = candidate_cookie([request.headers.get("Cookie", "")])
        if request.method == "GET" and request.path == FIXED and cookie in self.own:
            request = replace(request, path=self.own[cookie])
        answer = self.site.answer(request)
        cookie = candidate_cookie(answer.all("set-cookie")) or cookie
        where = dict(answer.headers).get("Location", request.path)
        if where.startswith(FIXED):
            self.own[cookie] = where
            headers = [
                (name, FIXED if name == "Location" else value) for name, value in answer.headers
            ]
            answer = replace(answer, headers=headers)
        return answer


def test_it_sees_a_site_whose_own_pages_have_one_address(people, live_server):
    run = Run(people, Cache(FixedAddress(site_of(live_server)), heeds_vary=False), seed=0).go()

    assert any("is shown" in one for one in run.wrong)


class CookieForAll(FixedAddress):
    """The site as it would be if a page that everybody asks for set the cookie anew."""

    def answer(self, request: Request) -> Answer:
        answer = self.site.answer(request)
        cookie = candidate_cookie([request.headers.get("Cookie", "")])
        if request.path == FRONT and cookie:
            answer.headers.append(("Set-Cookie", f"candidate={cookie}; Path={FRONT}"))
        return answer


def test_it_sees_a_site_that_sets_the_cookie_on_a_page_for_all(people, live_server):
    run = Run(people, Cache(CookieForAll(site_of(live_server)), heeds_vary=False), seed=0).go()

    assert run.wrong != []


def candidate_cookie(headers: list[str]) -> str:
    found = [re.search(r'\bcandidate="?([^;"]+)', one) for one in headers]
    return next((one[1] for one in found if one), "")


def site_of(live_server) -> Site:
    return Site(urlsplit(live_server.url).port)
