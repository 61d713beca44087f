"""No log holds a path: a login that a scanner put into the address, or a set-password link. Read is all
that a real gunicorn writes, and asked are the pages to which such an address leads."""

import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from credentials.logins.secret import check_symbol
from operations.routes import route_of
from tests import migrated
from tests.collector import collecting
from tests.two_connections import PATIENCE

ROOT = Path(__file__).parents[2]
USERNAME = "ABCD-EFGH"
PASSWORD = "JKMN-PQRS-TVWX-YZ0" + check_symbol("JKMNPQRSTVWXYZ0")
SCANNED = f"/results/%23{USERNAME}:{PASSWORD}"
TOKEN = "czx0a1-0123456789abcdef0123456789abcdef"
LINK = f"/set-password/MQ/{TOKEN}/%3E"
RECOVERY = f"/recover/11111111-1111-1111-1111-111111111111/{TOKEN}/%3E"
LEAKY = [
    SCANNED,
    f"{SCANNED}/",
    f"/results%23{USERNAME}",
    LINK,
    f"/set-password/MQ/{TOKEN}%3E",
    RECOVERY,
]
EVERY_ATOM = "%(r)s %(U)s %(q)s %(f)s %({raw_uri}e)s %({path_info}e)s %({referer}i)s %(m)s %(s)s"
SECRETS = re.compile(r"ABCD.?EFGH|JKMN|0123456789abcdef")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site as in production, but that its database lacks a table; gives its port and what it has written."""
    folder = tmp_path_factory.mktemp("logs")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATA_DIR": str(folder),
        "STATIC_DIR": str(folder / "static"),
        "DATABASE_URL": f"sqlite:///{folder / 'none.sqlite3'}",
        "SITE_URL": f"http://127.0.0.1:{port}",
    }
    words = "collectstatic --noinput --no-post-process --verbosity 0".split()
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True)
    shutil.copytree(settings.STATIC_ROOT, folder / "static" / settings.VERSION, dirs_exist_ok=True)
    migrated.copy_to(folder / "none.sqlite3")
    with closing(sqlite3.connect(folder / "none.sqlite3")) as database:
        database.execute("DROP TABLE credentials_credentials")
    log = folder / "log"
    collector = ExitStack()
    environment["SENTRY_DSN"] = collector.enter_context(collecting(folder / "reports"))
    options = ["--workers", "1", "--bind", f"127.0.0.1:{port}", "--log-level", "debug"]
    options += ["--access-logfile", "-", "--access-logformat", EVERY_ATOM]
    command = [sys.executable, "-m", "gunicorn", *options]
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        for _ in range(PATIENCE * 10):
            if b"Booting worker" in log.read_bytes():
                break
            time.sleep(0.1)
        yield port, log
    finally:
        server.terminate()
        server.wait(PATIENCE)
        collector.close()


def ask(port: int, path: str, *, method: str = "GET", body: str = "", head: str = "") -> str:
    form = "Content-Type: application/x-www-form-urlencoded\r\n" if body else ""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{form}{head}"
            f"Content-Length: {len(body)}\r\nReferer: http://127.0.0.1:{port}{path}\r\n\r\n{body}".encode()
        )
        return b"".join(iter(lambda: line.recv(65_536), b"")).decode()


def lines_of(log: Path) -> list[dict]:
    """Every line that it has written, each of them JSON."""
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_nothing_that_the_server_writes_holds_what_stood_in_an_address(site):
    port, log = site
    for path in LEAKY:
        for method in ("GET", "POST", "HEAD"):
            ask(port, path, method=method)
    ask(port, f"/results/?{USERNAME}")
    ask(port, f"/no-such-thing/{TOKEN}/")
    ask(port, f"/static/{TOKEN}.css")
    ask(
        port, f"/log-in/?next=/{TOKEN}", method="POST", body=f"login={TOKEN}&password=x"
    )  # no token: 403
    ask(port, f"/results/{USERNAME}", head="Host: another.example.org\r\n")  # two hosts: unreadable
    ask(port, f"/results/ {USERNAME}")  # nor can this be read
    ask(port, f"/results/\x01{USERNAME}")
    login = f"username={USERNAME}&password={PASSWORD}"
    assert " 500 " in ask(port, "/results/mine/", method="POST", body=login)  # a table is missing

    for _ in range(PATIENCE * 10):
        if "OperationalError" in (reported := (log.parent / "reports").read_text()):
            break
        time.sleep(0.1)
    written = log.read_text()
    assert not SECRETS.search(written)
    assert not SECRETS.search(reported)
    assert '"type":"OperationalError"' in reported and "candidate_site:my_results" in reported
    assert "no such table" not in reported and "SELECT" not in reported
    lines = lines_of(log)
    assert {
        ("django.request", "Not Found: no such address"),
        ("django.security.csrf", "Forbidden (CSRF cookie not set.): account_login"),
    } <= {(line["logger"], line["event"]) for line in lines}
    assert "account_login" in written and "candidate_site:my_results" in written  # routes are named
    assert "OperationalError" in written and "credentials/logins/authentication.py" in written
    assert "Invalid request from ip=127.0.0.1: it could not be read" in written


@pytest.mark.parametrize("path", LEAKY[:3])
def test_the_page_that_a_scanner_reaches_leads_to_the_form_and_repeats_nothing(path, db):
    client = Client()
    answer = client.get(path, headers={"accept-language": "es"})
    html = answer.content.decode()

    assert answer.status_code == 404
    assert '<a class="button" href="/results/">' in html
    assert 'lang="es"' in html
    assert not SECRETS.search(html + str(answer.headers))
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not client.cookies
    hrefs = re.findall(r'(?:href|action)="([^"]*)"', html)
    assert all(one.startswith(("/results/", "/static/")) for one in hrefs)


@pytest.mark.parametrize("path", LEAKY[3:])
def test_a_link_with_something_behind_it_leads_to_the_sign_in(path, db):
    client = Client()
    answer = client.get(path, follow=True)
    html = answer.content.decode()

    assert 'href="/log-in/"' in html
    assert not SECRETS.search(html + str(answer.headers))
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert not client.session.items()


def test_whoever_is_signed_in_finds_the_same_and_can_still_log_out(client, world):
    client.force_login(world.officer)
    answer = client.get(LINK)

    assert answer.status_code == 404
    assert "This link is not complete" in answer.content.decode()
    assert answer.headers["Referrer-Policy"] == "strict-origin"  # with it, a form is not refused


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/results/", "candidate_site:sign_in"),
        ("/results/?a=b", "candidate_site:sign_in"),
        (SCANNED, "no such address"),
        ("/results/mine/0123/", "candidate_site:results_page"),
        (f"/set-password/MQ/{TOKEN}/", "set_password"),
    ],
)
def test_a_route_is_named_in_the_place_of_its_path(path, route):
    assert route_of(path) == route


def test_what_the_site_and_its_commands_write_is_their_owners_alone(site):
    """Collected files lie in a folder that is; the site itself serves them."""
    port, log = site
    ask(port, "/log-in/")
    written = {path for path in log.parent.iterdir() if path.name not in ("log", "reports")}

    assert log.parent / "static" in written
    assert not [path.name for path in written if path.stat().st_mode & 0o077]
