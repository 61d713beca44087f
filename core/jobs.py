"""A job is work in the background, with progress: it is queued, taken by one worker, and never lost.

Each kind of job is a model (`Job`) and a function that does it and reports its progress
(`settings.JOBS`). While a worker has a job in hand it writes the time to its row every few seconds. A row
that has gone silent was left by a worker that was killed, and is queued again (`core.worker`). So the
function must bear to be begun again. The worker may be alive after all, on a machine that stood still:
each time a row is taken is a `run` of its own, and what an earlier run reports is refused
(`JobTakenOver`). `JobError` says in a sentence for staff what went wrong; any other error is our fault,
and logged (`core.errors`).

A job that cannot succeed comes to an end. Each run counts as an attempt when it begins, so it counts
even if its worker is killed. A run that saves progress starts the count again (it sets `attempts` to 1).
After each failed attempt the next one waits longer. After MOST_ATTEMPTS the job has failed, and says why;
*Try again* starts the count again. A database that is away costs no attempt.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task
from structlog.contextvars import bind_contextvars, bound_contextvars, get_contextvars

from core import restored
from core.database_errors import in_words, is_away, may_pass
from core.errors import log_error

MOST_ATTEMPTS = 10  # in vain
FIRST_WAIT, LONGEST_WAIT = 10, 300  # seconds between two of them
OUR_FAULT = "Something went wrong that should not. Tell the awarding body."
GIVEN_UP = (
    "{why} It was tried {attempts} times and is not tried again by itself. Tell the awarding body; "
    "when that is fixed, try again."
)


class JobError(Exception):
    """The work cannot be done; the text says why, and what to do."""


class JobTakenOver(Exception):
    """The work is another run's by now, or nobody's: it is left as it is."""


class Unfinished(Exception):
    """A run ended in the middle; the row says how it goes on. For the queue, which keeps the text of what
    a task raises: it shall hold nothing of what the work was about."""


class State(models.TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Under way"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"


IS_PUT_OFF = Q(state=State.QUEUED, due_at__isnull=False)  # failed, and waits for another attempt
IS_GIVEN_UP = Q(state=State.FAILED, attempts__gte=MOST_ATTEMPTS)
IS_ON_LAST_ATTEMPT = Q(state=State.QUEUED, attempts__gte=MOST_ATTEMPTS - 1) | Q(
    state=State.RUNNING, attempts__gte=MOST_ATTEMPTS
)


class JobQuerySet(models.QuerySet):
    def under_way(self) -> Self:
        return self.filter(state__in=[State.QUEUED, State.RUNNING])


class Job(models.Model):
    """One piece of work: asked for by somebody, `done` of `total` when it is known how much it is.

    `attempts`: the runs since it last came further, with the one that did; `due_at`: not to be begun before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    heartbeat = models.DateTimeField(null=True, blank=True)
    run = models.UUIDField(null=True, editable=False)  # a new one each time that a worker takes it
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    due_at = models.DateTimeField(null=True, blank=True, editable=False)
    error = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def under_way(self) -> bool:
        return self.state in (State.QUEUED, State.RUNNING)

    @property
    def is_ready(self) -> bool:
        return self.state == State.READY

    @property
    def has_failed(self) -> bool:
        return self.state == State.FAILED

    @property
    def is_given_up(self) -> bool:
        """Whether it was tried too often in vain."""
        return self.has_failed and self.attempts >= MOST_ATTEMPTS

    @property
    def is_put_off(self) -> bool:
        """Whether it was tried in vain, as `error` says, and waits until it is due again."""
        return self.state == State.QUEUED and self.due_at is not None


ReportProgress = Callable[[int, int], None]  # called with (done, total)


@dataclass(frozen=True)
class Run:
    """One worker's going at one row."""

    label: str  # the model's
    pk: str
    id: uuid.UUID

    @property
    def rows(self) -> models.QuerySet:
        """The row, while this run has it; else none."""
        rows = model_of(self.label)._default_manager
        return rows.filter(pk=self.pk, state=State.RUNNING, run=self.id)


in_hand: set[Run] = set()  # of this process
interrupted: set[Run] = set()  # when the database went away; not to be counted


def start_when_committed(job: Job) -> None:
    """Hand it to a worker as soon as its row is there to be read."""
    asked = get_contextvars().get("request", "")
    transaction.on_commit(partial(do.enqueue, job._meta.label, str(job.pk), request=asked))


