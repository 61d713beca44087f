"""Fill in the made-up cohort once, and say who can sign in; the second time only say it."""

import json
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from accounts.models import User
from demo import fill, sealed_series, two_people
from demo.people import WORDS


class Command(BaseCommand):
    help = "Fill in a made-up cohort (once), and print who can sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        note = settings.DATA_DIR / "demo.json"
        if not note.exists():
            if User.objects.exists():
                self.stderr.write(
                    "This database holds data already, and the demo fills only an empty one. "
                    f"Name another folder in DATA_DIR, or remove {settings.DATA_DIR}."
                )
                raise SystemExit(1)
            self.stderr.write("Filling in a made-up cohort …")
            _keep(note, _fill())
        self.stdout.write(_words(json.loads(note.read_text())))


def _fill() -> dict[str, Any]:
    password = "-".join(secrets.choice(WORDS) for _ in range(4))
    around = fill.fill(password=password)
    logins = {
        state: {"series": str(series), **fill.make_login(series)}
        for state, series in (("released", around.released), ("not yet", around.coming))
    }
    two_people.begin(around)
    return {
        "password": password,
        "logins": logins,
        "later": str(around.later),
        "sealed_at": reverse("sealed:series", args=[around.later.slug]),
        "passphrases": sealed_series.begin(around.later, password=password),
    }


def _keep(note: Path, facts: dict[str, Any]) -> None:
    """For the second call. Only what is made up is ever written here."""
    note.touch(mode=0o600)
    note.write_text(json.dumps(facts, indent=1))


def _words(facts: dict[str, Any]) -> str:
    staff = [
        (username, name) for username, name, *_ in (*fill.STAFF, *fill.BOARD, sealed_series.THIRD)
    ]
    released, coming = facts["logins"]["released"], facts["logins"]["not yet"]
    return "\n".join(
        [
            "",
            "The candidate results service, with a made-up cohort. Nobody in it exists.",
            "",
            f"  Staff sign in at   {settings.SITE_URL}/",
            *(f"    {username:<15} {name}" for username, name in staff),
            f"    password of all of them: {facts['password']}",
            "    At Board, some things wait for a second person: one has begun them, another finishes them.",
            "",
            f"  The results of {facts['later']} are sealed. Any two of these open them, each in their own browser,",
            "  with the password above and a passphrase of their own:",
            *(f"    {username:<15} {words}" for username, words in facts["passphrases"].items()),
            f"    One begins at      {settings.SITE_URL}{facts['sealed_at']}",
            f"    another joins at   {settings.SITE_URL}{reverse('board:start')}",
            "",
            f"  Candidates sign in at   {settings.SITE_URL}/results/",
            *_login(released, "its results are released"),
            *_login(coming, "its results are not released yet"),
            "",
            f"  {facts['later']} cannot have credentials yet: its settings can be prepared.",
            "",
        ]
    )


def _login(login: dict[str, str], state: str) -> list[str]:
    return [
        f"    {login['candidate']}, {login['series']} ({state})",
        f"      username {login['username']}   password {login['password']}",
    ]
