"""`manage.py db_worker`: the background worker, which also looks after what was left.

The engine's own worker forgets a task whose worker was killed, and ends when the database is away.
So, beside the work, a thread does what the rooms have asked for (`centres.upkeep`): every few seconds
it says that what is in hand is alive, and queues again what is not; every minute it destroys what has
been kept for its time; every hour it removes what nobody knows of. And while the database is away the
worker waits for it.
"""

import itertools
import logging
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connections
from django_tasks_db.management.commands.db_worker import Command as Worker

from centres.upkeep import EVERY_BEAT, EVERY_HOUR, EVERY_MINUTE
from centres.work import AWAY, BEAT

MINUTE = 30  # beats
HOUR = 60 * MINUTE

logger = logging.getLogger(__name__)


class Command(Worker):
    help = "Runs the background worker, and looks after what was left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(reload=False)  # a reload would cut a part of letters short

    def handle(self, *args, **options) -> None:
        if options["batch"]:
            for act in (*EVERY_BEAT, *EVERY_MINUTE, *EVERY_HOUR):
                act()
            return super().handle(*args, **options)
        stop = threading.Event()
        watch = threading.Thread(target=_watch, args=(stop,), name="upkeep", daemon=True)
        watch.start()
        try:
            self._work(*args, **options)
        finally:
            stop.set()
            watch.join(timeout=BEAT)

    def _work(self, *args, **options) -> None:
        """Until told to stop, whatever becomes of the database meanwhile."""
        while True:
            try:
                return super().handle(*args, **options)
            except AWAY as error:
                logger.warning("The database is away: %s", type(error).__name__)
                connections.close_all()
                time.sleep(1)


def _watch(stop: threading.Event) -> None:
    for beats in itertools.count():
        for every, acts in ((1, EVERY_BEAT), (MINUTE, EVERY_MINUTE), (HOUR, EVERY_HOUR)):
            if beats % every == 0:
                for act in acts:
                    _try(act)
        connections.close_all()
        if stop.wait(BEAT):
            return


def _try(act: Callable[[], object]) -> None:
    """What the database or the storage does not allow now, the next round will do."""
    try:
        act()
    except (DatabaseError, InterfaceError, OSError) as error:
        logger.warning("Upkeep, %s: %s", act.__name__, type(error).__name__)
