"""The drill for secrets: after all that a results day brings, none of thousands of known secrets and grades stands in
a log, a figure, a report of an error, the queue, a temporary folder or the database's own log.

The site and the worker run as in production, with gunicorn's log of requests at its most talkative, and PostgreSQL as
`deploy/postgresql/portal-log.conf` sets it. Letters are made; candidates log in, rightly and wrongly, and put their
logins where none belong; staff look and mistype; files with bad rows are loaded; tables vanish under pages and jobs;
the database goes away; requests are broken. Then every place is looked through. It must see what it is there to see:
the same secrets, put into each place, are all found, and so are those that PostgreSQL writes as it comes.
"""

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django_tasks_db.models import DBTaskResult

from centres.models import Candidate, Entry
from core import jobs
from credentials.letters import storage
from credentials.letters.issuing import request_letters
from credentials.logins import authentication
from credentials.models import Credentials, LetterFile
from demo.cohort.centres import make_centres, make_series, make_syllabuses
from results.models import Export, Result, What
from tests.bench.processes import running
from tests.builders import PASSWORD, make_board_operator, make_load, make_officer
from tests.collector import collecting
from tests.drills.database import Officer, at_rest, wait_until
from tests.drills.planted import Planted, texts_below, words
from tests.postgres import Server

PER_CANDIDATE = 5  # name, grade, username, password, digest
VISITS = 10  # candidates who come each time, for the drill in short; more of more
METRICS = "import sys; from prometheus_client import CollectorRegistry, generate_latest as say; \
from prometheus_client.multiprocess import MultiProcessCollector as Of; r = CollectorRegistry(); \
Of(r, path=sys.argv[1]); print(say(r).decode())"


