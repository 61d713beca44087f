"""`manage.py restored`: whether this is a restored database, what it does not know, and the word that it goes on."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts import four_eyes
from centres import audit
from core import restored
from core.dates import utc
from operations import after_restore


class Command(BaseCommand):
    help = "Shows what a restored database does not know; lets work go on, or stops it after a restore."
    requires_system_checks: list[str] = []  # it is asked when something does not fit

    def add_arguments(self, parser: CommandParser) -> None:
        act = parser.add_mutually_exclusive_group()
        act.add_argument(
            "--go-on",
            action="store_true",
            help="I have looked: work in the background goes on, and the site is open",
        )
        act.add_argument(
            "--stop",
            action="store_true",
            help="this database was restored in a way that it cannot know, as by a snapshot of the machine",
        )
        parser.add_argument(
            "--by",
            default="",
            help="for the audit trail: your name; to go on, the username of the board's operator who decided it",
        )

    def handle(self, *args: Any, go_on: bool, stop: bool, by: str, **options: Any) -> None:
        if (go_on or stop) and not by.strip():
            raise CommandError("Say who you are, for the audit trail: --by “Ada Lovelace”.")
        if stop:
            with transaction.atomic():
                audit.record("restored_stopped", by=f"{by} (command: restored)"[:150])
                restored.stop(f"said by {by}"[:100])
        if not go_on:
            self._show()
            return
        if not restored.is_stopped():
            raise CommandError("This database is not stopped after a restore.")
        if four_eyes.operator(by) is None:
            raise CommandError(
                "--by names nobody of the board who can sign in. That it goes on is for the board to decide: give the "
                "username of who has."
            )
        self._show_letters()
        with transaction.atomic():
            after_restore.tell_centres(by=f"{by} (command: restored)"[:150])
            after_restore.end_ceremonies(by=f"{by} (command: restored)"[:150])
            after_restore.end_sessions()
            restored.go_on()
            audit.record("restored_gone_on", by=f"{by} (command: restored)"[:150])
        self.stdout.write("Work goes on, and the site is open.")

    def _show(self) -> None:
        if not restored.is_stopped():
            self.stdout.write(
                "This database is the one that the site has always had: work goes on."
            )
            return
        self.stdout.write("This database was restored. Work waits, and the site is closed.")
        if last := after_restore.last_sign():
            self.stdout.write(f"It knows what happened until about {_second(last)}.")
        for words, many in after_restore.under_way().items():
            self.stdout.write(f"Goes on when you say so: {many} {words}.")
        self._show_letters()
        self.stdout.write(
            "What was held since then is held no more: the board holds it again first, in the browser (Hold results)."
        )
        self.stdout.write(
            "When you have looked: bin/portal manage restored --go-on --by USERNAME, of the board"
        )

    def _show_letters(self) -> None:
        lost = after_restore.unknown_letters()
        if not lost:
            self.stdout.write("No letters are stored that it does not know.")
            return
        self.stdout.write(
            "Letters that it does not know. Where they were printed, their logins do not work, and must be "
            "created again:"
        )
        for one in lost:
            self.stdout.write(f"  {one}")


def _second(at: dt.datetime) -> str:
    return utc(at.replace(microsecond=0))
