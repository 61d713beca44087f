"""Print a link on which a member of staff sets a password: for boards without mail, and the demo."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from centres.links import set_password_link
from centres.models import User


class Command(BaseCommand):
    help = "Print a link on which this member of staff can set a password, once, within three days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            self.stderr.write(
                f"There is no active member of staff with the username “{username}”. "
                "Load them first: manage.py load staff FILE."
            )
            raise SystemExit(1)
        with transaction.atomic():
            link = set_password_link(user=user, by="command: invite")
        self.stdout.write(link)
