"""The drill for sealed results: until two keyholders open them, nobody who has all else reads one (rule 28).

A cohort whose outcomes are told from chance (`outcomes`) is entered on a PostgreSQL that logs every statement and
archives every change; three keyholders, a sealed series; its results are given on the board's page, to the real site
beside the real worker. Then everything is looked through (`sealed_places`, `scanner`): the database's files, dump, log
and WAL, the storage as it lies there and as the site's keys open it, logs, temporary files, and the memory of every
process that goes on. Nothing must be found; and what is then planted into each of these places must be, all of it.

One keyholder's key opens nothing more, any two open all (`thief`). A passphrase is tried wrongly, many times at once.
At last the series is opened, and many smaller ones, while the worker is killed again and again (`killed_openings`).
"""

import datetime as dt
import os
import random
import re
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path
from urllib.parse import quote_plus

from django.conf import settings
from django.db import connections
from django.test import override_settings
from django.utils import timezone

from centres.models import AuditEvent, Centre, Release, Series
from demo.cohort.centres import make_centres, make_series
from sealed import giving, keyholders
from sealed.keyholders import MOST_WRONG
from sealed.models import Ceremony, Opening, Seal
from sealed.refused import Refused
from tests.bench.measure import rounded
from tests.drills.board_browser import BoardBrowser
from tests.drills.database import wait_until
from tests.drills.killed_openings import Killer
from tests.drills.looking import Words
from tests.drills.outcomes import Cohort, Scale, make_cohort, make_syllabuses
from tests.drills.scanner import Scanner
from tests.drills.sealed_places import Places
from tests.drills.secrets import site
from tests.drills.thief import Thief
from tests.drills.worker import Worker, tail, worker
from tests.postgres import Server
from tests.sealed.cast import make_ring, make_seal

CANDIDATES = 700_000
POOL = re.search(
    'GUNICORN_CMD_ARGS="(.*)"', (settings.BASE_DIR / "deploy/web-sealed.env").read_text()
) or ["", ""]
PAGES = "/board/sealed-results/"
AT_A_CENTRE = 132  # candidates, on average
KILLED = 4_000  # candidates at most of a series whose worker is killed
KILLS_OF_EACH = 2
PLANTED = 1_000  # outcomes in each place
MEMORY = 8 * 1024  # KiB that a try of a passphrase takes here, where nobody guesses
WRONG = 8  # passphrases that are tried at once


