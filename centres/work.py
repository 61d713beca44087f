"""Long work in the background, with progress: it is queued, taken by one worker, and never lost.

A kind of work is a model of its own (`Work`), and a function that does it and says how far it is.
While a worker has a row in hand it writes the time to it every few seconds (`beat`); a row of which
nothing was heard for a while was left by a worker that was killed, and is queued again (`resume`).
So whatever does the work must bear to be begun again. The worker may be alive after all, on a machine
that stood still: each taking of a row is a `run` of its own, and what a former run has to say of how
far it is, or how it ended, is not heard (`TakenOver`). What went wrong is said in a sentence for
staff when the work raises `CannotDo`; anything else is our fault, logged without its own text, which
may hold what no log should.
"""

import datetime as dt
import logging
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from django.apps import apps
from django.db import InterfaceError, OperationalError, models, transaction
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

BEAT = 2  # seconds
STALE_AFTER = dt.timedelta(seconds=4 * BEAT)
AWAY_AFTER = dt.timedelta(seconds=30)  # within that a worker that was killed is followed by another
AWAY = (OperationalError, InterfaceError)  # what is raised while the database cannot be reached
OUR_FAULT = "Something went wrong that should not. Tell the awarding body."

logger = logging.getLogger(__name__)


class CannotDo(Exception):
    """The work cannot be done; the text says why, and what to do. Its cause, if any, is logged."""


class TakenOver(Exception):
    """The work is another run's by now, or nobody's: it is left as it is."""


