"""Long work in the background, with progress: it is queued, taken by one worker, and never lost.

A kind of work is a model of its own (`Work`), and a function that does it and says how far it is.
While a worker has a row in hand it writes the time to it every few seconds (`beat`); a row of which
nothing was heard for a while was left by a worker that was killed, and is queued again (`resume`).
So whatever does the work must bear to be begun again. What went wrong is said in a sentence for
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
    """The work is another worker's by now, or nobody's: it is left as it is."""


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


_kinds: dict[str, Kind] = {}  # by the model's label
_in_hand: set[tuple[str, str]] = set()  # of this process: (model's label, id)


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
    rows = _model(label)._default_manager.filter(pk=pk)
    now = timezone.now()
    if not rows.filter(state=State.WAITING).update(state=State.RUNNING, heartbeat=now, error=""):
        return
    running = rows.filter(state=State.RUNNING)
    with _at_hand(label, pk):
        try:
            _kinds[label].doing(rows.get(), lambda done, total: _further(running, done, total))
        except TakenOver:
            return
        except CannotDo as error:
            if error.__cause__:
                _report(label, pk, error.__cause__)
            _end(label, pk, state=State.FAILED, error=str(error)[:500])
        except AWAY:
            raise  # whoever comes back to this goes on with it
        except Exception as error:
            _report(label, pk, error)
            _end(label, pk, state=State.FAILED, error=OUR_FAULT)
        else:
            _end(label, pk, state=State.READY, finished_at=timezone.now())


def try_again(work: Work) -> None:
    """Queue work that failed once more."""
    failed = type(work)._default_manager.filter(pk=work.pk, state=State.FAILED)
    with transaction.atomic():
        if failed.update(state=State.WAITING, error="", heartbeat=timezone.now()):
            start_when_committed(work)


def beat(at: dt.datetime | None = None) -> None:
    """Say of all that this process has in hand that its worker lives."""
    for label, pk in list(_in_hand):
        rows = _model(label)._default_manager.filter(pk=pk, state=State.RUNNING)
        rows.update(heartbeat=at or timezone.now())


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


def _further(running: models.QuerySet, done: int, total: int) -> None:
    running.update(done=done, total=total)


def _end(label: str, pk: str, **how: Any) -> None:
    """Unless it is not under way any more."""
    row = _model(label)._default_manager.filter(pk=pk)
    with transaction.atomic():
        if row.filter(state=State.RUNNING).update(**how) and (ended := _kinds[label].ended):
            ended(row.get())


def _report(label: str, pk: str, error: BaseException) -> None:
    """Log where it happened, without the error's own text: it may hold what no log should."""
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s %s: %s\n%s", label, pk, type(error).__name__, where)


@contextmanager
def _at_hand(label: str, pk: str) -> Iterator[None]:
    _in_hand.add((label, pk))
    try:
        yield
    finally:
        _in_hand.discard((label, pk))


def _model(label: str) -> type[Work]:
    return apps.get_model(label)
