"""Complete visits through HAProxy and a real gunicorn, on the database of this run, while each part is restarted."""

import csv
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import Popen

import pytest
from django.conf import settings

from tests.bench.environment import migrated_database
from tests.bench.visitors import Login, header, request, visit
from tests.front import HAPROXY, Front, free_port, front, wait_until_it_listens, write_pages
from tests.portal.test_front import Door, pass_in, status

if not Path(HAPROXY).exists():
    pytest.skip("there is no HAProxy on this machine", allow_module_level=True)

pytestmark = pytest.mark.django_db  # so that it is run on PostgreSQL, too
SECONDS = 60  # until somebody who comes back again and again has to be in


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[tuple[dict[str, str], list[Login]]]:
    """The environment of a site of its own, and logins of its candidates."""
    folder = tmp_path_factory.mktemp("visits")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_DIR", str(folder))
        patch.setenv("DJANGO_SETTINGS_MODULE", "portal.settings")
        with migrated_database("visits") as url:
            own = {"DATABASE_URL": url, "TRUSTED_PROXIES": "1", "DEMO": "true"}
            command = [
                sys.executable,
                "manage.py",
                *"make_cohort --centres 2 --candidates 60".split(),
            ]
            command += ["--logins", f"{folder}/l.csv"]
            subprocess.run(command, env=os.environ | own, check=True, stdout=subprocess.DEVNULL)
            with open(folder / "l.csv", newline="") as lines:
                rows = csv.DictReader(lines)
                logins = [Login(row["username"], row["password"]) for row in rows]
            yield dict(os.environ) | own, logins


class Gunicorn:
    """Two plain workers, which can be stopped and started again."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.port, self.environment = free_port(), environment
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--workers", "2", "--log-level", "warning"]
        self.process = Popen(command, env=self.environment)
        wait_until_it_listens(self.process, self.port)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture(scope="module")
def door(site, tmp_path_factory) -> Iterator[tuple[Front, Gunicorn]]:
    environment, _ = site
    pages = tmp_path_factory.mktemp("pages")
    write_pages(pages, **environment)
    gunicorn = Gunicorn(environment)
    try:
        with front(pages, web=gunicorn.port) as proxy:
            here, until = Door(proxy, None, None, None), time.monotonic() + SECONDS
            while status(here.ask(request("GET", "/results/"))) != 200:
                assert time.monotonic() < until, "the site is not ready"
                time.sleep(0.2)
            yield proxy, gunicorn
    finally:
        gunicorn.stop()


def answered(here: Door, asked: bytes) -> bytes:
    """Whoever is asked to wait comes back, with what the page kept, sooner than told."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with suppress(OSError):  # a browser tries a connection that was not taken once more
            answer = here.ask(asked)
            if answer and status(answer) != 503:
                return answer
        time.sleep(0.3)
    raise AssertionError("a visit was lost")


def complete(here: Door, login: Login) -> None:
    asking = visit(login)
    asked = next(asking)
    with suppress(StopIteration):
        while True:
            asked = asking.send(answered(here, asked))


def test_a_visit_gets_its_pass_with_the_login_and_anew_with_the_page(site, door):
    here = Door(door[0], None, None, None)
    login = site[1].pop()
    asking = visit(login)
    next(asking)
    sign_in = asking.send(here.ask(request("GET", "/results/")))
    let_in = answered(here, sign_in)
    first = pass_in(let_in)
    page = here.ask(asking.send(let_in))
    assert (
        pass_in(page).partition("-")[2].partition(".")[0]
        == first.partition("-")[2].partition(".")[0]
    )
    refused = here.ask(sign_in.replace(b"password=", b"password=X"))
    assert status(refused) == 200 and b"pass=" not in refused.partition(b"\r\n\r\n")[0]
    assert status(here.ask(asking.send(page))) == 303


def test_what_is_the_same_for_all_is_the_sites_own_through_the_front_in_each_language(site, door):
    proxy, gunicorn = door
    here, direct = (
        Door(one, None, None, None) for one in (proxy, Front(gunicorn.port, b"", 0, proxy.process))
    )
    for code, _ in settings.LANGUAGES:
        queries = "", f"?language={code}", "?logged-out=", f"?signed-out=&language={code}"
        of_itself = f"privacy/?language={code}", "accessibility/"
        for page in (*queries, *of_itself):
            asked = request("GET", f"/results/{page}").replace(
                b"Connection:", f"Accept-Language: {code}\r\nConnection:".encode()
            )
            ours, own = here.ask(asked), direct.ask(asked)
            assert ours.partition(b"\r\n\r\n")[2] == own.partition(b"\r\n\r\n")[2]
            for name in (b"vary", b"content-security-policy", b"cache-control", b"content-type"):
                assert sorted(header(ours, name).split("; ")) == sorted(
                    header(own, name).split("; ")
                )


@contextmanager
def visits(here: Door, logins: list[Login]) -> Iterator[None]:
    """So many visits, all the while and until the last has ended; none may be lost."""
    lost: list[BaseException] = []

    def go(mine: list[Login]) -> None:
        try:
            for one in mine:
                complete(here, one)
        except BaseException as error:
            lost.append(error)

    crowd = [threading.Thread(target=go, args=(logins[at::4],)) for at in range(4)]
    for one in crowd:
        one.start()
    yield
    for one in crowd:
        one.join()
    assert lost == []


def reload(proxy: Front, gunicorn: Gunicorn) -> None:
    proxy.process.send_signal(signal.SIGUSR2)


def renew_workers(proxy: Front, gunicorn: Gunicorn) -> None:
    gunicorn.process.send_signal(signal.SIGHUP)


def restart(proxy: Front, gunicorn: Gunicorn) -> None:
    gunicorn.stop()
    time.sleep(1)
    gunicorn.start()


@pytest.mark.parametrize("act", [reload, renew_workers, restart])
def test_no_visit_is_lost_while_a_part_is_restarted(site, door, act):
    mine = [site[1].pop() for _ in range(16)]
    with visits(Door(door[0], None, None, None), mine):
        time.sleep(0.2)
        act(*door)
