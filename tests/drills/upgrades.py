"""The drill for upgrades: rolling deploys under load, from the release before to this one and back.

Two machines behind HAProxy as deploy/ sets it up, and a worker, on PostgreSQL that this release has migrated. A deploy
takes one machine after the other: stop it, start the other release there, wait until it is ready and HAProxy has seen
it. Meanwhile candidates visit as browsers do: the form, the login, the results, each style sheet; and letters are made.
A visit that reads anything else than its pages has failed; one that was asked to wait comes back, and is counted.
"""

import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

from django.conf import settings

from centres.models import Candidate
from credentials.letters.issuing import request_letters
from credentials.models import LetterFile
from demo.cohort.centres import make_centres, make_series, make_syllabuses
from tests import previous_release
from tests.bench.cohort import make_candidates, make_logins
from tests.builders import make_officer
from tests.front import free_port, front, write_pages
from tests.previous_release import ROOT

ADDRESSES = ("127.0.0.1", "127.0.0.2")  # of the machines
VISITORS = 3  # at once
PAUSE = 0.2  # seconds between the visits of each
SEEN = 5  # seconds until HAProxy has seen that a machine is ready
PATIENCE = 120  # seconds
STYLE = re.compile(r'<link rel="stylesheet" href="(/static/[^"]+)"')


class Machine:
    """A web machine, on which one release runs."""

    def __init__(self, address: str, port: int, log: Path) -> None:
        self.where, self.log = f"{address}:{port}", log
        self.process: subprocess.Popen | None = None

    def start(self, release: Path) -> None:
        command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", self.where]
        self.process = _started([*command, "--workers", "2"], release, self.log)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def is_ready(self) -> bool:
        assert self.process and self.process.poll() is None, self.log.read_text()[-3000:]
        try:
            return _opener().open(f"http://{self.where}/health/ready/", timeout=10).status == 200
        except OSError:
            return False


