"""The drill for the database: it is stopped in the middle of letters, and started again.

The worker and the site run as in production. While the database is away the site says so calmly,
also to an officer who presses *Create credentials*, and the worker waits. When it is back both go on by
themselves, and nothing was lost or half-made.
"""

import datetime as dt
import os
import random
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connections
from django.utils import timezone

from accounts.models import User
from accounts.session_store import SessionStore
from centres.models import Candidate, Centre
from credentials.letters.issuing import request_letters
from credentials.models import LetterFile
from demo.cohort.centres import make_centres, make_series, make_syllabuses
from tests.bench.cohort import make_candidates
from tests.bench.serving import serving
from tests.builders import make_officer
from tests.drills.promises import Promises, orphans, unfinished
from tests.drills.worker import Worker, tail, worker
from tests.postgres import Server

EACH = 1_500  # candidates of a centre
AWAY_FOR = 5  # seconds
PATIENCE = 60  # seconds
AT_MOST = 30  # seconds until all must have gone on


class Officer:
    """An exams officer's browser: a session, and what the pages ask to be sent back."""

    def __init__(self, port: int, user: User) -> None:
        self.site = f"http://127.0.0.1:{port}"
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
        session.save()
        self.cookies = {"sessionid": session.session_key}
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(self, path: str, **posted: str) -> tuple[int, str]:
        """The status and the page; a GET, or a POST of what is given."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        data = urllib.parse.urlencode(posted).encode() if posted else None
        request = urllib.request.Request(self.site + path, data, {"Cookie": cookies})
        try:
            answer = self.opener.open(request, timeout=PATIENCE)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            for cookie in answer.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode()

    def create(self, centre: str) -> tuple[dict, str]:
        """The page that asks; what its button sends, and where."""
        _, page = self.ask(centre)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        create = centre + "credentials/create/"
        _, page = self.ask(create, csrfmiddlewaretoken=token)
        counted = re.search(r'name="counted" value="([^"]+)"', page)[1]
        return {"csrfmiddlewaretoken": token, "counted": counted}, create


class Drill:
    """One run of it."""

    def __init__(self, server: Server, process: Worker, port: int, seed: int) -> None:
        self.server, self.worker, self.dice = server, process, random.Random(seed)
        self.series = make_series()
        self.centres = make_centres(self.series, first=10001, associates=1)
        make_candidates(self.series, self.centres, make_syllabuses()[:2], each=EACH)
        self.user = make_officer("drill", *self.centres)
        self.officer = Officer(port, self.user)
        self.promises = Promises()
        self.violations: list[str] = []
        self.longest = 0.0

    def stop_once(self, number: int) -> None:
        """Stopped while letters are made for one centre, and asked for at the other."""
        made, other = self.centres if number % 2 else self.centres[::-1]
        button, create = self.officer.create(f"/candidate-results/2026-06/{other.number}/")
        file = self._ask(made)
        wait_until(lambda: LetterFile.objects.get(pk=file.pk).state == "running")
        time.sleep(self.dice.uniform(0, 1))
        done = LetterFile.objects.get(pk=file.pk).done
        connections.close_all()
        self.server.stop()
        for path, posted in ((create, button), (create, {}), ("/health/", {})):
            status, page = self.officer.ask(path, **posted)
            self._must(status == 503, f"While it was away {path} answered {status}.")
            self._must(
                "not available at the moment" in page, f"{path} does not say that it is away."
            )
        time.sleep(AWAY_FOR)
        self.server.start()
        took = self._goes_on(file, since=timezone.now())
        self._creates_once(other, create, button)
        self._come_to_rest()
        print(
            f"Stop {number} at {done} of {EACH}: went on {took:.1f} s after the start", flush=True
        )

    def _ask(self, centre: Centre) -> LetterFile:
        wanted = Candidate.objects.filter(centre=centre, series=self.series)
        return request_letters(centre=centre, series=self.series, by=self.user, candidates=wanted)

    def _goes_on(self, file: LetterFile, since: dt.datetime) -> float:
        """Seconds until a worker had the file in hand again, or had finished it."""

        def on() -> bool:
            file.refresh_from_db()
            return not file.under_way or (file.state == "running" and file.heartbeat > since)

        on_again = wait_until(on)
        took = (timezone.now() - since).total_seconds()
        self._must(on_again and took < AT_MOST, f"The letters went on after {took:.1f} s.")
        self.longest = max(self.longest, took)
        return took

    def _creates_once(self, centre: Centre, create: str, button: dict[str, str]) -> None:
        """The button that was pressed in vain made nothing, and works now."""
        mine = LetterFile.objects.filter(centre=centre)
        self._must(not mine.under_way().exists(), "Letters asked for while it was away are made.")
        before = mine.count()
        status, _ = self.officer.ask(create, **button)
        made = mine.count() - before  # perhaps finished by now
        self._must(status == 200 and made == 1, f"When it was back, Create answered {status}.")

    def _come_to_rest(self) -> None:
        self._must(wait_until(at_rest), "Letters were not finished.")
        self._must(self.worker.runs, "The worker has ended.")
        for sentence in self.promises.broken() + orphans() + unfinished():
            self._must(False, sentence)

    def _must(self, holds: bool, sentence: str) -> None:
        if not holds:
            self.violations.append(sentence)
            print("  " + sentence, flush=True)


def run(*, times: int, seed: int, server: Server) -> dict:
    """Stop it so often, each time at another moment; what was found."""
    print(f"PostgreSQL, 2 centres of {EACH} candidates, seed {seed}")
    os.environ["MFA_REQUIRED"] = "false"  # for the site: the officer of this drill has no telephone
    with worker() as process, serving() as (port, _):
        drill = Drill(server, process, port, seed)
        for number in range(1, times + 1):
            drill.stop_once(number)
        if drill.violations:
            print(tail(process.log))
    return {
        "stops": times,
        "seed": seed,
        "longest_resume_seconds": round(drill.longest, 1),
        "violations": drill.violations,
    }


def wait_until(what: Callable[[], bool]) -> bool:
    """Whether it came about within our patience."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.05)
    return False


def at_rest() -> bool:
    return not LetterFile.objects.under_way().exists()