class Drill:
    def __init__(self, server: Server, folder: Path, times: int, seed: int) -> None:
        self.server, self.folder, self.dice = server, folder, random.Random(seed)
        self.visitors = max(VISITS, times // 100)
        self.planted = Planted()
        self.series = make_series()
        self.centres = make_centres(self.series, first=10001, associates=1)
        self.known: list[tuple[str, str]] = []  # name and grade
        self._candidates(max(2, times // PER_CANDIDATE // len(self.centres)))
        self.officer, self.board = make_officer("drill", *self.centres), make_board_operator()
        self.planted.add("password of staff", PASSWORD)
        self.logins: list[tuple[str, str]] = []

    def _candidates(self, each: int) -> None:
        syllabus = make_syllabuses()[0]
        for centre in self.centres:
            names, grades = (words(self.dice, many=each, length=n) for n in (14, 10))
            made = Candidate.objects.bulk_create(
                Candidate(series=self.series, centre=centre, number=f"{n + 1:04}", name=name)
                for n, name in enumerate(names)
            )
            entries = Entry.objects.bulk_create(
                Entry(candidate=one, syllabus=syllabus, option_code="AX") for one in made
            )
            Result.objects.bulk_create(
                Result(entry=entry, grade=grade)
                for entry, grade in zip(entries, grades, strict=True)
            )
            self.known += zip(names, grades, strict=True)
            self.planted.add("name", *names)
            self.planted.add("grade", *grades)

    def letters(self) -> None:
        for centre in self.centres:
            wanted = Candidate.objects.filter(centre=centre, series=self.series)
            request_letters(centre=centre, series=self.series, by=self.officer, candidates=wanted)
        assert any(wait_until(at_rest) for _ in range(15))
        for file in LetterFile.objects.all():
            for letter in storage.letters_in(file):
                self.logins.append((letter.username, letter.password))
                self.planted.add("username", letter.username)
                self.planted.add("password", letter.password)
        digests = Credentials.objects.values_list("digest", flat=True)
        self.planted.add("digest", *(bytes(one).hex() for one in digests))
        self.planted.add(
            "key", settings.SECRET_KEY, *(k.hex() for k in settings.MASTER_KEYS.values())
        )

    def visits(self, port: int) -> None:
        """Rightly, wrongly, and with the login where none belongs."""
        for username, password in self.logins[: self.visitors]:
            other = self.dice.choice(self.logins)[1]
            for login in ((username, password), (username, other), (password, username)):
                _post(port, "/results/", dict(zip(("username", "password"), login, strict=True)))
            _post(port, "/log-in/", {"login": username, "password": password})
            for path in (
                f"/results/%23{username}:{password}",
                f"/results/?{username}",
                f"/results/mine/{password}/",
                f"/candidate-results/{username}/{password}/",
                f"/people/{username[:5]}/staff/{username}/",
                f"/static/{password}.css",
            ):
                _say(port, f"GET {path} HTTP/1.1\r\n{_typed(port, username)}")
            # What gunicorn cannot read.
            for head in (f"GET /results/ {password}\r\n", f"GE\x01T /{password} HTTP/1.1\r\n"):
                _say(port, head + _typed(port, username))
            _say(
                port,
                f"GET / HTTP/1.1\r\nHost: a\r\n{username}: {password}\r\nContent-Length: {password}\r\n\r\n",
            )

    def staff(self, port: int) -> None:
        officer, board = Officer(port, self.officer), Officer(port, self.board)
        for centre in self.centres:
            at = f"2026-06/{centre.number}/"
            for path in (
                f"/candidate-results/{at}",
                f"/entries-and-results/{at}",
                f"/entries-and-results/{at}candidates/0001/",
                f"/entries-and-results/{at}?{urlencode({'q': self.logins[0][0]})}",
                f"/people/{centre.number}/",
                f"/file-exchange/{centre.number}/board/",
            ):
                officer.ask(path)
        for path in (
            "/",
            "/board/",
            "/board/service/",
            "/board/loading/",
            f"/board/candidates/{at}0001/",
        ):
            board.ask(path)

    def work(self) -> None:
        """Files with rows that are refused, and exports."""
        rows = [
            f"June 2026,10001,{number:04},0580,{grade},{name}\n"
            for number, (name, grade) in enumerate(self.known[: self.visitors], 1)
        ]
        [name, _] = self.known[0]
        head = "series,centre,candidate_number,syllabus,grade,candidate_name\n"
        for content in (head + "".join(rows), "".join(rows), head + rows[0] * 2 + '"' + name):
            jobs.start_when_committed(make_load(self.board, content.encode(), "results"))
        for centre in self.centres:
            export = Export.objects.create(
                asked_by=self.officer.username, user=self.officer, centre=centre,
                series=self.series, what=What.values[0], format="xlsx",
                numbers=[centre.number],
            )  # fmt: skip
            jobs.start_when_committed(export)

    def faults(self, port: int) -> None:
        """Tables vanish under pages and jobs, constraints break, the database goes away."""
        for table in ("credentials_credentials", "results_result", "core_encryptedfile"):
            self.work()
            with renamed(table):
                self.visits(port)
                self.staff(port)
                time.sleep(1)
        for one in Candidate.objects.all()[: self.visitors]:
            with suppress(IntegrityError), transaction.atomic():
                Candidate.objects.create(
                    series=one.series, centre=one.centre, number=one.number, name=one.name
                )
        for _ in range(3):  # prepared: its values stand in an EXECUTE
            with suppress(DatabaseError), transaction.atomic(), renamed("credentials_credentials"):
                authentication.sign_in(*self.logins[0])
        connections.close_all()
        self.server.stop()
        self.visits(port)
        time.sleep(3)
        self.server.start()

    def places(self) -> dict[str, str]:
        """Everything in which nothing must stand, in text."""
        rows = DBTaskResult.objects.values()
        metrics = self.folder / "metrics"
        said = subprocess.run(
            [sys.executable, "-c", METRICS, str(metrics)], capture_output=True, text=True
        )
        return {
            "the site's log": (self.folder / "web.log").read_text(errors="replace"),
            "the worker's log": (self.folder / "worker.log").read_text(errors="replace"),
            "reports of errors": (self.folder / "reports").read_text(errors="replace"),
            "figures": said.stdout + texts_below(metrics),
            "the queue": json.dumps(list(rows), default=str),
            "temporary files": texts_below(self.folder / "tmp"),
            "the database's log": self.server.log.read_text(errors="replace"),
        }

    def blind_in(self, places: dict[str, str]) -> list[str]:
        """The places in which it does not find everything when everything is there."""
        everything = "\n".join(self.planted.kinds)
        blind = [
            f"All was put into {place}, and not all was found."
            for place, text in places.items()
            if len(self.planted.found_in(text + everything)) < len(self.planted)
        ]
        with connection.cursor() as cursor:  # as PostgreSQL comes
            cursor.execute("SET log_min_error_statement = error; SET log_error_verbosity = default")
        names = set(Candidate.objects.values_list("name", flat=True)[: self.visitors])
        for name in names:
            with suppress(DatabaseError), transaction.atomic():
                one = Candidate.objects.get(name=name)
                Candidate.objects.create(
                    series=one.series, centre=one.centre, number=one.number, name=name
                )
        time.sleep(1)
        found = self.planted.found_in(self.server.log.read_text(errors="replace"))
        if not {name.casefold() for name in names} <= found:
            blind.append("What PostgreSQL logs as it comes was not found.")
        return blind


def run(*, times: int, seed: int, server: Server) -> dict:
    folder = settings.DATA_DIR / "drill"
    for name in ("tmp", "metrics"):
        (folder / name).mkdir(parents=True)
    with collecting(folder / "reports") as dsn:
        os.environ |= {
            "LOG_FORMAT": "json", "METRICS_DIR": str(folder / "metrics"), "MFA_REQUIRED": "false",
            "SENTRY_DSN": dsn, "TMPDIR": str(folder / "tmp"),
        }  # fmt: skip
        drill = Drill(server, folder, times, seed)
        with site(folder) as port, worker(folder):
            drill.letters()
            drill.visits(port)
            drill.staff(port)
            drill.work()
            drill.faults(port)
            drill.visits(port)
            wait_until(at_rest)
            time.sleep(3)
        places = drill.places()
        violations = drill.planted.told(places)
        violations += unreadable(places) + drill.blind_in(places)
    for place, text in places.items():
        print(f"{place}: {len(text):,} characters")
    return {"secrets": len(drill.planted), "seed": seed, "violations": violations}


def unreadable(places: dict[str, str]) -> Iterator[str]:
    """What no run of this leaves out, or it has tried nothing; and each line of the site is JSON."""
    lines = [json.loads(line) for line in places["the site's log"].splitlines()]
    wanted = {
        "a request": any(line["logger"] == "gunicorn.access" for line in lines),
        "a fault": any("ProgrammingError" in line.get("detail", "") for line in lines),
        "a database that is away": any("is away" in line["event"] for line in lines),
        "what gunicorn could not read": any("could not be read" in line["event"] for line in lines),
        "a job that failed": "ProgrammingError" in places["the worker's log"],
        "a report": '"ProgrammingError"' in places["reports of errors"],
        "a figure": "direct_" in places["figures"],
        "an error of the database": "ERROR:" in places["the database's log"],
    }
    return [f"There was nothing of {what}." for what, is_there in wanted.items() if not is_there]


@contextmanager
def site(folder: Path) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        port, descriptor = listening.getsockname()[1], listening.fileno()
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "--bind",
            f"fd://{descriptor}",
            "--workers",
            "1",
        ]
        command += ["--log-level", "debug", "--access-logfile", "-"]
        with (
            (folder / "web.log").open("wb") as log,
            running(command, pass_fds=[descriptor], stdout=log, stderr=log),
        ):
            assert wait_until(
                lambda: b"200" in _say(port, f"GET /results/ HTTP/1.1\r\n{_typed(port)}")
            )
            yield port


@contextmanager
def worker(folder: Path) -> Iterator[None]:
    command = [sys.executable, "manage.py", "db_worker", "--no-reload", "--no-startup-delay"]
    with (folder / "worker.log").open("wb") as log, running(command, stdout=log, stderr=log):
        yield


@contextmanager
def renamed(table: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO away_{table}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE away_{table} RENAME TO {table}")


def _typed(port: int, typed: str = "") -> str:
    """Headers, with what somebody typed in those that a browser or a proxy fills."""
    said = (
        f"X-Request-ID: {typed}\r\nReferer: http://127.0.0.1/{typed}\r\nX-Typed: {typed}\r\n"
        if typed
        else ""
    )
    return f"Host: 127.0.0.1:{port}\r\n{said}Connection: close\r\n\r\n"


def _post(port: int, path: str, form: dict[str, str]) -> bytes:
    body = urlencode(form)
    kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return _say(port, f"POST {path} HTTP/1.1\r\n{kind}{_typed(port)}{body}")


def _say(port: int, request: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line, suppress(OSError):
        line.sendall(request.encode())
        return b"".join(iter(lambda: line.recv(65_536), b""))
    return b""
