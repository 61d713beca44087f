"""`manage.py db_worker`: the background worker, which also looks after letter files.

The engine's own worker forgets a task whose worker was killed. So, at the start and every ten
seconds, beside the work, letter files not heard of for a while are queued again, and those whose
time of keeping has passed are destroyed.
"""

import logging
import threading
from argparse import ArgumentParser

from django.db import DatabaseError, connections
from django_tasks_db.management.commands.db_worker import Command as Worker

from credentials.making import resume_stale
from credentials.retention import destroy_expired

EVERY = 10  # seconds

logger = logging.getLogger(__name__)


class Command(Worker):
    help = "Runs the background worker, and looks after letter files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(reload=False)  # a reload would cut a part of letters short

    def handle(self, *args, **options) -> None:
        if options["batch"]:
            look_after()
            return super().handle(*args, **options)
        stop = threading.Event()
        watch = threading.Thread(target=_watch, args=(stop,), name="letter files", daemon=True)
        watch.start()
        try:
            return super().handle(*args, **options)
        finally:
            stop.set()
            watch.join(timeout=EVERY)


def look_after() -> None:
    """Once: queue again what was left, destroy what has expired."""
    resume_stale()
    destroy_expired()


def _watch(stop: threading.Event) -> None:
    while True:
        try:
            look_after()
        except (DatabaseError, OSError) as error:  # away for a moment: the next round will do
            logger.warning("Looking after letter files: %s", type(error).__name__)
        finally:
            connections.close_all()
        if stop.wait(EVERY):
            return
