"""Keys rotate while the site runs: what still needs a key, and moving it to the one in use (rule 17).

The data key of a letter file is wrapped anew by the master key in use; the parts stay as they are.
A login's digest cannot be made anew without the login, so the new pepper is laid over it, and both
are needed until the login ends. Logins that have ended need no pepper: they never sign in again.

Each step is a transaction of its own: killed at any point, what is left is done by the next run.
"""

from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet

from credentials import vault
from credentials.models import Credentials, LetterFile
from credentials.secret import laid_over

TOGETHER = 500  # logins in a transaction


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
    """Those that still work, and whose last pepper is not the one in use."""
    in_use = next(iter(settings.PEPPER_KEYS))
    live = Credentials.objects.live()
    return live.exclude(pepper_id=in_use).exclude(pepper_id__endswith=f"+{in_use}")


def move_letter_files() -> Iterator[int]:
    """Wrap data keys anew, one by one; yields 1 for each. Raises CannotOpen."""
    for pk in list(letter_files_to_move().order_by().values_list("pk", flat=True)):
        with transaction.atomic():
            file = letter_files_to_move().select_for_update().filter(pk=pk).order_by().first()
            if file is None:  # destroyed meanwhile
                continue
            file.master_key_id, file.wrapped_key = vault.wrap(vault.unwrap(file), file.pk)
            file.save(update_fields=["master_key_id", "wrapped_key"])
        yield 1


def move_logins() -> Iterator[int]:
    """Lay the pepper in use over digests; yields how many in each step.

    A candidate who signs in at that moment is found by the digest of before or of after.
    """
    in_use = next(iter(settings.PEPPER_KEYS))
    while True:
        with transaction.atomic():
            rows = list(logins_to_move().select_for_update().order_by("pk")[:TOGETHER])
            for row in rows:
                row.digest = laid_over(bytes(row.digest), in_use)
                row.pepper_id = f"{row.pepper_id}+{in_use}"
            Credentials.objects.bulk_update(rows, ["digest", "pepper_id"])
        if not rows:
            return
        yield len(rows)
