"""`manage.py front_pages FOLDER`: what the proxy in front reads of the site, written anew with each release."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal import front_pages


class Command(BaseCommand):
    help = "Writes the waiting pages and lists of routes for the proxy in front (deploy/haproxy)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        front_pages.write(folder)
