"""The drill for a restore: a site under load is restored to random points, and each is compared with the truth.

Letters are asked for, made by the real worker and downloaded, files are given, all on a PostgreSQL whose changes
pgBackRest archives. What was seen in the database, printed or acknowledged, and when, is written down. Each point
is restored beside it, with the storage as it is by now, later than the database, and looked at in a process of its
own (`restored_site`): what was acknowledged before the point is there, and nothing of after it; work waits; printed
logins that it does not know are listed; let go on, it finishes, and no login dies that nobody asked to replace.
"""

import datetime as dt
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone

from centres.models import Candidate, Role
from core import restored, site_identity
from credentials.letters import downloads, storage
from credentials.letters.downloads import Choice
from credentials.letters.issuing import request_letters
from credentials.logins import secret
from credentials.models import Credentials, LetterFile
from demo.cohort.centres import make_centres, make_series, make_syllabuses
from tests.bench.cohort import make_candidates
from tests.builders import make_board_operator, make_load, make_officer
from tests.drills.worker import tail, worker
from tests.pgbackrest import Archived

CENTRES = 3
EACH = 250  # candidates of a centre: two parts of a letter file
EVERY = 4.0  # seconds of load for each point
PRINTED = 3  # letters of a download


class Load:
    """What people do, each in a thread, and what is known of it by then."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.series = make_series()
        self.centres = make_centres(self.series, first=10001, associates=CENTRES - 1)
        make_candidates(self.series, self.centres, make_syllabuses()[:2], each=EACH)
        self.officer = make_officer("drill", *self.centres, role=Role.EXAMS_OFFICER)
        self.board = make_board_operator("drill.board")
        self.ends = threading.Event()
        self.truth: dict[str, list] = {"seen": [], "printed": [], "given": [], "asked": []}
        self.failed: list[str] = []
        self.downloaded: dict[str, int] = {}

    def run(self, seconds: float) -> None:
        acts = (self.ask, self.download, self.give, self.look)
        threads = [threading.Thread(target=self._again, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self.ends.set()
        for thread in threads:
            thread.join()

    def _again(self, act: Callable[[], None]) -> None:
        try:
            while not self.ends.is_set():
                act()
                time.sleep(0.1)
        except Exception as error:
            self.failed.append(f"{act.__name__}: {type(error).__name__}: {error}")
        finally:
            connections.close_all()

    def ask(self) -> None:
        busy = set(LetterFile.objects.under_way().values_list("centre", flat=True))
        for centre in self.centres:
            if centre.pk not in busy:
                wanted = Candidate.objects.filter(centre=centre, series=self.series)
                some = self.dice.sample(list(wanted.values_list("pk", flat=True)), EACH * 9 // 10)
                file = request_letters(
                    centre=centre,
                    series=self.series,
                    by=self.officer,
                    candidates=wanted.filter(pk__in=some),
                )
                self._know("asked", str(file.pk))

    def download(self) -> None:
        for file in LetterFile.objects.filter(state="ready").order_by("-asked_at")[:CENTRES]:
            live = Credentials.objects.live().filter(letter_file=file)
            numbers = sorted(live.values_list("candidate__number", flat=True))
            if not numbers or self.downloaded.get(str(file.pk), 0) >= 2:
                continue
            some = tuple(self.dice.sample(numbers, min(PRINTED, len(numbers))))
            try:
                list(
                    downloads.download(letter_file=file, by=self.officer, choice=Choice(only=some))
                )
            except downloads.CannotDownload:  # replaced meanwhile
                continue
            self.downloaded[str(file.pk)] = self.downloaded.get(str(file.pk), 0) + 1
            of = {one.candidate_number: one for one in storage.letters_in(file)}
            logins = {number: _digest(of[number]) for number in some}
            self._know("printed", {"file": str(file.pk), "logins": logins})

    def give(self) -> None:
        content = os.urandom(self.dice.randrange(1, 300_000))
        with transaction.atomic():
            load = make_load(self.board, content)
        self._know("given", [str(load.file_id), hashlib.sha256(content).hexdigest()])

    def look(self) -> None:
        """`before` and `after`: what was there then was committed by then, and all that was by then."""
        before = timezone.now()
        live = [str(pk) for pk in Credentials.objects.live().values_list("pk", flat=True)]
        self.truth["seen"].append([_written(before), _written(timezone.now()), live])

    def _know(self, what: str, fact: object) -> None:
        self.truth[what].append([_written(timezone.now()), fact])


def run(*, times: int, seed: int, archived: Archived) -> dict:
    """Restore so many points; what was found."""
    began = time.monotonic()
    with transaction.atomic():
        site_identity.begin()
        restored.note_first()
    load = Load(seed)
    archived.pgbackrest("--type=full", "backup")
    print(f"PostgreSQL, {CENTRES} centres of {EACH} candidates, seed {seed}", flush=True)
    since = timezone.now()
    with worker() as process:
        load.run(EVERY * times + 12)
        violations = [*load.failed]
        if violations or not process.runs:
            print(tail(process.log))
    truth = load.truth | {"logins": _logins()}
    archived.archive_all(archived.folder / "socket")
    known = archived.folder / "truth.json"
    known.write_text(json.dumps(truth))
    seconds = (timezone.now() - since).total_seconds() - 6
    figures = {"lost_of_printed": 0, "listed": 0, "longest_restore_seconds": 0.0}
    for number in range(1, times + 1):
        at = since + dt.timedelta(seconds=load.dice.uniform(5, seconds))
        found = _one(archived, at, known)
        violations += [f"Point {number}, {at}: {sentence}" for sentence in found["violations"]]
        figures["lost_of_printed"] += found["lost"]
        figures["listed"] += found["listed"]
        longest = max(figures["longest_restore_seconds"], found["restore_seconds"])
        figures["longest_restore_seconds"] = round(longest, 1)
        print(f"Point {number} of {times}: {json.dumps(found)}", flush=True)
    return {
        "points": times,
        "seed": seed,
        "seen": len(truth["seen"]),
        "printed": sum(len(fact["logins"]) for _, fact in truth["printed"]),
        "given": len(truth["given"]),
        "asked": len(truth["asked"]),
        **figures,
        "seconds": round(time.monotonic() - began, 1),
        "violations": violations,
    }


def _one(archived: Archived, at: dt.datetime, known: Path) -> dict:
    """This point, on a server and with a storage of its own."""
    began = time.monotonic()
    database = urlsplit(os.environ["DATABASE_URL"]).path[1:]
    name = connection.settings_dict["NAME"]
    data = known.with_name("data-dir")
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(settings.DATA_DIR, data)
    with archived.restored(at.isoformat(sep=" "), name or database) as url:
        took = time.monotonic() - began
        environment = os.environ | {"DATABASE_URL": url, "DATA_DIR": str(data)}
        done = subprocess.run(
            [sys.executable, "-m", "tests.drills.restored_site", str(known), at.isoformat()],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
    if done.returncode:
        sentence = (done.stdout + done.stderr)[-1500:]
        return {"violations": [sentence], "lost": 0, "listed": 0, "restore_seconds": took}
    return json.loads(done.stdout.splitlines()[-1]) | {"restore_seconds": round(took, 1)}


def _logins() -> dict[str, list]:
    """Each login that there ever was -> its digest, and whether it works at the end."""
    return {
        str(one.pk): [one.digest.hex(), one.revoked_at is None] for one in Credentials.objects.all()
    }


def _digest(letter) -> str:
    login = secret.read(letter.username, letter.password)
    return secret.current_digest(login)[1].hex()


def _written(at: dt.datetime) -> str:
    return at.isoformat()
