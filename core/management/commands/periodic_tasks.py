"""`manage.py periodic_tasks`: what a worker does every minute and every hour beside its work, once.

For a timer, so that what has been kept for its time goes where no worker lives, too.
"""

from django.core.management.base import BaseCommand

from core.worker import periodic_tasks


class Command(BaseCommand):
    help = "Does once what a worker does every minute and every hour."

    def handle(self, **options) -> None:
        for when in ("at the start", "every minute", "every hour"):
            for act in periodic_tasks(when):
                act()