class Drill:
    """One run of it."""

    def __init__(self, places: Places, candidates: int, seed: int) -> None:
        self.places, self.dice = places, random.Random(seed)
        self.violations: list[str] = []
        self.figures: dict[str, object] = {"seed": seed}
        in_a_month = timezone.now() + dt.timedelta(days=30)
        series = make_series(in_a_month)
        self.centres = make_centres(
            series, first=10_001, associates=max(0, candidates // AT_A_CENTRE - 1)
        )
        self.scale = Scale(self.dice)
        qualification = make_syllabuses(self.scale)[0].qualification
        Release.objects.create(series=series, qualification=qualification, candidates_at=in_a_month)
        self.cohort = self._entered(series, self.centres, candidates)
        self.ring = make_ring()
        self.seal = make_seal(series, self.ring[0].user, opens_from=timezone.now())
        self._note("outcomes", self.cohort.rows)

    def give(self, port: int) -> None:
        """On the board's page; the process that takes the file ends with it."""
        content = self.cohort.file()
        before = self.places.web()
        began = time.monotonic()
        browser = BoardBrowser(port, self.ring[0].user)
        status, _ = browser.upload(f"{PAGES}series/2026-06/give/", "results.csv", content)
        self._note("sealing_seconds", time.monotonic() - began)
        self._must(status == 200 and self.seal.files.count() == 1, f"The file: {status}.")
        ended = wait_until(lambda: before - self.places.web())
        self._must(ended, "The process that took the file goes on.")

    def visit(self, port: int) -> None:
        """The pages that may have to do with results."""
        for one in self.ring[:2]:
            board = BoardBrowser(port, one.user)
            at = f"2026-06/{self.cohort.centres[0]}/"
            for path in (
                "/",
                "/board/",
                "/board/service/",
                "/board/loading/",
                PAGES,
                f"{PAGES}series/2026-06/",
                f"{PAGES}series/2026-06/give/",
                f"{PAGES}keyholders/",
                f"/board/candidates/{at}0001/",
                f"/entries-and-results/{at}",
                f"/entries-and-results/{at}candidates/0001/",
                f"/candidate-results/{at}",
            ):
                status, _ = board.ask(path)
                self._must(status < 500, f"{path} answered {status}.")

    def look(self) -> None:
        """Nothing is found; and then all that is planted."""
        scanner = Scanner(self.cohort)
        began = time.monotonic()
        self.places.look(scanner)
        self._note("looked_through_gb", scanner.bytes / 1e9)
        self._note("looking_seconds", time.monotonic() - began)
        self._note("found", len(scanner.rows))
        for place, rows in scanner.found.items():
            self._must(False, f"{len(rows)} outcomes in {place}.")
        with self.places.planted(self.cohort, self.dice, each=PLANTED) as planted:
            scanner = Scanner(self.cohort)
            self.places.look(scanner)
        seen = {place: len(rows & scanner.found[place]) for place, rows in planted.items()}
        self._note("planted", sum(map(len, planted.values())))
        self._note("planted_found", sum(seen.values()))
        for place, rows in planted.items():
            self._must(
                seen[place] == len(rows), f"{seen[place]} of {len(rows)} planted in {place}."
            )

    def keyholders(self) -> None:
        """One alone opens nothing, two open all."""
        boxes = self.places.boxes()
        keys = self.keys = [keyholders.unlock(one.user, one.passphrase)[1] for one in self.ring]
        self._must(boxes, "No box was found.")
        alone = max(self._read_with(boxes, key) for key in keys)
        self._note("one_keyholder", alone)
        self._must(not alone, f"One keyholder alone read {alone} outcomes.")
        both = min(self._read_with(boxes, *two) for two in combinations(keys, 2))
        self._note("two_keyholders", both)
        self._must(both == self.cohort.rows, f"Two keyholders read {both} outcomes.")

    def wrong_passphrases(self) -> None:
        """Many at once: few are tried, the right one is not after that, and it is told."""
        third = self.ring[2]

        def attempt(_: int) -> str:
            try:
                keyholders.unlock(third.user, "seven words that are of no sheet whatever")
            except Refused as why:
                return str(why)
            finally:
                connections.close_all()
            return ""

        with ThreadPoolExecutor(WRONG) as at_once:
            answers = list(at_once.map(attempt, range(WRONG)))
        told = AuditEvent.objects.filter(action="passphrase_wrong", subject=str(third.user)).count()
        self._note("wrong_tries", told)
        self._must(all(answers), "A wrong passphrase was taken.")
        self._must(told == MOST_WRONG, f"{told} of {WRONG} wrong passphrases were tried.")
        try:
            keyholders.unlock(third.user, third.passphrase)
            self._must(False, "A passphrase was tried after too many wrong ones.")
        except Refused:
            pass

    def open(self, port: int, process: Worker, times: int) -> None:
        """The worker is killed so often, once in the middle of the large load."""
        killer = Killer(process, self.ring, self.dice)
        killer.open(*self._small(0), kills=0)  # so that it is known how long one takes
        self._give_passphrases(port)
        began = time.monotonic()
        killer.load(self.seal, self.cohort, kills=min(1, times))
        self._note("opening_seconds_with_a_kill", time.monotonic() - began)
        self._nothing_is_left()
        number = 1
        while killer.kills < times:
            seal, cohort = self._small(number)
            killer.open(seal, cohort, kills=min(KILLS_OF_EACH, times - killer.kills))
            number += 1
        killer.at_rest()
        self.violations += killer.violations
        self._note("kills", killer.kills)
        self.figures["hits"] = killer.hits

    def _give_passphrases(self, port: int) -> None:
        """Two keyholders on the board's pages. Nothing of theirs is left anywhere afterwards."""
        first, second = (BoardBrowser(port, one.user) for one in self.ring[:2])
        first.post(f"{PAGES}series/2026-06/open/")
        where = f"{PAGES}ceremonies/{Ceremony.objects.latest('pk').pk}/"
        for browser, one in zip((first, second), self.ring, strict=False):
            browser.post(where, passphrase=one.passphrase)
        self._must(
            Opening.objects.filter(seal=self.seal).exists(), "Two passphrases opened nothing."
        )

    def _nothing_is_left(self) -> None:
        """Of passphrases and of keyholders' keys."""
        words = Words(
            {
                **{f"passphrase {at}": one.passphrase.encode() for at, one in enumerate(self.ring)},
                **{
                    f"typed {at}": quote_plus(one.passphrase).encode()
                    for at, one in enumerate(self.ring)
                },
                **{f"private key {at}": key for at, key in enumerate(self.keys)},
            }
        )
        self.places.look(words)
        for place, found in words.found.items():
            self._must(False, f"{', '.join(sorted(found))} in {place}.")

    def _small(self, number: int) -> tuple[Seal, Cohort]:
        year, month = 2030 + number // 3, (3, 6, 11)[number % 3]
        series = Series.objects.create(year=year, month=month, credentials_from=dt.date(2026, 1, 1))
        candidates = min(KILLED, self.cohort.candidates)
        centres = self.centres[: max(1, candidates // AT_A_CENTRE)]
        cohort = self._entered(series, centres, candidates)
        seal = make_seal(series, self.ring[0].user, opens_from=timezone.now())
        _keep(seal, cohort, self.ring[0].user)
        return seal, cohort

    def _entered(self, series: Series, centres: list[Centre], candidates: int) -> Cohort:
        return make_cohort(series, self.scale, centres, candidates=candidates, dice=self.dice)

    def _read_with(self, boxes: set[bytes], *keys: bytes) -> int:
        """How many outcomes are read with these private keys and all else."""
        thief = Thief(keys, boxes)
        thief.open_all()
        scanner = Scanner(self.cohort)
        scanner.look("boxes", thief.boxes - boxes)
        for content in thief.contents():
            scanner.look("sealed files", content)
        return len(scanner.rows)

    def _note(self, name: str, figure: float) -> None:
        self.figures[name] = rounded(figure) if isinstance(figure, float) else figure
        print(f"{name}: {self.figures[name]:,}", flush=True)

    def _must(self, holds: object, sentence: str) -> None:
        if not holds:
            self.violations.append(sentence)
            print("  " + sentence, flush=True)


def run(*, times: int, seed: int, server: Server, candidates: int = CANDIDATES) -> dict:
    folder = settings.DATA_DIR / "drill"
    (folder / "tmp").mkdir(parents=True)
    with (
        tempfile.TemporaryDirectory(prefix="dump-") as dump,
        override_settings(PASSPHRASE_MEMORY=MEMORY),
    ):
        drill = Drill(Places(server, folder, Path(dump, "dump.sql")), candidates, seed)
        os.environ |= {
            "GUNICORN_CMD_ARGS": POOL[1],
            "LOG_FORMAT": "json",
            "MFA_REQUIRED": "false",
            "TMPDIR": str(folder / "tmp"),
        }
        with site(folder) as port, worker() as process:
            drill.visit(port)
            drill.give(port)
            drill.visit(port)
            drill.look()
            drill.keyholders()
            drill.wrong_passphrases()
            drill.open(port, process, times)
            if drill.violations:
                print(tail(process.log))
    return {**drill.figures, "violations": drill.violations}


def _keep(seal: Seal, cohort: Cohort, by) -> None:
    content = cohort.file()
    length = -(-len(content) // 2**16) * 2**16
    counts = {"rows": cohort.rows}
    giving.keep(seal, memoryview(content), counts, length=length, name="results.csv", by=by)
