"""Openings whose worker is killed, at any moment: nothing is lost, nothing is double, no key is left behind (rule 28).

After each kill one look, of one moment, must find the series either as it was before – no result, all shares, the key
in its row – or opened: every result, no share, no key. In the end each result is the one of the file.
"""

import datetime as dt
import random
import time
from collections.abc import Callable
from statistics import median

from django.db import connection, transaction
from django.utils import timezone

from centres.models import AuditEvent
from core.jobs import State
from results.models import Result, ResultChange
from sealed import ceremonies
from sealed.models import Ceremony, Found, Opening, Seal, Share
from tests.drills.outcomes import Cohort
from tests.drills.worker import Worker
from tests.sealed.cast import Cast, Kind, take_turns

LOOK_EVERY = 0.02  # seconds
PER_ROW = 0.0002  # seconds, before any load was seen
PATIENCE = 600  # seconds until nothing is expected any more
SILENT = dt.timedelta(
    minutes=1
)  # so long a worker that was killed has said nothing: the drill does not wait


class Killer:
    """Kills so often. `hits`: what each kill hit, and how often."""

    def __init__(self, process: Worker, ring: list[Cast], dice: random.Random) -> None:
        self.worker, self.ring, self.dice = process, ring, dice
        self.violations: list[str] = []
        self.kills = 0
        self.hits: dict[str, int] = {}
        self.per_row: list[float] = []  # seconds that loads took for each

    def open(self, seal: Seal, cohort: Cohort, *, kills: int) -> None:
        """Two keyholders open it, and its worker is killed so often."""
        take_turns(ceremonies.begin(Kind.OPEN, by=self.ring[0].user, seal=seal), *self.ring[:2])
        self.load(seal, cohort, kills=kills)

    def load(self, seal: Seal, cohort: Cohort, *, kills: int) -> None:
        """The same once they have. What is at rest is killed no more."""
        opening = Opening.objects.get(seal=seal)
        for _ in range(kills):
            self._kill(opening, cohort)
            if not opening.under_way:
                break
        self._finish(opening, cohort)
        self._must(opening.state == State.READY, f"{opening} is {opening.state}: {opening.error}")
        self._is_whole(seal, cohort)

    def _kill(self, opening: Opening, cohort: Cohort) -> None:
        """Before it is taken up, while it loads, or just when it is done."""
        which = self.dice.random()
        if which < 0.15:
            time.sleep(self.dice.uniform(0, 1.5))
        elif which < 0.65:
            self._wait(opening, lambda: opening.state != State.QUEUED)
            time.sleep(self.dice.uniform(0, median(self.per_row or [PER_ROW]) * cohort.rows))
        else:
            self._wait(opening, lambda: opening.seal.opened_at or not opening.under_way)
            time.sleep(self.dice.uniform(0, 0.02))
        self.worker.kill()
        self.kills += 1
        hit = self._between(opening, cohort)
        self.hits[hit] = self.hits.get(hit, 0) + 1
        long_ago = timezone.now() - SILENT
        left = Opening.objects.filter(pk=opening.pk).under_way()
        left.update(heartbeat=long_ago, asked_at=long_ago)
        left.exclude(due_at=None).update(due_at=long_ago)
        self.worker.start()

    def _between(self, opening: Opening, cohort: Cohort) -> str:
        """What one moment shows, in a word."""
        connection.close()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            opening.refresh_from_db()
            seal = Seal.objects.select_related("series").get(pk=opening.seal_id)
            results = Result.objects.filter(entry__candidate__series=seal.series).count()
            shares = Share.objects.filter(seal=seal).count()
            loaded = set(seal.files.filter(replaced_at=None).values_list("loaded_at", flat=True))
        opened = seal.opened_at is not None
        self._must(
            results == (cohort.rows if opened else 0), f"{results} results of {cohort.rows}."
        )
        everybody = len(self.ring) * (len(self.ring) - 1)
        self._must(shares == (0 if opened else everybody), f"{shares} shares.")
        self._must((opening.key is None) == opened, "The key of an opening is left, or lost.")
        self._must(seal.series.sealed != opened, "The series and its seal disagree.")
        self._must((None in loaded) != opened, "A sealed file counts as loaded, or does not.")
        if not opened:
            return "waiting" if opening.state == State.QUEUED else "loading"
        return "loaded, and not said" if opening.under_way else "at rest"

    def _finish(self, opening: Opening, cohort: Cohort) -> None:
        self._wait(opening, lambda: opening.state != State.QUEUED)
        began = time.monotonic()
        self._wait(opening, lambda: not opening.under_way)
        if (took := time.monotonic() - began) > 5 * LOOK_EVERY:
            self.per_row.append(took / cohort.rows)

    def _wait(self, opening: Opening, what: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            opening.refresh_from_db()
            if what():
                return
            time.sleep(LOOK_EVERY)
        self._must(False, f"{opening} came no further in {PATIENCE} s.")

    def _is_whole(self, seal: Seal, cohort: Cohort) -> None:
        """Each result is the file's, and none was anything else before."""
        results = Result.objects.filter(entry__candidate__series=seal.series).order_by()
        wrong = many = 0
        for entry, grade, pum in results.values_list("entry", "grade", "pum").iterator():
            row = entry - cohort.first_entry
            wrong += (grade, pum) != (cohort.scale.grade(row), cohort.scale.pum(row))
            many += 1
        self._must(many == cohort.rows and not wrong, f"{many} results, {wrong} of them wrong.")
        changes = ResultChange.objects.filter(result__entry__candidate__series=seal.series).count()
        self._must(not changes, f"{changes} results were something else before.")

    def at_rest(self) -> None:
        """Nothing of any key is left, and each file was loaded once."""
        keys = Opening.objects.exclude(key=None).count()
        boxes = Found.objects.count() + Ceremony.objects.exclude(rehearsal={}).count()
        of_opened = Share.objects.exclude(seal__opened_at=None).count()
        for many, what in ((keys, "keys"), (boxes, "boxes of turns"), (of_opened, "shares")):
            self._must(not many, f"{many} {what} are left.")
        opened = Seal.objects.exclude(opened_at=None)
        files = sum(seal.files.exclude(loaded_at=None).count() for seal in opened)
        loads = AuditEvent.objects.filter(action="loaded", subject="results").count()
        self._must(loads == files, f"{files} files were loaded, and {loads} loads recorded.")

    def _must(self, holds: object, sentence: str) -> None:
        if not holds:
            self.violations.append(sentence)
            print(f"  {sentence}", flush=True)
