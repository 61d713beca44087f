"""A restored site, looked at by the truth: `python -m tests.drills.restored_site TRUTH POINT`; one line of JSON."""

import datetime as dt
import hashlib
import json
import os
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from core import encrypted_files, restored  # noqa: E402
from core.encryption import CannotOpen  # noqa: E402
from core.models import EncryptedFile  # noqa: E402
from credentials.models import Credentials, LetterFile  # noqa: E402
from operations import after_restore, verify  # noqa: E402
from tests.drills.promises import Promises, stored  # noqa: E402
from tests.drills.worker import worker  # noqa: E402

WAITS = 6  # seconds in which a worker must do nothing
PATIENCE = 120  # seconds until it must have finished


class Look:
    def __init__(self, truth: dict, point: str) -> None:
        self.truth, self.point = truth, dt.datetime.fromisoformat(point)
        self.violations: list[str] = []
        self.lost = self.listed = 0

    def must(self, holds: object, sentence: str) -> None:
        if not holds:
            self.violations.append(sentence)

    def before(self, what: str) -> list:
        """The facts that were acknowledged before the point."""
        return [fact for at, fact in self.truth[what] if dt.datetime.fromisoformat(at) < self.point]

    def after(self, what: str) -> list:
        return [
            fact for at, fact in self.truth[what] if dt.datetime.fromisoformat(at) >= self.point
        ]

    def all_of_before_and_nothing_of_after(self) -> None:
        there = {str(pk) for pk in Credentials.objects.values_list("pk", flat=True)}
        digests = {digest.hex() for digest in _digests(Credentials.objects.all())}
        early = [
            live
            for _, end, live in self.truth["seen"]
            if dt.datetime.fromisoformat(end) < self.point
        ]
        late = [
            live
            for begin, _, live in self.truth["seen"]
            if dt.datetime.fromisoformat(begin) > self.point
        ]
        lost = set().union(*early) - there if early else set()
        self.must(not lost, f"{len(lost)} logins that were there before the point are not.")
        future = there - set().union(*early, late[0] if late else there)
        self.must(not future, f"{len(future)} logins are there that were made after the point.")
        for fact in self.before("printed"):
            gone = set(fact["logins"].values()) - digests
            self.must(
                not gone, f"{len(gone)} logins that were printed before the point are not there."
            )
        asked = {str(pk) for pk in LetterFile.objects.values_list("pk", flat=True)}
        self.must(
            set(self.before("asked")) <= asked, "A letter file that was asked for is not there."
        )
        for pk, sha256 in self.before("given"):
            self.must(
                _reads(pk, sha256), f"A file that was given before the point does not open: {pk}."
            )

    def lists_what_it_does_not_know(self) -> None:
        """Each login that was printed and does not work here is on a letter that is listed."""
        live = {digest.hex() for digest in _digests(Credentials.objects.live())}
        works_at_the_end = {digest for digest, works in self.truth["logins"].values() if works}
        listed = {one.file_id: one for one in after_restore.unknown_letters()}
        for fact in self.after("printed"):
            for number, digest in fact["logins"].items():
                if digest in live or digest not in works_at_the_end:
                    continue
                self.lost += 1
                one = listed.get(fact["file"])
                known = one and (not one.numbers or number in one.numbers)
                self.listed += bool(known)
                self.must(
                    known, f"Candidate {number}'s printed login does not work, and is not listed."
                )

    def waits(self) -> None:
        self.must(restored.is_stopped(), "It does not know that it was restored.")
        before = _state()
        with worker() as process:
            time.sleep(WAITS)
            self.must(process.runs, "The worker has ended.")
        self.must(_state() == before, "The worker did something before it was let go on.")

    def goes_on(self) -> None:
        under_way = LetterFile.objects.under_way()
        replaced = {pk for chosen in under_way.values_list("chosen", flat=True) for pk in chosen}
        stay = Credentials.objects.live().exclude(candidate__in=replaced)
        stay_live = set(stay.values_list("pk", flat=True))
        call_command("restored", go_on=True, by="drill.board", stdout=sys.stderr)
        with worker():
            end = time.monotonic() + PATIENCE
            while under_way.exists() and time.monotonic() < end:
                time.sleep(0.2)
        self.must(not under_way.exists(), "Letters were not finished.")
        live = set(Credentials.objects.live().values_list("pk", flat=True))
        died = len(stay_live - live)
        self.must(not died, f"{died} logins died that nobody had asked to replace.")
        self.violations += Promises().broken()
        wrong = [said for said in verify.verify().faults if "no row knows it" not in said]
        self.violations += wrong


def _reads(pk: str, sha256: str) -> bool:
    stored_file = EncryptedFile.objects.filter(pk=pk).first()
    try:
        if stored_file is None:
            return False
        whole = b"".join(encrypted_files.stream(stored_file))
        return hashlib.sha256(whole).hexdigest() == sha256
    except CannotOpen:
        return False


def _digests(rows) -> list[bytes]:
    return [bytes(digest) for digest in rows.values_list("digest", flat=True)]


def _state() -> tuple:
    files = LetterFile.objects.order_by("pk").values_list("pk", "state", "done", "run")
    return list(files), Credentials.objects.live().count(), sorted(stored())


if __name__ == "__main__":
    look = Look(json.loads(Path(sys.argv[1]).read_text()), sys.argv[2])
    look.waits()
    look.all_of_before_and_nothing_of_after()
    look.lists_what_it_does_not_know()
    look.goes_on()
    found = {"violations": look.violations, "lost": look.lost, "listed": look.listed}
    print(json.dumps(found))
