"""The drill for letters: whoever kills the worker, and when, no letter and no login is lost.

Letters are asked for at several centres, again and again, and made by the real worker, which is
killed with -9 at random moments and started again at once, as a supervisor does. After every kill
this process, with a connection of its own, looks whether what must hold does (`promises`), and how
long it takes until a worker goes on with the file that was cut short, from when it is due: no file is
given up that comes further.
"""

import datetime as dt
import random
import time
from collections import Counter
from itertools import takewhile
from uuid import UUID

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from centres.models import Candidate, Centre, Role, Series
from core.jobs import LONGEST_WAIT
from credentials.letters.issuing import request_letters
from credentials.models import LetterFile, LetterPart
from demo.cohort.centres import make_centres, make_series, make_syllabuses
from tests.bench.cohort import make_candidates
from tests.bench.environment import database_name
from tests.builders import make_officer
from tests.drills.promises import Promises, orphans, stored, unfinished, unrecorded
from tests.drills.worker import Worker, tail, worker

CENTRES = 3  # with letters under way at once
EACH = 700  # candidates of a centre: some parts of a letter file
PATIENCE = 90  # seconds until nothing is expected any more
AT_MOST = 30  # seconds until a worker must have gone on
LOOK_EVERY = 0.05  # seconds
AIM = 3  # seconds at most until a part is stored


