"""Keys rotate while the site runs: what still needs a key, and moving it to the one in use (rule 17).

The data key of a letter file is wrapped anew by the master key in use; the parts stay as they are.
A login's digest cannot be made anew without the login, so the new pepper is laid over it, and both
are needed until the login ends. Logins that have ended need no pepper: they never sign in again.

Each step is a transaction of its own: killed at any point, what is left is done by the next run. Two
runs at once share the work.
"""

import re
from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet

from credentials import vault
from credentials.models import Credentials, LetterFile
from credentials.secret import laid_over

TOGETHER = 500  # logins in a transaction
FIRST = UUID(int=0)


def needing_master_keys() -> Counter[str]:
    """Master key's id -> how many letter files only it can open."""
    rows = LetterFile.objects.filter(wrapped_key__isnull=False).order_by()
    return Counter(dict(rows.values_list("master_key_id").annotate(Count("pk"))))


def needing_peppers() -> Counter[str]:
    """Pepper's id -> how many logins that still work only it can check."""
    needing: Counter[str] = Counter()
    rows = Credentials.objects.live().order_by().values_list("pepper_id").annotate(Count("pk"))
    for chain, count in rows:
        needing.update(dict.fromkeys(chain.split("+"), count))
    return needing


def letter_files_to_move() -> QuerySet[LetterFile]:
    """Those whose data key is not wrapped by the master key in use."""
    in_use = next(iter(settings.MASTER_KEYS))
    return LetterFile.objects.filter(wrapped_key__isnull=False).exclude(master_key_id=in_use)


def logins_to_move() -> QuerySet[Credentials]:
    """Those that still work without the pepper in use."""
    return _logins_without(next(iter(settings.PEPPER_KEYS)))


def keys_fit() -> bool:
    """Whether our master keys open any of the newest letter files: else they are another site's."""
    return _opens_any(LetterFile.objects.filter(wrapped_key__isnull=False))


def key_fits(master_key_id: str) -> bool:
    """Whether our master key opens any of the newest letter files that are under this id, if there are
    some."""
    under_it = LetterFile.objects.filter(wrapped_key__isnull=False, master_key_id=master_key_id)
    return _opens_any(under_it)


def move_letter_files() -> Iterator[int]:
    """Wrap data keys anew, one by one; yields 1 for each. What cannot be opened stays as it is."""
    for pk in list(letter_files_to_move().order_by().values_list("pk", flat=True)):
        with transaction.atomic():
            file = letter_files_to_move().select_for_update().filter(pk=pk).order_by().first()
            if file is None or not _opens(file):  # None: destroyed meanwhile
                continue
            file.master_key_id, file.wrapped_key = vault.wrap(vault.unwrap(file), file.pk)
            file.save(update_fields=["master_key_id", "wrapped_key"])
        yield 1


def move_logins() -> Iterator[int]:
    """Lay the pepper in use over digests; yields how many in each step.

    A candidate who signs in at that moment is found by the digest of before or of after. Rows that
    somebody else holds are gone by first, and waited for one by one at the end: who waits for one
    row while holding none can be in nobody's way.
    """
    in_use = next(iter(settings.PEPPER_KEYS))
    for together in (TOGETHER, 1):
        last = FIRST
        while rows := _lay_over(in_use, after=last, together=together):
            last = rows[-1].pk
            yield len(rows)


def _lay_over(pepper_id: str, *, after: UUID, together: int) -> list[Credentials]:
    with transaction.atomic():
        waiting = _logins_without(pepper_id).select_for_update(skip_locked=together > 1)
        rows = list(
            waiting.only("digest", "pepper_id").filter(pk__gt=after).order_by("pk")[:together]
        )
        for row in rows:
            row.digest = laid_over(bytes(row.digest), pepper_id)
            row.pepper_id = f"{row.pepper_id}+{pepper_id}"
        Credentials.objects.bulk_update(rows, ["digest", "pepper_id"])
    return rows


def _logins_without(pepper_id: str) -> QuerySet[Credentials]:
    in_its_chain = rf"(^|\+){re.escape(pepper_id)}(\+|$)"
    return Credentials.objects.live().exclude(pepper_id__regex=in_its_chain)


def _opens_any(files: QuerySet[LetterFile]) -> bool:
    newest = files.order_by("-asked_at")[:10]
    return not newest or any(map(_opens, newest))


def _opens(file: LetterFile) -> bool:
    try:
        vault.unwrap(file)
    except vault.CannotOpen:
        return False
    return True