class State(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Under way"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"


class WorkQuerySet(models.QuerySet):
    def under_way(self) -> Self:
        return self.filter(state__in=[State.WAITING, State.RUNNING])


class Work(models.Model):
    """One piece of work: asked for by somebody, `done` of `total` when it is known how much it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    heartbeat = models.DateTimeField(null=True, blank=True)
    run = models.UUIDField(null=True, editable=False)  # a new one each time that a worker takes it
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def under_way(self) -> bool:
        return self.state in (State.WAITING, State.RUNNING)

    @property
    def is_ready(self) -> bool:
        return self.state == State.READY

    @property
    def has_failed(self) -> bool:
        return self.state == State.FAILED


Further = Callable[[int, int], None]  # called with (done, total)
Doing = Callable[[Any, Further], None]
Ended = Callable[[Any], None]


@dataclass(frozen=True)
class Kind:
    """How the work of one model is done; see `does`."""

    doing: Doing
    ended: Ended | None
    resumed_with: int


@dataclass(frozen=True)
class Run:
    """One worker's going at one row."""

    label: str  # the model's
    pk: str
    id: uuid.UUID

    @property
    def rows(self) -> models.QuerySet:
        """The row, while this run has it; else none."""
        rows = _model(self.label)._default_manager
        return rows.filter(pk=self.pk, state=State.RUNNING, run=self.id)


_kinds: dict[str, Kind] = {}  # by the model's label
_in_hand: set[Run] = set()  # of this process


def does(
    label: str, *, ended: Ended | None = None, resumed_with: int = 0
) -> Callable[[Doing], Doing]:
    """Say which function does the work of a model, as `@does("results.Export")`; it is given the
    row, and a function to call with (done, total) whenever it has come further.

    `ended` is given the row that is ready or has failed, and what it writes holds if and only if that
    does; `resumed_with`: the priority in the queue of what a worker has left."""

    def register(doing: Doing) -> Doing:
        _kinds[label] = Kind(doing, ended, resumed_with)
        return doing

    return register


def start_when_committed(work: Work) -> None:
    """Hand it to a worker as soon as its row is there to be read."""
    transaction.on_commit(partial(do.enqueue, work._meta.label, str(work.pk)))


@task()
def do(label: str, pk: str) -> None:
    """The background task."""
    run(label, pk)


def run(label: str, pk: str) -> None:
    """Do a piece of work that waits. One that a worker has taken is left alone."""
    this = Run(label, pk, uuid.uuid4())
    waiting = _model(label)._default_manager.filter(pk=pk, state=State.WAITING)
    taken = {"state": State.RUNNING, "run": this.id, "heartbeat": timezone.now(), "error": ""}
    if not waiting.update(**taken):
        return
    with _at_hand(this):
        try:
            _kinds[label].doing(_row(this), partial(_further, this))
        except AWAY:
            raise  # whoever comes back to this goes on with it
        except TakenOver:
            return
        except Exception as error:
            if this.rows.exists():  # else another run did away with what this one needed
                _fail(this, error)
        else:
            _end(this, state=State.READY, finished_at=timezone.now())


def try_again(work: Work) -> None:
    """Queue work that failed once more."""
    failed = type(work)._default_manager.filter(pk=work.pk, state=State.FAILED)
    with transaction.atomic():
        if failed.update(state=State.WAITING, error="", heartbeat=timezone.now()):
            start_when_committed(work)


def beat(at: dt.datetime | None = None) -> None:
    """Say of all that this process has in hand that its worker lives."""
    for one in list(_in_hand):
        one.rows.update(heartbeat=at or timezone.now())


def resume(at: dt.datetime | None = None) -> int:
    """Queue again what no worker has been heard of for a while; how many."""
    at = at or timezone.now()
    resumed = 0
    for label in _kinds:
        left = silent(_model(label), at).exclude(pk__in=_queued(label), state=State.WAITING)
        for pk in list(left.values_list("pk", flat=True)):
            with transaction.atomic():
                again = silent(_model(label), at).filter(pk=pk)
                if again.update(state=State.WAITING, heartbeat=at):
                    do.using(priority=_kinds[label].resumed_with).enqueue(label, str(pk))
                    resumed += 1
    return resumed


def silent(model: type[Work], at: dt.datetime) -> models.QuerySet:
    """The work under way of which nothing was heard for too long."""
    return _heard_of(model).filter(heard_of__lt=at - STALE_AFTER).order_by()


def no_worker(model: type[Work], at: dt.datetime | None = None) -> bool:
    """Whether such work waits, and nothing is heard of any worker: none runs, or none can work. One that
    is heard of may be busy with work of another kind."""
    since = (at or timezone.now()) - AWAY_AFTER
    last = _heard_of(model).aggregate(last=Max("heard_of"))["last"]
    if last is None or last >= since:
        return False
    busy = {"state": State.RUNNING, "heartbeat__gte": since}
    return not any(_model(label)._default_manager.filter(**busy).exists() for label in _kinds)


def _heard_of(model: type[Work]) -> models.QuerySet:
    return model.objects.under_way().annotate(heard_of=Coalesce("heartbeat", "asked_at"))


def _queued(label: str) -> list[str]:
    """What stands in the queue: no worker has been free for it yet."""
    ready = DBTaskResult.objects.ready().filter(task_path=do.module_path)
    asked = [task["args"] for task in ready.values_list("args_kwargs", flat=True)]
    return [pk for kind, pk in asked if kind == label]


def _row(this: Run) -> Work:
    row = this.rows.first()
    if row is None:
        raise TakenOver
    return row


def _further(this: Run, done: int, total: int) -> None:
    if not this.rows.update(done=done, total=total):
        raise TakenOver


def _fail(this: Run, error: Exception) -> None:
    known = isinstance(error, CannotDo)
    fault = error.__cause__ if known else error
    if fault:
        _report(this, fault)
    _end(this, state=State.FAILED, error=str(error)[:500] if known else OUR_FAULT)


def _end(this: Run, **how: Any) -> None:
    """Unless another run has it by now, or nobody."""
    with transaction.atomic():
        if this.rows.update(**how) and (ended := _kinds[this.label].ended):
            ended(_model(this.label)._default_manager.get(pk=this.pk))


def _report(this: Run, error: BaseException) -> None:
    """Log where it happened, without the error's own text: it may hold what no log should."""
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s %s: %s\n%s", this.label, this.pk, type(error).__name__, where)


@contextmanager
def _at_hand(this: Run) -> Iterator[None]:
    _in_hand.add(this)
    try:
        yield
    finally:
        _in_hand.discard(this)


def _model(label: str) -> type[Work]:
    return apps.get_model(label)
