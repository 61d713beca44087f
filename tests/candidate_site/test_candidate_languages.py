"""The candidate site in eight languages: chosen on the page, or by the browser's wish."""

import datetime as dt
import re
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from icalendar import Calendar

from results.models import Result
from tests.builders import AFTER, BEFORE, IGCSE_RELEASE, make_candidate, make_login
from tests.results.signed_in import ask, log_in, signed_in

pytestmark = pytest.mark.one_database

CODES = [code for code, _ in settings.LANGUAGES]
GERMAN_READER = "de-DE,de;q=0.9"


@pytest.fixture(autouse=True)
def _open(world):
    world.open_all()


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=False) as clock:
        yield clock


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def button(html: str) -> str:
    """What the button of the first form says."""
    return re.search(r"<button[^>]*>([^<]+)</button>", html)[1]


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("pt-BR", "pt"),
        ("zh-CN,zh;q=0.9", "zh-hans"),
        ("ur,en;q=0.5", "ur"),
        ("en-US", "en-gb"),
        (GERMAN_READER, "en-gb"),
        ("", "en-gb"),
    ],
)
def test_the_browsers_wish_is_followed_where_we_speak_it(client, wish, language):
    response = client.get("/results/", headers={"Accept-Language": wish})

    assert f'<html lang="{language}"' in text(response)
    assert response.headers["Vary"] == "Accept-Language"


def test_what_is_chosen_on_the_page_goes_before_the_wish(client):
    response = client.get("/results/?language=fr", headers={"Accept-Language": "es"})

    assert '<html lang="fr" dir="ltr">' in text(response)
    assert "Vary" not in response.headers


def test_a_language_that_we_do_not_speak_is_no_choice(client):
    assert '<html lang="en-gb"' in text(client.get("/results/?language=tlh"))


@pytest.mark.parametrize("code", CODES)
def test_each_page_leads_to_itself_in_each_language(client, code):
    html = text(client.get("/results/"))

    assert f'href="?language={code}" lang="{code}"' in html


@pytest.mark.parametrize("code", CODES)
def test_no_word_of_english_is_left_on_the_form_but_names(client, code):
    if code == settings.LANGUAGE_CODE:
        return
    html = text(client.get(f"/results/?language={code}"))

    for english in ("Username", "Password", "Log in", "letter", "See", "digits"):
        assert english not in re.sub(r"<[^>]+>", "", html)


@pytest.mark.parametrize(("code", "direction"), [("ar", "rtl"), ("ur", "rtl"), ("hi", "ltr")])
def test_arabic_and_urdu_are_written_from_the_right(client, code, direction):
    assert f'dir="{direction}"' in text(client.get(f"/results/?language={code}"))


def test_the_choice_is_kept_through_a_whole_visit(world):
    username, password, _ = make_login(world.candidate)
    client = Client()
    form = text(client.get("/results/?language=es"))
    assert 'action="/results/?language=es"' in form
    entered = client.post("/results/?language=es", {"username": username, "password": password})
    page = text(client.get(entered.url))

    assert entered.url.endswith("/?language=es") and '<html lang="es"' in page
    assert 'action="/results/log-out/?language=es"' in page
    assert '/calendar/?language=es"' in page
    left = client.post("/results/log-out/?language=es")
    assert left.url == "/results/?logged-out=&language=es"
    assert '<html lang="es"' in text(client.get(left.url))


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("es", "13 de agosto de 2026"),
        ("fr", "13 août 2026"),
        ("ar", "13 أغسطس 2026"),
        ("zh-hans", "2026年8月13日"),
        ("hi", "13 अगस्त 2026"),
    ],
)
def test_dates_are_those_of_the_language_with_the_digits_of_the_letter(world, code, written):
    page = text(ask(signed_in(world.candidate), f"?language={code}"))

    assert written in page


OTHER_DIGITS = re.compile("[٠-٩۰-۹०-९]")


