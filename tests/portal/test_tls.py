"""Behind a proxy that ends TLS: a setting that is missing is told, and nobody is sent round in a circle."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from django.conf import settings
from django.test import Client

from portal import tls
from tests import migrated
from tests.bench.serving import serving
from tests.candidate_site.caching_proxy import Answer, Request, Site, served

HOST = "results.example"
FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.5"}


@dataclass
class Proxy:
    """Ends TLS, as nginx does; `says` are the headers that it adds."""

    site: Site
    says: dict[str, str]

    def answer(self, request: Request) -> Answer:
        return self.site.answer(
            replace(request, headers={**request.headers, "Host": HOST, **self.says})
        )


@contextmanager
def behind_a_proxy(folder, says: dict[str, str], **own: str) -> Iterator[int]:
    """A real gunicorn, which does not believe the proxy's headers of itself, for it comes from elsewhere."""
    own |= {
        "SITE_URL": f"https://{HOST}",
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "GUNICORN_CMD_ARGS": "--forwarded-allow-ips=192.0.2.1",
        "SECRET_KEY": settings.SECRET_KEY,
    }
    migrated.copy_to(folder / "site.sqlite3")
    with serving(workers=1, **own) as (port, _), served(Proxy(Site(port), says)) as front:
        yield front


def asked(port: int, path: str, **headers: str) -> Answer:
    return Site(port).answer(Request("GET", path, headers, b""))


def test_with_the_setting_missing_a_page_says_so_in_the_place_of_a_circle(tmp_path):
    with behind_a_proxy(tmp_path, FORWARDED) as port:
        page = asked(port, "/log-in/")
        assert page.status == 503 and b"Set TRUSTED_PROXIES" in page.body
        page = asked(port, "/results/")
        assert page.status == 503 and b"The service is not set up yet" in page.body
        assert b"TRUSTED" not in page.body and b"proxy" not in page.body
        assert asked(port, "/static/portal/portal.css").status == 200


def test_with_the_setting_pages_are_shown(tmp_path):
    with behind_a_proxy(tmp_path, FORWARDED, TRUSTED_PROXIES="1") as port:
        assert asked(port, "/log-in/").status == 200
        assert asked(port, "/results/").status == 200


@pytest.fixture
def https(settings):
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = [HOST]


def test_a_proxy_that_says_nothing_is_found_out_by_the_browser(db, https):
    """It keeps a cookie of https alone, so that it was https already when it brings it back."""
    client = Client(SERVER_NAME=HOST)
    answer = client.get("/log-in/")
    assert answer.status_code == 301 and answer.url == f"https://{HOST}/log-in/"
    cookie = answer.cookies[tls.OVER_HTTPS]
    assert cookie["secure"] and cookie["path"] == "/" and cookie["max-age"] == 60

    client.cookies[tls.OVER_HTTPS] = "yes"
    page = client.get("/log-in/")
    assert page.status_code == 503 and "Set TRUSTED_PROXIES" in page.content.decode()


def test_who_comes_by_http_is_sent_to_https_as_ever(db, https):
    answer = Client(SERVER_NAME=HOST).get("/results/", headers={"X-Forwarded-Proto": "http"})
    assert answer.status_code == 301 and answer.url == f"https://{HOST}/results/"


@pytest.mark.parametrize(
    ("by_https", "proxies", "told"), [(True, 0, 1), (True, 1, 0), (False, 0, 0), (False, 1, 0)]
)
def test_the_check_and_the_start_say_what_to_set(by_https, proxies, told, settings):
    settings.HTTPS, settings.TRUSTED_PROXIES = by_https, proxies
    found = tls.check()
    assert len(found) == told
    assert all("Set TRUSTED_PROXIES" in one.msg for one in found)