class Drill:
    """One run of it. `cut`: the files that a kill cut short -> when that was; `between`: the parts
    that were stored when a kill came, and not recorded yet."""

    def __init__(self, process: Worker, seed: int) -> None:
        self.dice = random.Random(seed)
        self.worker = process
        self.promises = Promises()
        self.violations: list[str] = []
        self.cut: dict[UUID, dt.datetime] = {}
        self.between: set[str] = set()
        self.longest = 0.0
        self.most_attempts = 0
        self.killed_when_all_was_made: Counter[UUID] = Counter()
        self.series, self.centres = _cohort()
        self.officer = make_officer("drill", *self.centres, role=Role.EXAMS_OFFICER)

    def kill_once(self, number: int) -> bool:
        """At a moment from before the worker's first query until well into its work; every other
        one close to the moment at which a part is stored and recorded. False when nothing goes on."""
        where = self.dice.random()
        if where > 0.1 and not self._wait_for_work():
            self._found(f"Before kill {number} no letters were made any more.")
            return False
        if where > 0.5:
            for _ in range(
                self.dice.randint(1, 6)
            ):  # a part is stored, recorded, the next stored …
                self._wait_for_a_part()
            moment = self.dice.uniform(0, 0.03)
            time.sleep(moment)
        else:
            moment = self.dice.uniform(0, 2)
            self._pass(moment)
        self.worker.kill()
        hit = self._cut_short()
        self.worker.start()
        self._check(f"Kill {number} after {moment:.2f} s: {hit}")
        return True

    def begin(self) -> None:
        """All but one centre have letters, so that there are logins to be lost."""
        self._ask(self.centres[1:])
        self._wait_for_rest()
        self._check("At the beginning")

    def come_to_rest(self) -> None:
        """Without anybody's help every file becomes ready."""
        self._wait_for_rest(PATIENCE + LONGEST_WAIT)
        self._check("At the end")
        self._found(*orphans(), *unfinished())
        # A file that comes further is not given up, however often its worker is killed. Only a run that
        # found every letter made, and nothing left but to say so, comes no further and counts.
        for pk, attempts in LetterFile.objects.exclude(attempts=1).values_list("pk", "attempts"):
            if attempts > 1 + self.killed_when_all_was_made[pk]:
                self._found(f"A file that is ready counts {attempts} attempts.")
        if self.longest > AT_MOST:
            self._found(f"It took {self.longest:.1f} s until the letters went on.")

    def _wait_for_work(self) -> bool:
        end = time.monotonic() + PATIENCE
        taken = LetterFile.objects.filter(state="running", heartbeat__gt=self.worker.started_at)
        while time.monotonic() < end:
            self._pass(LOOK_EVERY)
            if taken.exists():
                return True
        return False

    def _wait_for_a_part(self) -> None:
        """Until the storage or the records have changed."""
        end = time.monotonic() + AIM
        before = stored(), LetterPart.objects.count()
        while time.monotonic() < end and (stored(), LetterPart.objects.count()) == before:
            pass

    def _wait_for_rest(self, patience: float = PATIENCE) -> None:
        end = time.monotonic() + patience
        while LetterFile.objects.under_way().exists() and time.monotonic() < end:
            self._look()
            time.sleep(LOOK_EVERY)
        self._look()

    def _pass(self, seconds: float) -> None:
        """Let time go by, in which officers ask for letters wherever none are being made."""
        end = time.monotonic() + seconds
        self._ask(self.centres)
        self._look()
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_EVERY))
            self._ask(self.centres)
            self._look()

    def _ask(self, centres: list[Centre]) -> None:
        """For all candidates of a centre, or for some of them."""
        under_way = LetterFile.objects.under_way().values_list("centre", flat=True)
        busy = set(under_way)
        for centre in centres:
            if centre.pk in busy:
                continue
            wanted = Candidate.objects.filter(centre=centre, series=self.series)
            if self.promises.had and self.dice.random() < 0.3:
                some = self.dice.sample(list(wanted.values_list("pk", flat=True)), EACH // 3)
                wanted = wanted.filter(pk__in=some)
            request_letters(centre=centre, series=self.series, by=self.officer, candidates=wanted)

    def _cut_short(self) -> str:
        """Note the files that no worker has and that do not stand in the queue; what they are."""
        now = timezone.now()
        queued = {
            UUID(task["args"][1])
            for task in DBTaskResult.objects.ready().values_list("args_kwargs", flat=True)
        }
        hit = []
        for file in LetterFile.objects.under_way().exclude(pk__in=queued).defer("chosen"):
            # One that was taken up, and not begun, when the next kill came is counted anew.
            if file.pk not in self.cut or file.state == "queued":
                self.cut[file.pk] = now
                self.killed_when_all_was_made[file.pk] += file.done == file.total
                hit.append(f"{file.state}, {file.done} of {file.total}")
        between = unrecorded() - self.between
        self.between |= between
        return "; ".join(hit or ["at rest"]) + (", stored and not recorded" if between else "")

    def _look(self) -> None:
        """Measure how long it took until a worker went on with what was cut short."""
        if not self.cut:
            return
        for file in LetterFile.objects.filter(pk__in=self.cut).defer("chosen"):
            self.most_attempts = max(self.most_attempts, file.attempts)
            if (
                file.is_put_off
            ):  # cut off more than once before it came further: it waits, and says so
                self.cut[file.pk] = max(self.cut[file.pk], file.due_at)
            went_on = file.state == "running" and file.heartbeat > self.cut[file.pk]
            if went_on or not file.under_way:
                took = timezone.now() - self.cut.pop(file.pk)
                self.longest = max(self.longest, took.total_seconds())

    def _check(self, what: str) -> None:
        broken = self.promises.broken()
        failed = LetterFile.objects.filter(state="failed").values_list("error", flat=True)
        broken += [f"A file has failed: {error}" for error in failed]
        print(f"{what}; longest until it went on {self.longest:.1f} s", flush=True)
        self._found(*broken)

    def _found(self, *sentences: str) -> None:
        self.violations += sentences
        for sentence in sentences:
            print(f"  {sentence}", flush=True)


def run(*, times: int, seed: int) -> dict:
    """Kill so often; what was found."""
    print(f"{database_name()}, {CENTRES} centres of {EACH} candidates, seed {seed}")
    began = time.monotonic()
    with worker() as process:
        drill = Drill(process, seed)
        drill.begin()
        kills = sum(takewhile(bool, map(drill.kill_once, range(1, times + 1))))
        drill.come_to_rest()
        if drill.violations:
            print(tail(process.log))
    return {
        "kills": kills,
        "seed": seed,
        "most_attempts": drill.most_attempts,
        "between_storing_and_recording": len(drill.between),
        "files": LetterFile.objects.count(),
        "seconds": round(time.monotonic() - began, 1),
        "longest_resume_seconds": round(drill.longest, 1),
        "violations": drill.violations,
    }


def _cohort() -> tuple[Series, list[Centre]]:
    series = make_series()
    centres = make_centres(series, first=10001, associates=CENTRES - 1)
    make_candidates(series, centres, make_syllabuses()[:2], each=EACH)
    return series, centres
