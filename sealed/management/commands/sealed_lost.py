"""`manage.py sealed_lost`: what nobody can read any more once fewer than two passphrases are left; gives it up."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import four_eyes
from sealed import lost
from sealed.refused import Refused


class Command(BaseCommand):
    help = "Says what is lost with the keyholders' passphrases; gives it up, so that others can be appointed."

    def add_arguments(self, parser: CommandParser) -> None:
        words = "fewer than two passphrases are left: retire all keyholders and permanently delete what is sealed"
        parser.add_argument("--confirm", action="store_true", help=words)
        parser.add_argument(
            "--by", default="", help="the username of the board's operator who decided it"
        )

    def handle(self, *args: Any, confirm: bool, by: str, **options: Any) -> None:
        if confirm and four_eyes.operator(by) is None:
            raise CommandError(
                "--by names nobody of the board who can sign in. What is lost is for the board to say: give the "
                "username of who has."
            )
        for line in lost.in_words():
            self.stdout.write(line)
        if not confirm:
            self.stdout.write(
                "While two keyholders have their passphrases nothing is lost: two replace the others, in the browser. "
                "With fewer, give it up: --confirm --by USERNAME."
            )
            return
        try:
            lost.give_up(by=by)
        except Refused as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(
            "Given up. Make keys for at least three keyholders and appoint them; then give the results again."
        )
