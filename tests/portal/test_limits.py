"""No request is larger than its route takes, and what is larger is refused before it is read."""

import io
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.request_size import FORM, MULTIPART
from portal import limits
from tests import migrated
from tests.bench.serving import serving
from tests.test_sweeps import BOARD_NAMES, addresses, board_address
from tests.test_sweeps import address as page_address
from tests.test_sweeps import cast as cast  # a fixture

SMALL = 16 * 1024
LISTS = 512 * 1024
TEXT = 1024 * 1024
FILE = 1_000_000
LONGER = {  # every route that takes more than a small form, and how much
    "credentials:centre": LISTS,
    "credentials:create": LISTS,
    "credentials:letter_files": LISTS,
    "credentials:batch_create": LISTS,
    "centres:put_in_group": LISTS,
    "centres:edit_status": LISTS,
    "centres:edit_status_of_many": LISTS,
    "centres:subcentres": LISTS,
    "centres:groups": TEXT,
    "account_login": 1024 * 1024,
    "account_reauthenticate": LISTS,
    "mfa_reauthenticate": LISTS,
    "mfa_reauthenticate_webauthn": LISTS,
    "exchange:upload": FILE + 256 * 1024,
    "exchange:tus_upload": FILE,
    "loading:files": FILE + 256 * 1024,
    "sealed:give": FILE + 256 * 1024,
}
AS = {  # the type of content of which it is
    "exchange:upload": MULTIPART + "; boundary=b",
    "exchange:tus_upload": limits.PARTS,
    "loading:files": MULTIPART + "; boundary=b",
    "sealed:give": MULTIPART + "; boundary=b",
}


class Unread(io.RawIOBase):
    """A body of which nothing may be read."""

    def read(self, *size: int) -> bytes:
        raise AssertionError("it was read")


def post(client: Client, url: str, length: int, content_type: str = FORM):
    """What is answered to so long a body, before any of it is read."""
    body = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(length)}
    return client.generic("POST", url, content_type=content_type, **body)


def where(name: str, world) -> str:
    return board_address(name, world) if name in BOARD_NAMES else page_address(name, world)


def test_every_route_has_a_limit_and_what_is_longer_is_refused_unread(world, cast, settings):
    settings.EXCHANGE_FILE_LIMIT = FILE
    assert {name: limit.length for name, limit in limits.larger().items()} == LONGER
    for name in addresses():
        url, kind = where(name, world), AS.get(name, FORM)
        who = cast["board" if name in BOARD_NAMES else "main"]
        assert post(who, url, LONGER.get(name, SMALL) + 1, kind).status_code == 413, name
        assert post(cast["anonymous"], url, SMALL + 1, kind).status_code == 413, name
        if name in AS:  # a form that is no file has no need to be longer than any other
            assert post(who, url, SMALL + 1).status_code == 413, name


def test_the_candidate_site_says_it_by_the_form_in_the_visitors_language(client, db):
    answer = post(client, "/results/?language=fr", SMALL + 1)
    assert answer.status_code == 413 and answer["Cache-Control"] == "no-store"
    assert b'<html lang="fr"' in answer.content and b'name="username"' in answer.content


def test_staff_are_told_how_much_a_page_takes(client, world):
    client.force_login(world.officer)
    page = post(client, "/people/MAIN1/invite/", SMALL + 1).content.decode()
    assert "larger than this page takes (16.0\xa0KB)" in page and "nothing was changed" in page


@pytest.mark.parametrize("kind", [FORM, MULTIPART])
def test_a_small_body_of_very_many_fields_is_refused(client, db, kind):
    def status(many: int) -> int:
        body = urlencode([("a", "")] * many)
        if kind == MULTIPART:
            field = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
            body, typed = field * many + "--b--\r\n", f"{kind}; boundary=b"
            return client.generic("POST", "/results/", body, content_type=typed).status_code
        return client.generic("POST", "/results/", body, content_type=kind).status_code

    assert status(150) == 200
    assert status(250) == 413


def test_a_file_that_no_page_asks_for_is_not_taken(client, world):
    client.force_login(world.officer)
    file = SimpleUploadedFile("any.csv", b"x" * 5_000)
    answer = client.post("/people/MAIN1/invite/", {"name": "What I typed", "file": file})
    assert b"What I typed" in answer.content and not answer.wsgi_request.FILES


ROWS = ["defaults", *(f"{number:03}ZZ" for number in range(750))]
SUBCENTRES = {f"{row}-give_access": "on" for row in ROWS}
SUBCENTRES |= {f"{row}-delay": "9999:59" for row in ROWS}
SUBCENTRES |= {f"{row}-contact_choice": "centre-defined" for row in ROWS}
TICKED = {"candidates": [f"{number:04}" for number in range(1, 10_000)]}
LINE = "中" * 50 + ": " + ", ".join(TICKED["candidates"])
LONGEST = {
    "subcentres": SUBCENTRES,
    "status/edit": TICKED,
    "groups": {"groups": LINE, "was": LINE},
}


@pytest.mark.parametrize("page", LONGEST)
def test_the_longest_forms_of_staff_fit(client, world, page):
    """750 Associate Centres with every field filled in, and 9,999 candidates of a centre."""
    client.force_login(world.officer)
    body = urlencode(LONGEST[page], doseq=True)
    url = f"/candidate-results/2026-06/MAIN1/{page}/"
    assert client.generic("POST", url, body, content_type=FORM).status_code == 200


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A real gunicorn's."""
    with tempfile.TemporaryDirectory() as folder:
        own = {
            "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DATA_DIR": folder,
        }
        migrated.copy_to(Path(folder) / "site.sqlite3")
        with serving(workers=1, **own) as (port, _):
            yield port


def ask(port: int, asked: str, body: bytes = b"", *, wait: float = 10) -> bytes:
    """The answer to a head, and to what is sent of its body."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as line:
        line.sendall(f"{asked}\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n\r\n".encode())
        line.sendall(body)
        return b"".join(iter(lambda: line.recv(65536), b""))


LONG = f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {400 << 20}"
CHUNKED = f"Content-Type: {FORM}\r\nTransfer-Encoding: chunked"


@pytest.mark.parametrize("path", ["/results/", "/log-in/", "/file-exchange/ASC01/MAIN1/upload/"])
def test_what_is_too_long_is_refused_though_nothing_of_it_was_sent(port, path):
    assert ask(port, f"POST {path} HTTP/1.1\r\n{LONG}").startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("path", ["/results/", "/log-in/", "/file-exchange/ASC01/MAIN1/upload/"])
def test_a_body_that_does_not_say_how_long_it_is_is_refused_unread(port, path):
    """Whole or without end: nothing but its head and a piece of it is sent."""
    head = f"POST {path} HTTP/1.1\r\n{CHUNKED}"
    assert ask(port, head, b"9\r\nusername=\r\n").startswith(b"HTTP/1.1 413 ")
