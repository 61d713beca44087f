"""`manage.py keys`: what needs which key, a new key, and an end to an old one, while the site runs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from core import key_fingerprints
from portal import key_rotation
from portal.key_rotation import KINDS, CannotRotate, Kind


class Command(BaseCommand):
    help = "Shows and rotates the master keys of files and the peppers of candidates' logins."
    requires_system_checks: list[str] = []  # it mends what they find

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser(
            "make", help="print the keys of a new site, for a store of secrets (manage.py)"
        )
        acts.add_parser("status", help="each key, and what needs it")
        rotate = acts.add_parser(
            "rotate", help="put a new key in use, and move all to it; again, to go on with that"
        )
        rotate.add_argument("kind", choices=KINDS)
        rotate.add_argument(
            "--move", action="store_true", help="no new key; only move what is left"
        )
        retire = acts.add_parser("retire", help="remove a key that nothing needs")
        retire.add_argument("kind", choices=KINDS)
        retire.add_argument("key_id")
        accept = acts.add_parser(
            "accept", help="this key is right, though another was noted under its id"
        )
        accept.add_argument("kind", choices=[*KINDS, "secret"])
        accept.add_argument("key_id", nargs="?", default="")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        try:
            if act == "status":
                for one in KINDS.values():
                    self._show(one)
            elif act == "rotate":
                self._rotate(KINDS[options["kind"]], only_move=options["move"])
            elif act == "accept":
                kind = KINDS.get(options["kind"])
                key_rotation.accept(kind.setting if kind else "SECRET_KEY", options["key_id"])
                self.stdout.write("That key is the site's from now on. Restart every process.")
            else:
                key_rotation.retire(KINDS[options["kind"]], options["key_id"])
                self.stdout.write(f"Key {options['key_id']} is removed.")
        except CannotRotate as error:
            raise CommandError(str(error)) from None

    def _show(self, kind: Kind) -> None:
        self.stdout.write(f"{kind.setting}:")
        needing, since = kind.needing(), key_rotation.since(kind)
        others = {one.key_id for one in key_fingerprints.misfits() if one.setting == kind.setting}
        for key_id in [*kind.keys, *sorted((kind.needed.keys() | others) - kind.keys.keys())]:
            state = "in use" if key_id == kind.in_use else "older"
            if key_id in since:
                state += f", used since {since[key_id]:%Y-%m-%d %H:%M} UTC"
            if key_id not in kind.keys:
                state = "MISSING"
            elif key_id in others:
                state += ", ANOTHER than this site's"
            said = ", ".join(f"{what}: {ids[key_id]}" for what, ids in needing.items())
            self.stdout.write(f"  {key_id} ({state}) is needed by {said}")

    def _rotate(self, kind: Kind, *, only_move: bool) -> None:
        left = key_rotation.unmoved(kind)
        if left:
            self.stdout.write(f"Left to be moved to key {kind.in_use}: {left}.")
        elif not only_move:
            key_id = key_rotation.put_new_key_in_use(kind)
            self.stdout.write(f"Key {key_id} is in use now. Keep a copy of DATA_DIR/keys.json.")
        moved = 0
        with tqdm(total=key_rotation.unmoved(kind), unit="", disable=None) as bar:
            for count in key_rotation.move(kind):
                moved += count
                bar.update(count)
        self.stdout.write(f"Moved: {moved}.")
