"""What goes wrong on the candidates' side is told by the candidate site, in the candidate's language."""

from contextlib import ExitStack

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from django.utils.translation import gettext, override

from core.encryption import WrongKey
from credentials.logins import secret
from tests.builders import make_login

pytestmark = pytest.mark.one_database

CODES = [code for code, _ in settings.LANGUAGES]
CANNOT = "This page cannot be shown"
WAIT = "Please wait a moment"
OURS = "Something went wrong at our end"
SECRET = secret.make()
LOGIN = {"username": SECRET.grouped_username, "password": SECRET.grouped_password}


def text(response, status: int) -> str:
    """Of a page of the candidate site."""
    assert response.status_code == status
    html = response.content.decode()
    assert "candidate_site/candidate" in html and "Direct" not in html
    return html


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/results/nothing/",
        "/results//",
        "/results/%00",
        "/results/%ff/",
        "/results/../mine/",
        "/results/mine/a/b/c/",
        "/Results/",
        "/RESULTS",
        "/result/",
        "/results%23ABCD",
    ],
)
def test_an_address_that_is_not_there_leads_to_the_form(client, path):
    html = text(client.get(path, headers={"Accept-Language": "fr"}), 404)

    assert '<html lang="fr"' in html and 'class="button" href="/results/"' in html


@pytest.mark.django_db
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("get", "/results/nothing/", {}, 404),
        ("post", "/results/nothing/", {}, 404),
        ("post", "/results/mine/somebodys/", {}, 405),
        ("put", "/results/", {}, 405),
        ("post", "/results/", {"data": "x", "content_type": "multipart/form-data"}, 400),
    ],
)
def test_whatever_cannot_be_answered_is_told_in_each_language(
    client, code, method, path, sent, status
):
    html = text(getattr(client, method)(f"{path}?language={code}", **sent), status)
    with override(code):
        said = gettext(CANNOT)

    assert f"<h1>{said}</h1>" in html and f'<html lang="{code}"' in html
    assert (said == CANNOT) is (code == settings.LANGUAGE_CODE)


@pytest.mark.django_db
def test_what_is_too_large_leads_to_the_form(client):
    response = client.post("/results/?language=ar", {"username": "x" * 40_000})

    assert '<html lang="ar" dir="rtl"' in text(response, 413)


@pytest.mark.django_db
def test_a_method_that_a_page_does_not_take_is_named(client):
    assert client.put("/results/").headers["Allow"] == "GET, HEAD, POST"


@pytest.fixture
def broken(db):
    """A site whose database answers with this error."""
    with ExitStack() as stack:

        def breaks(error: Exception) -> Client:
            def fail(*asked):
                raise error

            stack.enter_context(connection.execute_wrapper(fail))
            return Client(raise_request_exception=False)

        yield breaks


@pytest.mark.parametrize("code", CODES)
def test_a_fault_of_ours_is_told_as_ours(broken, code):
    html = text(broken(ValueError("a fault")).post(f"/results/?language={code}", LOGIN), 500)
    with override(code):
        assert (
            f"<h1>{gettext(CANNOT)}</h1>" in html and gettext("Try again in a few minutes.") in html
        )
    assert (OURS in html) is (code == settings.LANGUAGE_CODE)
    assert SECRET.grouped_username not in html


@pytest.mark.parametrize("error", [OperationalError("database is locked"), WrongKey()])
@pytest.mark.parametrize("code", CODES)
def test_what_passes_keeps_what_was_typed_and_comes_back_by_itself(broken, code, error):
    response = broken(error).post(f"/results/?language={code}", LOGIN)
    html = text(response, 503)
    with override(code):
        assert f"<h1>{gettext(WAIT)}</h1>" in html
    assert (OURS in html) is (code == settings.LANGUAGE_CODE)
    assert "Very many people" not in html
    assert f'value="{SECRET.grouped_username}"' in html and "candidate_site/come_back" in html
    assert response.headers["Retry-After"] and response.headers["Cache-Control"] == "no-store"


def test_a_login_that_works_still_opens(world):
    world.open_all()
    username, password, _ = make_login(world.candidate)

    assert (
        Client().post("/results/", {"username": username, "password": password}).status_code == 303
    )