class Load:
    """Candidates who come one after another, as browsers do."""

    def __init__(self, port: int, logins: list[tuple[str, str]], seed: int) -> None:
        self.site, self.logins, self.dice = f"http://127.0.0.1:{port}", logins, random.Random(seed)
        self.visits = self.waited = 0
        self.failed: list[str] = []
        self._over = threading.Event()

    @contextmanager
    def coming(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._come) for _ in range(VISITORS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _come(self) -> None:
        while not self._over.wait(PAUSE):
            try:
                self._visit(*self.dice.choice(self.logins))
            except (OSError, AssertionError) as error:
                said = f"{type(error).__name__}: {error}"[:200]
                if said not in self.failed:
                    print("  " + said, flush=True)
                self.failed.append(said)
            self.visits += 1

    def _visit(self, username: str, password: str) -> None:
        browser = _opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        _, form = self._page(browser, "/results/")
        assert 'name="password"' in form, "no form"
        typed = {"username": username, "password": password}
        address, page = self._page(browser, "/results/", urllib.parse.urlencode(typed).encode())
        assert "/results/mine/" in address and 'name="password"' not in page, "not logged in"
        for style in {*STYLE.findall(form), *STYLE.findall(page)}:
            self._page(browser, style)

    def _page(
        self, browser: urllib.request.OpenerDirector, path: str, data: bytes | None = None
    ) -> tuple[str, str]:
        """One that is asked to wait asks again, as its page does."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with browser.open(self.site + path, data, timeout=60) as answer:
                    return answer.url, answer.read().decode()
            except urllib.error.HTTPError as error:
                if error.code != 503 or "Retry-After" not in error.headers:
                    raise OSError(
                        f"{error.code} for {'a style' if 'static' in path else path}"
                    ) from None
                assert time.monotonic() < end, "asked to wait, and never let in"
                self.waited += 1
                time.sleep(1)


class Drill:
    def __init__(self, folder: Path, port: int) -> None:
        self.releases = [previous_release.check_out(folder / "previous"), ROOT]
        collect = [sys.executable, *"manage.py collectstatic --noinput --verbosity 0".split()]
        self.collected = subprocess.Popen(collect, cwd=self.releases[0])
        self.machines = [Machine(one, port, folder / f"{one}.log") for one in ADDRESSES]
        self.worker: subprocess.Popen | None = None
        self.log = folder / "worker.log"

    def begin(self) -> None:
        """With the release before, while nobody comes yet."""
        assert self.collected.wait(PATIENCE) == 0, "the static files of the release before"
        for machine in self.machines:
            machine.start(self.releases[0])
        self.start_worker(self.releases[0])
        assert all(_until(machine.is_ready) for machine in self.machines)

    def deploy(self, release: Path) -> None:
        """One machine after the other, then the worker."""
        for machine in self.machines:
            machine.stop()
            machine.start(release)
            assert _until(machine.is_ready), f"{machine.where} was never ready"
            time.sleep(SEEN)
        self.stop_worker()
        self.start_worker(release)

    def start_worker(self, release: Path) -> None:
        words = ["manage.py", "db_worker", "--no-reload", "--no-startup-delay"]
        self.worker = _started([sys.executable, *words], release, self.log)

    def stop_worker(self) -> None:
        if self.worker:
            self.worker.terminate()
            self.worker.wait(PATIENCE)

    def stop(self) -> None:
        self.stop_worker()
        for machine in self.machines:
            machine.stop()


def run(*, times: int, seed: int) -> dict:
    """Deploy so often, the release before and this one in turn; what was found."""
    print(
        f"From {settings.PREVIOUS_RELEASE['version']} to {settings.VERSION} and back, seed {seed}"
    )
    # Before 0.2.0 a probe by an address had to name a host that is answered.
    hosts = {"ALLOWED_HOSTS": ",".join(ADDRESSES)}
    os.environ |= {"TRUSTED_PROXIES": "1", "MFA_REQUIRED": "false", **hosts}
    series = make_series()
    centres = make_centres(series, first=10001, associates=1)
    port, violations = free_port(), []
    with tempfile.TemporaryDirectory(prefix="upgrades-") as name:
        folder = Path(name)
        drill = Drill(folder, port)
        make_candidates(series, centres, make_syllabuses()[:2], each=100)
        logins = make_logins(series, centres[:1])
        officer = make_officer("drill", *centres)
        write_pages(folder / "pages")
        try:
            drill.begin()
            with front(folder / "pages", web=port, WEB_2=ADDRESSES[1]) as before:
                load = Load(before.port, logins, seed)
                time.sleep(SEEN)
                with load.coming():
                    for number in range(times):
                        _ask_for_letters(officer, series, centres[1])
                        drill.deploy(drill.releases[(number + 1) % 2])
                        print(
                            f"Deploy {number + 1}: {load.visits} visits, {load.waited} times asked to wait, "
                            f"{len(load.failed)} failed",
                            flush=True,
                        )
                if not _until(lambda: not LetterFile.objects.under_way().exists()):
                    violations.append("Letters were not finished.")
        finally:
            drill.stop()
    if bad := LetterFile.objects.exclude(state=LetterFile.State.READY).count():
        violations.append(f"{bad} letter files are not ready.")
    violations += sorted(set(load.failed))
    return {
        "deploys": times,
        "seed": seed,
        "visits": load.visits,
        "asked_to_wait": load.waited,
        "failed_visits": len(load.failed),
        "violations": violations,
    }


def _ask_for_letters(officer, series, centre) -> None:
    wanted = Candidate.objects.filter(centre=centre, series=series)
    request_letters(centre=centre, series=series, by=officer, candidates=wanted)


def _opener(*handlers: urllib.request.BaseHandler) -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), *handlers)


def _started(command: list[str], release: Path, log: Path) -> subprocess.Popen:
    with log.open("ab") as stream:
        return subprocess.Popen(
            command, cwd=release, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
        )


def _until(what) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.2)
    return False
