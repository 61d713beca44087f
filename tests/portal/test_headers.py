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


def test_the_candidate_site_has_the_same_security_headers_as_all_other_pages(client, world):
    candidates, staffs = client.get("/results/").headers, client.get("/log-in/").headers

    own = {"Content-Type", "Content-Length", "Content-Language", "Cache-Control", "Vary", "Expires"}
    own.add("X-Request-ID")  # not of what any cache may keep
    given = {name: value for name, value in staffs.items() if name not in own}
    assert given == {name: value for name, value in candidates.items() if name not in own}
    assert len(given) == 6


def test_the_candidate_site_costs_none_of_what_staffs_pages_need(client, world):
    """No session is looked for, so no answer says that it depends on one."""
    assert client.get("/results/").headers["Vary"] == "Accept-Language"


def test_the_candidate_site_answers_no_unknown_host(client, world, settings):
    settings.ALLOWED_HOSTS = ["direct.example.org"]

    assert client.get("/results/", headers={"Host": "elsewhere.example.org"}).status_code == 400


def test_the_candidate_site_is_led_to_tls(client, world, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/results/").url == "https://testserver/results/"
    assert client.get("/results/", secure=True).status_code == 200
