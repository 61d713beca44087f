"""`manage.py person export|erase`: what is kept of one person is given out, or removed by two people (rule 27)."""

import datetime as dt
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from accounts import four_eyes
from accounts.models import User
from board.models import ProposedErasure
from board.proposals import CannotPropose
from centres import audit
from centres.models import Candidate
from privacy import erasure, export, person
from privacy.person import NotOne

OWNER_ALONE = 0o600


class Command(BaseCommand):
    help = "Exports what is kept of one person, or proposes to remove it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        for act, told in (
            ("export", "write what is kept of a person to a zip file"),
            ("erase", "propose to remove it; a second person of the board confirms"),
        ):
            one = acts.add_parser(act, help=told)
            one.add_argument("--uci", default="", help="the candidate's UCI")
            one.add_argument(
                "--name", default="", help="the candidate's name, as SURNAME: Forenames"
            )
            one.add_argument(
                "--born", type=dt.date.fromisoformat, help="the date of birth, 2009-03-04"
            )
            one.add_argument(
                "--candidate",
                dest="named",
                action="append",
                default=[],
                metavar="CENTRE/SERIES/NUMBER",
                help="with name and date of birth: one that is this person, as their papers say, where no UCI says it; "
                "for each series again",
            )
            one.add_argument("--username", default="", help="or an account of staff")
            one.add_argument("--by", required=True, help="username of who does this, of the board")
        acts.choices["export"].add_argument(
            "--to", required=True, type=Path, help="the file to write"
        )
        acts.choices["erase"].add_argument("--reason", required=True, help="why, without a name")

    def handle(self, *args: Any, **options: Any) -> None:
        by = four_eyes.operator(options["by"])
        if by is None:
            raise CommandError("--by names nobody of the board who can sign in.")
        try:
            account = person.account(options["username"]) if options["username"] else None
            asked = {name: options[name] for name in ("uci", "name", "born", "named")}
            candidates = [] if account else person.find(**asked)
        except NotOne as error:
            raise CommandError(str(error)) from None
        if options["act"] == "export":
            self._export(account, candidates, by, options["to"])
        else:
            self._erase(account, candidates, by, options["reason"])
        self._list_others(candidates)
        self._list_files(candidates)

    def _export(
        self, account: User | None, candidates: list[Candidate], by: User, to: Path
    ) -> None:
        made = export.of_account(account) if account else export.of_candidates(candidates)
        try:
            file = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE)
        except OSError as error:
            raise CommandError(f"{to} cannot be written: {error.strerror}.") from None
        with os.fdopen(file, "wb") as written, transaction.atomic():
            many = {"accounts": 1} if account else {"candidates": len(candidates)}
            audit.record("person_exported", by=by, new=many)
            written.write(made)
        self.stdout.write(
            f"Written to {to}: person.json and person.txt, for that person alone. Delete it once it is handed over."
        )

    def _erase(
        self, account: User | None, candidates: list[Candidate], by: User, reason: str
    ) -> None:
        proposal = ProposedErasure(
            candidates=[one.pk for one in candidates],
            username=account.username if account else "",
            reason=reason,
        )
        try:
            with transaction.atomic():
                erasure.propose(proposal, by=by)
        except CannotPropose as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"Proposed: {proposal}. Nothing is removed until somebody else at the board confirms it at "
            f"{reverse('erasures:erasure', args=[proposal.pk])}"
        )

    def _list_others(self, candidates: list[Candidate]) -> None:
        if others := person.may_be_too(candidates):
            self.stdout.write(
                "These may be the same person, and were left out. If their papers say that they are, do it again with "
                f"name, date of birth, and --candidate for each:\n{person.listed(others)}"
            )

    def _list_files(self, candidates: list[Candidate]) -> None:
        """Only a reader can tell whether they are in one of these."""
        if files := person.files_that_may_name(candidates):
            self.stdout.write("These files may name the person too. Look through them by hand:")
        for one in files:
            until = f", kept until {one.kept_until:%d %B %Y}" if one.kept_until else ""
            self.stdout.write(f"  {one.what}: {one.called}{until}")
