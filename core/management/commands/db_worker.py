"""`manage.py db_worker`: the background worker, which also looks after what was left.

The engine's own worker forgets a task whose worker was killed, and ends when the database is away.
So, beside the work, two threads do what `settings.PERIODIC_TASKS` names. One says every few seconds that
what is in hand is alive, and queues again what is not. The other destroys every minute what has been kept
for its time, and removes every hour what nobody knows of; however long that takes, the first goes on. And
while the database is away, or was restored and nobody has said that it goes on (`core.restored`), the worker
waits: then it only says that it is there.
"""

import itertools
import logging
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError, InterfaceError, connections
from django_tasks_db.management.commands.db_worker import Command as Worker
from gunicorn.systemd import sd_notify

from core import restored
from core.database_errors import is_away, may_pass
from core.errors import log_error
from core.worker import BEAT, heartbeat, periodic_tasks

MINUTE = 30  # beats
HOUR = 60 * MINUTE
Act = Callable[[], object]
Rounds = list[tuple[int, list[Act]]]
THREADS = {  # what each does, after how many beats
    "heartbeat": {"every beat": 1},
    "periodic tasks": {"every minute": MINUTE, "every hour": HOUR},
}

logger = logging.getLogger(__name__)


class Command(Worker):
    help = "Runs the background worker, and looks after what was left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(reload=False)  # a reload would cut a part of letters short

    def handle(self, *args, **options) -> None:
        _begin()
        if options["batch"]:
            if restored.is_stopped():
                raise CommandError(restored.STOPPED)
            for when in ("every beat", "every minute", "every hour"):
                for act in periodic_tasks(when):
                    act()
            return super().handle(*args, **options)
        stop = threading.Event()
        watches = [
            threading.Thread(target=_watch, args=(stop, _rounds(name)), name=name, daemon=True)
            for name in THREADS
        ]
        for watch in watches:
            watch.start()
        try:
            self._work(*args, **options)
        finally:
            stop.set()
            for watch in watches:
                watch.join(timeout=BEAT)

    def _work(self, *args, **options) -> None:
        """Until told to stop, whatever becomes of the database meanwhile."""
        while True:
            try:
                _wait_for_word()
                return super().handle(*args, **options)
            except (DatabaseError, InterfaceError) as error:
                if not (is_away(error) or may_pass(error)):
                    raise
                log_error(error, "the queue")
                connections.close_all()
                time.sleep(1)


def _begin() -> None:
    """Nothing is looked after or done before it is certain that this worker may; once the database is
    there."""
    while True:
        try:
            for act in periodic_tasks("at the start"):
                act()
            return sd_notify("READY=1", logger)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        except (DatabaseError, InterfaceError) as error:
            if not is_away(error):
                raise
            log_error(error, "the start")
            connections.close_all()
            time.sleep(1)


def _wait_for_word() -> None:
    while restored.is_stopped():
        logger.warning("%s", restored.STOPPED)
        connections.close_all()
        time.sleep(5 * BEAT)


def _rounds(thread: str) -> Rounds:
    return [(beats, periodic_tasks(when)) for when, beats in THREADS[thread].items()]


def _watch(stop: threading.Event, rounds: Rounds) -> None:
    for beats in itertools.count():
        _do([act for every, acts in rounds if beats % every == 0 for act in acts])
        connections.close_all()
        if stop.wait(BEAT):
            return


def _do(acts: list[Act]) -> None:
    try:
        stopped = restored.is_stopped()
    except (DatabaseError, InterfaceError) as error:
        return log_error(error, "periodic tasks")
    for act in acts:
        if act is heartbeat or not stopped:
            _try(act)


def _try(act: Act) -> None:
    """What cannot be done now, the next round will try, and the others are done: whatever one of them
    trips over, the thread goes on."""
    try:
        act()
    except Exception as error:
        log_error(error, f"periodic task, {act.__name__}")
