"""Files on their way hold no more than half of the workers, and one person's half of that half."""

import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
from django.test import Client

from centres import audit
from exchange.models import Download
from portal.transfers import ALL, MADE_OR_GIVEN, PLACE, PLACES, YOURS, NoPlace, Places
from tests.bench.serving import serving
from tests.builders import World
from tests.exchange.files import put_file
from tests.test_sweeps import addresses


@pytest.mark.parametrize(("workers", "all_", "each"), [(1, 1, 1), (2, 1, 1), (4, 2, 1), (9, 4, 2)])
def test_half_of_the_workers_stay_free_and_one_person_has_half_of_the_rest(
    tmp_path, workers, all_, each
):
    places = Places(tmp_path / "places", workers=workers)
    with ExitStack() as held:
        for _ in range(each):
            held.enter_context(places.acquire("ann"))
        with pytest.raises(NoPlace, match=YOURS):
            places.acquire("ann")
        for number in range(all_ - each):
            held.enter_context(places.acquire(f"person {number}"))
        with pytest.raises(NoPlace, match=ALL):
            places.acquire("bob")
    places.acquire("bob").close()


def test_a_place_of_a_process_that_is_killed_is_free_again(tmp_path):
    holds = (
        "import sys, time, pathlib; from portal.transfers import Places; "
        "place = Places(pathlib.Path(sys.argv[1]), workers=2).acquire('ann'); "
        "print(flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holds, str(tmp_path)], stdout=subprocess.PIPE
    ) as other:
        other.stdout.readline()
        with pytest.raises(NoPlace):
            Places(tmp_path, workers=2).acquire("bob")
        other.kill()
    Places(tmp_path, workers=2).acquire("bob").close()


def test_every_file_route_is_one(world):
    given = {one for one in addresses() if one.endswith(("download", "_csv", "bad_rows"))}
    assert given <= set(MADE_OR_GIVEN) <= set(addresses())


def test_the_audit_trail_is_one_as_its_page_posts_for_it(board, tmp_path):
    audit.record("loaded", by="ann")
    form = board.get("/board/audit/").content.decode()
    assert 'formaction="/board/audit/download/"' in form and 'method="post"' in form
    places = Places(tmp_path, workers=2)
    with places.acquire("somebody"):
        answer = board.post("/board/audit/download/", {"by": "ann"}, **{PLACES: places})
    assert answer.status_code == 503 and ALL in answer.content.decode()


@pytest.fixture
def file(world: World) -> str:
    version = put_file(world.associate_officer)
    return f"/file-exchange/ASC01/MAIN1/files/{version.file_id}/1/download/"


def ask(client: Client, url: str, places: Places, **more):
    return client.get(url, **{PLACES: places}, **more)


def test_whoever_finds_no_place_is_told_so_and_nothing_is_recorded(client, world, file, tmp_path):
    places = Places(tmp_path, workers=2)
    client.force_login(world.officer)
    for person, status, said in ((world.viewer, 503, ALL), (world.officer, 429, YOURS)):
        with places.acquire(str(person.pk)):
            answer = ask(client, file, places)
        assert answer.status_code == status and said in answer.content.decode()
        assert answer["Retry-After"] == answer["Refresh"] == "10"
    assert not Download.objects.exists()
    answer = ask(client, file, places)
    answer.wsgi_request.META[PLACE].close()
    assert answer.status_code == 200 and Download.objects.exists()


def test_a_page_is_never_turned_away(client, world, tmp_path):
    places = Places(tmp_path, workers=2)
    client.force_login(world.officer)
    with places.acquire(str(world.officer.pk)):
        for url in ("/", "/candidate-results/2026-06/MAIN1/", "/file-exchange/ASC01/MAIN1/upload/"):
            assert ask(client, url, places).status_code == 200


def test_an_upload_that_finds_no_place_is_not_read_and_goes_on_later(client, world, tmp_path):
    places = Places(tmp_path, workers=2)
    client.force_login(world.associate_officer)
    url = "/file-exchange/ASC01/MAIN1/uploads/00000000-0000-4000-8000-000000000000/"
    with places.acquire("somebody"):
        answer = client.generic(
            "PATCH",
            url,
            b"x" * 20_000,
            content_type="application/offset+octet-stream",
            **{PLACES: places},
        )
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer.content.decode() == ALL


BOARD = """
from django.test import Client
from centres.models import AuditEvent
from tests.builders import make_board_operator
board = make_board_operator()
event = dict(by="made up", action="invited", subject="x" * 200)
AuditEvent.objects.bulk_create([AuditEvent(**event) for _ in range(30_000)], batch_size=1_000)
client = Client()
client.force_login(board)
print("; ".join(f"{name}={one.value}" for name, one in client.cookies.items()))
"""


@pytest.fixture
def site(tmp_path):
    """A real gunicorn of two workers, its port, and the cookies of somebody of the board."""
    own = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATA_DIR": str(tmp_path),
    }
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], env=os.environ | own, check=True)
    collect = [*manage, "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, env=os.environ | own, check=True)
    made = subprocess.run(
        [*manage, "shell", "--verbosity", "0", "-c", BOARD],
        env=os.environ | own,
        check=True,
        capture_output=True,
        text=True,
    )
    with serving(workers=2, **own) as (port, _):
        yield port, made.stdout.strip().splitlines()[-1]


def begin(port: int, path: str, cookies: str) -> socket.socket:
    """Ask, and read no more than the first line."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    line.settimeout(30)
    line.connect(("127.0.0.1", port))
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n\r\n".encode())
    return line


def status(line: socket.socket) -> int:
    return int(line.recv(100).split(maxsplit=2)[1])


def test_slow_downloads_leave_a_worker_to_everybody_else(site):
    port, cookies = site
    download = "/board/audit/download/"
    with begin(port, download, cookies) as slow:
        assert status(slow) == 200  # and no more of it is read
        for _ in range(3):
            with begin(port, download, cookies) as second:
                assert status(second) == 429
            with begin(port, "/board/", cookies) as page:
                assert status(page) == 200
    for _ in range(100):  # until gunicorn has seen that the line is closed
        with begin(port, download, cookies) as again:
            if status(again) == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the place was not given back")
