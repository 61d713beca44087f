"""Verify: every login is on a readable letter, every row's file is there and whole, every file's row is there, and what
is sealed can be opened by any two keyholders.

Whole: each byte is decrypted, and the cipher says whether it is as it was written. What comes or goes meanwhile
is no fault: what seems wrong is looked at once more. Letter files that were destroyed in their time have no
letters any more, and their logins still work (rule 17). Sealed files are read as any other; what is in them only
keyholders can see, so of them it is asked whether manifest and shares are those that were signed and made (rule 28).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import permutations
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone

from core import encrypted_files, orphans, restored
from core.encryption import CannotOpen
from core.models import EncryptedFile
from credentials.letters import storage
from credentials.logins import secret
from credentials.models import Credentials, LetterFile, LetterPart
from sealed import ring, signatures
from sealed.models import Seal

TOGETHER = 50  # letter files of one query
AT_ONCE = 8  # files that are read side by side
SHOWN = 20  # faults

Progress = Callable[[str, int, int], None]  # called with (what, done, total)


@dataclass
class Report:
    """`counts`: what was looked at; `faults`: in sentences, none where all is well."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def verify(progress: Progress = lambda *_: None) -> Report:
    report = Report()
    _letters(report, progress)
    _files(report, progress)
    _rows(report)
    _sealed(report)
    return report


def _letters(report: Report, progress: Progress) -> None:
    kept = LetterFile.objects.filter(wrapped_key__isnull=False).order_by("pk")
    files = list(kept.values_list("pk", flat=True))
    together = [files[at : at + TOGETHER] for at in range(0, len(files), TOGETHER)]
    total = LetterPart.objects.filter(letter_file__in=kept).aggregate(n=Sum("letters"))["n"] or 0
    for pks in together:
        live = _live_of(pks)
        for file in kept.filter(pk__in=pks).select_related("centre", "series"):
            printed = _printed(file, report)
            report.counts["letters"] += len(printed)
            wrong = [pk for pk, number, digest in live[file.pk] if printed.get(digest) != number]
            if wrong and (wrong := _still(wrong)):
                of = f"{file.centre.number}, {file.series}"
                report.faults.append(
                    f"{of}: {len(wrong)} logins are on no readable letter of letter file {file.pk}."
                )
            report.counts["logins"] += len(live[file.pk])
            progress("letters", report.counts["letters"], total)


def _live_of(files: list[UUID]) -> dict[UUID, list[tuple[UUID, str, bytes]]]:
    """Read before the letters: what is read after them can only know more."""
    live = defaultdict(list)
    rows = Credentials.objects.live().filter(letter_file__in=files).order_by()
    for file, pk, number, digest in rows.values_list(
        "letter_file", "pk", "printed_number", "digest"
    ):
        live[file].append((pk, number, bytes(digest)))
    return live


def _printed(file: LetterFile, report: Report) -> dict[bytes, str]:
    """Digest of each login on its letters -> the number that is printed beside it."""
    printed: dict[bytes, str] = {}
    for part in file.parts.all():
        try:
            letters = storage.letters_of(file, part.stored_as)
        except CannotOpen as error:
            if LetterFile.objects.filter(pk=file.pk, wrapped_key__isnull=False).exists():
                of = f"{file.centre.number}, {file.series}"
                report.faults.append(f"{of}: part {part.number} of letter file {file.pk}: {error}")
            continue
        for letter in letters:
            if login := secret.read(letter.username, letter.password):
                printed |= dict.fromkeys(secret.digests(login), letter.candidate_number)
    return printed


def _still(logins: list[UUID]) -> list[UUID]:
    return list(Credentials.objects.live().filter(pk__in=logins).values_list("pk", flat=True))


def _files(report: Report, progress: Progress) -> None:
    whole = EncryptedFile.objects.filter(wrapped_key__isnull=False, whole_at__isnull=False)
    size, done = whole.aggregate(size=Sum("size"))["size"] or 0, 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for stored, error in pool.map(_read, whole.order_by("pk")):
            report.counts["files"] += 1
            done += stored.size
            if error and whole.filter(pk=stored.pk).exists():
                report.faults.append(f"Encrypted file {stored.pk}: {error}")
            progress("bytes of other files", done, size)


def _read(stored: EncryptedFile) -> tuple[EncryptedFile, str]:
    """And what is wrong with it; no query."""
    try:
        for _ in encrypted_files.stream(stored):
            pass
    except CannotOpen as error:
        return stored, str(error)
    return stored, ""


def _rows(report: Report) -> None:
    """Of what was stored within a day a row may not know yet; in a restored database nothing is under way."""
    ahead = timedelta(days=2 if restored.is_stopped() else 0)
    found = orphans.look(timezone.now() + ahead)
    report.counts["stored"] = found.files
    for words, files in (
        ("no row knows it", found.orphans),
        ("a row knows it, and it is not there", found.missing),
    ):
        report.faults += [f"{store.name}/{name}: {words}." for store, name in files]


def _sealed(report: Report) -> None:
    """Whether each pair of the ring has its share in either order, and what is signed is as it was signed."""
    holders = ring.ring()
    pairs = set(permutations((holder.pk for holder in holders), ring.TOGETHER))
    for seal in Seal.objects.closed().select_related("series"):
        if set(seal.shares.values_list("outer", "inner")) != pairs:
            report.faults.append(f"{seal}: its shares are not those of the keyholders.")
        files = list(seal.files.select_related("file", "seal__series"))
        report.counts["sealed"] += len(files)
        report.faults += _not_as_signed(seal, *files)
    report.faults += _not_as_signed(*holders)


def _not_as_signed(*rows: signatures.Row) -> list[str]:
    unsigned = (row for row in rows if not signatures.is_signed(row))
    return [f"{row._meta.label} {row.pk}, {row}: it is not as it was signed." for row in unsigned]


def _without() -> int:
    """Logins on letters that were destroyed in their time."""
    return Credentials.objects.live().filter(letter_file__wrapped_key=None).count()


def in_words(report: Report) -> Iterator[str]:
    counts, more = report.counts, len(report.faults) - SHOWN
    yield f"Letters: {counts['letters']}. Logins that work: {counts['logins']} on them, and {_without()} more."
    yield (
        f"Other encrypted files: {counts['files']}, {counts['sealed']} of them sealed. "
        f"Files in the storage: {counts['stored']}."
    )
    yield from report.faults[:SHOWN]
    if more > 0:
        yield f"… and {more} more."
    yield "Everything is there and whole." if not report.faults else f"Wrong: {len(report.faults)}."
