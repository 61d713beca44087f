"""Print a link on which a member of staff sets a password, or with `--recover` a second factor anew: for
boards without mail, and the demo."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from accounts import notifications, recovery
from accounts.links import set_password_link
from accounts.models import User

BY = "command: invite"


class Command(BaseCommand):
    help = "Print a link on which this member of staff can set a password, once, within three days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--recover",
            action="store_true",
            help="For who has lost the second factor and the recovery codes: a link on which they give "
            "their password, and set up an authenticator app.",
        )

    def handle(self, *args: Any, username: str, recover: bool, **options: Any) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            self.stderr.write(
                f"There is no active member of staff with the username “{username}”. "
                "Load them first: manage.py load staff FILE."
            )
            raise SystemExit(1)
        with transaction.atomic():
            if recover:
                link = recovery.start(user=user, by=BY)
            else:
                link = set_password_link(user=user, by=BY)
                notifications.notify(user, action="invited", by=BY)
        self.stdout.write(link)