@pytest.mark.parametrize("code", CODES)
def test_digits_are_of_one_kind_within_a_page_and_the_same_as_on_the_letter(world, clock, code):
    client = Client()
    slip = client.post(f"/results/?language={code}", {"username": "ABC", "password": "x"})
    awaited = text(ask(signed_in(world.candidate), f"?language={code}"))
    clock.move_to(AFTER)
    candidate = make_candidate(world.main, world.series, "0123", grades={"0580": "9"})
    Result.objects.update(pum=87)
    shown = text(ask(signed_in(candidate), f"?language={code}"))

    assert ">0123<" in shown and ">0580<" in shown and ">9 (NINE)<" in shown and ">87<" in shown
    for html in (text(slip), awaited, shown):
        assert not OTHER_DIGITS.search(html)


def test_the_clock_of_the_device_is_asked_for_the_same_digits():
    script = Path(finders.find("candidate_site/countdown.js")).read_text()

    assert 'lang + "-u-nu-latn"' in script


@pytest.mark.parametrize(
    ("code", "series"),
    [
        ("en-gb", "June 2026"),
        ("es", "junio de 2026"),
        ("fr", "juin 2026"),
        ("pt", "junho de 2026"),
        ("ar", "يونيو 2026"),
        ("ur", "جون 2026"),
        ("zh-hans", "2026年6月"),
        ("hi", "जून 2026"),
    ],
)
def test_a_series_has_its_name_in_each_language(world, code, series):
    without_entries = make_candidate(world.main, world.series, "0124", grades={})
    client = signed_in(world.candidate)
    page = text(ask(client, f"?language={code}"))
    calendar = Calendar.from_ical(ask(client, f"calendar/?language={code}").content)

    assert f'<span class="whole">{series}</span></h1>' in page
    assert series in str(calendar.walk("VEVENT")[0]["SUMMARY"])
    assert series in text(ask(signed_in(without_entries), f"?language={code}"))


@pytest.mark.parametrize("code", CODES)
def test_a_login_is_typed_in_the_order_of_the_letter(client, code):
    """In a page that is written from the right, 4821-KMXT would show as KMXT-4821."""
    login = {"username": "4821-KMXT", "password": "4821-7053-KMXT-09AB"}
    form = text(client.get(f"/results/?language={code}"))
    again = text(client.post(f"/results/?language={code}", login))
    waiting = client.post(f"/results/waiting/?language={code}", login).content.decode()

    for html in (form, again, waiting):
        fields = re.findall(r"<input[^>]*name=[^>]*>", html)
        assert len(fields) == 2
        assert all('dir="ltr"' in field for field in fields)


@pytest.mark.parametrize(
    ("code", "quoted"), [("ar", "«\u2066&lt;\u2069»"), ("ur", "”\u2066&lt;\u2069“")]
)
def test_a_symbol_that_has_a_mirror_image_is_told_as_it_was_typed(client, code, quoted):
    response = client.post(f"/results/?language={code}", {"username": "AB<D", "password": "x"})

    assert quoted in text(response)


def test_a_refusal_is_told_in_the_readers_language_too(client):
    response = client.post("/results/?language=fr", {"username": "ABC", "password": "x"})

    assert '<html lang="fr"' in text(response)
    assert "Typed so far" not in text(response)


@pytest.mark.parametrize("code", CODES)
def test_a_grade_comes_at_the_same_moment_in_every_language(world, clock, code):
    """Rule 18, whatever the words."""
    clock.move_to(IGCSE_RELEASE - dt.timedelta(microseconds=1))
    client = signed_in(world.candidate)
    assert "A(a)" not in text(ask(client, f"?language={code}"))
    clock.move_to(IGCSE_RELEASE)
    assert "A(a)" in text(ask(client, f"?language={code}"))


def test_a_login_is_taken_whatever_the_language(world):
    username, password, _ = make_login(world.candidate)
    client = Client(headers={"Accept-Language": "ur"})

    assert log_in(client, username, password).status_code == 303
    assert '<html lang="ur" dir="rtl">' in text(ask(client))
