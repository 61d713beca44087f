"""The quota of a centre in File Exchange, and how large a file may be: said before an upload begins, and
checked again as it comes. Only what has arrived takes room, so that nobody keeps others out with uploads
that send nothing."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from centres.models import Centre
from exchange.models import Upload, Version

FULL_DISK = (
    "The storage is full, or cannot be reached. What was sent so far is kept. Tell the awarding body, and "
    "continue when it is fixed."
)
NO_ROOM = (
    "The storage is full, or cannot be reached. Nothing of the file was kept. Tell the awarding body, "
    "and try again when it is fixed."
)

FILLED = (
    "There is no room left: other files have come meanwhile. What was sent so far is kept for a day. "
    "Withdraw what is no longer needed, or ask the awarding body; then choose the same file again to continue."
)


class CannotUpload(Exception):
    """A file cannot be uploaded; the text says why, and what to do."""


class TooLarge(CannotUpload):
    """It is larger than a file may be, or than the room that is left."""


@dataclass(frozen=True)
class Quota:
    used: int  # bytes
    limit: int

    @property
    def free(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.used / self.limit)) if self.limit else 100


def quota_of(centre: Centre, *, but: Upload | None = None) -> Quota:
    """What the files of all exchanges of this centre take up, with what has come of those on their way
    in (two queries)."""
    there = Version.objects.filter(file__centre=centre, stored__wrapped_key__isnull=False)
    coming = Upload.objects.filter(centre=centre, version=None)
    if but:
        coming = coming.exclude(pk=but.pk)
    used = _sum(there, "stored__size") + _sum(coming, "stored__size")
    return Quota(used=used, limit=settings.EXCHANGE_CENTRE_LIMIT)


def _sum(rows, field: str) -> int:
    return rows.order_by().aggregate(sum=Sum(field))["sum"] or 0


def check(centre: Centre, length: int, *, but: Upload | None = None) -> None:
    """Raises TooLarge for a file of this length. Ask with the centre's row locked."""
    if length > settings.EXCHANGE_FILE_LIMIT:
        raise TooLarge(
            f"A file may be {filesizeformat(settings.EXCHANGE_FILE_LIMIT)} at most; this one is "
            f"{filesizeformat(length)}. Split it."
        )
    free = quota_of(centre, but=but).free
    if length > free:
        raise TooLarge(
            f"There is room for {filesizeformat(free)} more, and this file is "
            f"{filesizeformat(length)}. Withdraw what is no longer needed, or ask the awarding body."
        )


def check_still(upload: Upload, size: int) -> None:
    """So much of it has come, or will have: raises TooLarge when others have filled the room meanwhile."""
    if size > quota_of(upload.centre, but=upload).free:
        raise TooLarge(FILLED)