@task()
def do(label: str, pk: str, request: str = "") -> None:
    """The background task; `request`: the id of the one that asked for it, for the log."""
    try:
        nobody = {"actor": None, "centre": None, "attempt": None}
        with bound_contextvars(request=request, kind=label, job=pk, **nobody):
            run(label, pk)
    except Exception as error:
        raise Unfinished(f"{label} {pk}: {type(error).__name__}") from None


def run(label: str, pk: str) -> None:
    """Do a piece of work that waits and is due. One that a worker has taken is left alone, and all in a
    database that was restored: `core.worker` queues it again when that goes on."""
    this = Run(label, pk, uuid.uuid4())
    if restored.is_stopped() or not _taken(this):
        return
    with _at_hand(this):
        try:
            act = import_string(settings.JOBS[label]["run"])
            row = _row(this)
            bind_contextvars(attempt=row.attempts)
            act(row, partial(_report_progress, this))
            _end(this, state=State.READY, finished_at=timezone.now())
        except JobTakenOver:
            return
        except Exception as error:
            if is_away(error):
                interrupted.add(this)
                raise  # whoever comes back to this goes on with it
            if this.rows.exists():  # else another run did away with what this one needed
                _stop(this, error)


def _taken(this: Run) -> bool:
    now = timezone.now()
    waiting = model_of(this.label)._default_manager.filter(pk=this.pk, state=State.QUEUED)
    due = waiting.filter(Q(due_at=None) | Q(due_at__lte=now))
    begun = {"state": State.RUNNING, "run": this.id, "heartbeat": now, "due_at": None, "error": ""}
    return bool(due.update(attempts=F("attempts") + 1, **begun))


def try_again(job: Job) -> None:
    """Queue work that failed once more, and count its attempts anew."""
    queue_again(job, attempts=0)


def queue_again(job: Job, **more: Any) -> None:
    """The same, but what was counted stays so unless told."""
    failed = type(job)._default_manager.filter(pk=job.pk, state=State.FAILED)
    with transaction.atomic():
        if failed.update(state=State.QUEUED, error="", heartbeat=timezone.now(), **more):
            start_when_committed(job)


def wait_after(attempts: int) -> dt.timedelta:
    """How long the next attempt waits after so many in vain. The first may be the machine's fault."""
    seconds = FIRST_WAIT * 2 ** (attempts - 2) if attempts > 1 else 0
    return dt.timedelta(seconds=min(seconds, LONGEST_WAIT))


def _row(this: Run) -> Job:
    row = this.rows.first()
    if row is None:
        raise JobTakenOver
    return row


def _report_progress(this: Run, done: int, total: int) -> None:
    if not this.rows.update(done=done, total=total):
        raise JobTakenOver


def _stop(this: Run, error: Exception) -> None:
    """It has failed, or waits for another attempt, where that may help."""
    if isinstance(error, JobError):
        _end(this, state=State.FAILED, error=str(error)[:500])
        return
    log_error(error, f"{this.label} {this.pk}")
    if may_pass(error):
        attempts = this.rows.values_list("attempts", flat=True).first()
        put_off(this, in_words(error), attempts or 0, timezone.now())
    else:
        _end(this, state=State.FAILED, error=OUR_FAULT)


def put_off(this: Run, why: str, attempts: int, at: dt.datetime) -> None:
    """Until it is due for another attempt; after too many it has failed."""
    if attempts >= MOST_ATTEMPTS:
        _end(this, state=State.FAILED, error=GIVEN_UP.format(why=why, attempts=attempts)[:500])
        return
    due = at + wait_after(attempts)
    this.rows.update(state=State.QUEUED, heartbeat=at, due_at=due, error=why)


def _end(this: Run, **how: Any) -> None:
    """Unless another run has it by now, or nobody."""
    with transaction.atomic():
        if this.rows.update(**how) and (ended := settings.JOBS[this.label].get("ended")):
            import_string(ended)(model_of(this.label)._default_manager.get(pk=this.pk))


@contextmanager
def _at_hand(this: Run) -> Iterator[None]:
    in_hand.add(this)
    try:
        yield
    finally:
        in_hand.discard(this)


def model_of(label: str) -> type[Job]:
    return apps.get_model(label)
