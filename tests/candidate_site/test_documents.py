"""Rule 27: the candidate site says what it keeps of whom, and how it can be used, in every language."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from candidate_site import documents
from tests.builders import make_login

PAGES = ("/results/privacy/", "/results/accessibility/")
MOST = 12 * 1024  # bytes of one, before it is compressed
each = pytest.mark.parametrize("path", PAGES)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def made_anew():
    documents._made.cache_clear()
    yield
    documents._made.cache_clear()


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


@each
def test_it_is_written_in_every_language_and_leads_on_in_it(client, path):
    seen = set()
    for code, _ in settings.LANGUAGES:
        response = client.get(path, {"language": code})
        assert response.status_code == 200
        assert f'<html lang="{code}"' in response.content.decode()
        assert f'href="/results/?language={code}"' in response.content.decode()
        assert len(response.content) < MOST
        seen.add(re.search(r"<h1>(.+?)</h1>", response.content.decode())[1])
    assert len(seen) == len(settings.LANGUAGES)


@each
def test_it_is_the_same_for_everybody_and_may_be_cached(
    client, path, world, django_assert_num_queries
):
    world.open_all()
    username, password, _ = make_login(world.candidate)
    inside = Client()
    inside.post("/results/", {"username": username, "password": password})
    assert inside.cookies
    client.get("/results/")  # what a process asks once, as whether its migrations are there
    with django_assert_num_queries(0):
        asked = [one.get(path) for one in (client, inside)]
    assert asked[0].content == asked[1].content
    assert all("public" in one.headers["Cache-Control"] for one in asked)
    assert not any(one.cookies for one in asked)


def test_it_names_the_board_whom_to_write_to_and_the_times_of_the_settings(client):
    said = text_of(client.get(PAGES[0]))
    assert settings.BOARD_NAME in said
    assert settings.SUPPORT_EMAIL in said
    assert "series: 730 days after" in said
    assert "letter: 90 days after" in said
    assert "loses names after 2192 days" in said
    with override_settings(SERIES_RETENTION=2 * settings.LETTER_RETENTION):
        assert "series: 180 days after" in text_of(client.get(PAGES[0]))


@pytest.mark.parametrize("status", ["form", "results", "wrong"])
def test_every_page_leads_to_both(client, world, status):
    world.open_all()
    username, password, _ = make_login(world.candidate)
    sent = {"username": username, "password": password}
    if status == "results":
        page = client.post("/results/", sent, follow=True)
        assert "/results/mine/" in page.redirect_chain[-1][0]
    else:
        page = client.get("/results/" if status == "form" else "/results/nowhere/")
    assert all(f'href="{path}"' in page.content.decode() for path in PAGES)


def test_the_waiting_page_leads_nowhere_lest_what_was_typed_is_lost(client):
    page = client.get("/results/waiting/")
    assert not any(path in page.content.decode() for path in PAGES)
