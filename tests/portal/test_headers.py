"""What every answer tells the browser: keep nothing, load nothing from elsewhere, frame nothing."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

from tests.builders import make_login


def test_pages_of_somebody_signed_in_are_kept_by_no_cache(client, world):
    client.force_login(world.officer)

    for path in ("/", "/candidate-results/2026-06/MAIN1/", "/account/", "/nothing/"):
        assert "no-store" in client.get(path)["Cache-Control"], path


def test_the_strict_headers_are_on_every_answer(client, world):
    for path in ("/log-in/", "/results/", "/nothing/", "/health/"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]


def test_a_style_sheet_is_kept_for_long_and_is_what_it_says(client, db):
    answer = client.get(staticfiles_storage.url("portal/portal.css"))

    answer.close()
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"].startswith("text/css")


def test_a_candidates_results_are_kept_by_no_cache(world):
    world.open_all()
    username, password, _ = make_login(world.candidate)
    browser = Client()
    entered = browser.post("/results/", {"username": username, "password": password})
    answer = browser.get(entered.url)

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_cookies_are_kept_from_scripts_and_from_other_sites(client, world):
    answer = client.post(
        "/log-in/", {"login": "officer.main", "password": "correct horse battery staple"}
    )

    cookie = answer.cookies["sessionid"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
