"""The background worker, beside its tasks: it says that it lives, and queues again what was left.

Every few seconds it writes the time to its own row (`heartbeat`), and to each job that it
has in hand (`jobs_heartbeat`). A row of which nothing was heard for a while was left by a worker that was
killed, and is queued again (`resume`). What else is done again and again, and how often, stands in
`settings.PERIODIC_TASKS`: each of these must bear to be called at any time, and to be cut off.
"""

import datetime as dt
import logging
import os
import socket
import uuid
from collections.abc import Callable

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Max
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from core import jobs
from core.jobs import Job, Run, State, do, model_of
from core.models import WorkerHeartbeat

BEAT = 2  # seconds
STALE_AFTER = dt.timedelta(seconds=4 * BEAT)
AWAY_AFTER = dt.timedelta(seconds=30)  # within that a worker that was killed is followed by another
GONE_AFTER = dt.timedelta(days=1)
STARTED = timezone.now()
CUT_OFF = (
    "The worker that did this was cut off before it came further, as when a machine has too little "
    "memory."
)

logger = logging.getLogger(__name__)


def periodic_tasks(when: str) -> list[Callable[[], object]]:
    """What is done "at the start" (ImproperlyConfigured ends the worker), "every beat" (quick, and waiting
    for nothing), "every minute" or "every hour"."""
    return [import_string(path) for path in settings.PERIODIC_TASKS[when]]


def heartbeat(at: dt.datetime | None = None) -> None:
    """This worker lives. Each says so every few seconds; one that is long gone is forgotten."""
    at = at or timezone.now()
    name = f"{socket.gethostname()}, process {os.getpid()}"[:100]
    if not WorkerHeartbeat.objects.filter(name=name).update(seen_at=at):
        facts = {"since": STARTED, "seen_at": at}
        WorkerHeartbeat.objects.get_or_create(name=name, defaults=facts)


def forget_heartbeats(at: dt.datetime | None = None) -> None:
    """Of workers of which nothing was heard for a day."""
    WorkerHeartbeat.objects.filter(seen_at__lt=(at or timezone.now()) - GONE_AFTER).delete()


def jobs_heartbeat(at: dt.datetime | None = None) -> None:
    """Say of all that this process has in hand that its worker lives. A run that ended as the database
    went away was no attempt."""
    for one in list(jobs.in_hand):
        one.rows.update(heartbeat=at or timezone.now())
    for one in list(jobs.interrupted):
        rows = model_of(one.label)._default_manager.filter(pk=one.pk, run=one.id, attempts__gt=0)
        rows.update(attempts=F("attempts") - 1)
        jobs.interrupted.discard(one)


def resume(at: dt.datetime | None = None) -> int:
    """Queue again what no worker has been heard of for a while, and what is due again; how many. What
    was cut off again and again waits, or has failed."""
    at = at or timezone.now()
    return sum(
        _resume(label, pk, at)
        for label in settings.JOBS
        for pk in list(
            silent(model_of(label), at)
            .exclude(pk__in=_queued(label), state=State.QUEUED)
            .values_list("pk", flat=True)
        )
    )


def _resume(label: str, pk: uuid.UUID, at: dt.datetime) -> bool:
    with transaction.atomic():
        again = silent(model_of(label), at).filter(pk=pk)
        left = again.select_for_update().first()
        if left is None:
            return False
        if left.state == State.RUNNING and left.attempts > 1:
            this = Run(label, str(pk), left.run)
            logger.warning("%s %s: cut off, attempt %s", label, pk, left.attempts)
            jobs.put_off(this, CUT_OFF, left.attempts, at)
            return False
        again.update(state=State.QUEUED, heartbeat=at)
        do.using(priority=settings.JOBS[label].get("priority", 0)).enqueue(label, str(pk))
        return True


def silent(model: type[Job], at: dt.datetime) -> models.QuerySet:
    """The work under way of which nothing was heard for too long."""
    return _heard_of(model).filter(heard_of__lt=at - STALE_AFTER).order_by()


def no_worker(model: type[Job], at: dt.datetime | None = None) -> bool:
    """Whether such work waits, and nothing is heard of any worker: none runs, or none can work. One that
    is heard of may be busy with work of another kind."""
    since = (at or timezone.now()) - AWAY_AFTER
    last = _heard_of(model).aggregate(last=Max("heard_of"))["last"]
    if last is None or last >= since:
        return False
    busy = {"state": State.RUNNING, "heartbeat__gte": since}
    return not any(
        model_of(label)._default_manager.filter(**busy).exists() for label in settings.JOBS
    )


def _heard_of(model: type[Job]) -> models.QuerySet:
    """Of what is not due yet nothing is to be heard before."""
    heard = Coalesce("heartbeat", "asked_at")
    return model.objects.under_way().annotate(
        heard_of=Greatest(heard, Coalesce("due_at", "heartbeat", "asked_at"))
    )


def _queued(label: str) -> list[str]:
    """What stands in the queue: no worker has been free for it yet."""
    ready = DBTaskResult.objects.ready().filter(task_path=do.module_path)
    asked = [task["args"] for task in ready.values_list("args_kwargs", flat=True)]
    return [pk for kind, pk in asked if kind == label]
