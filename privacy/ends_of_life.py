"""Ends of life: what is kept of people goes, or loses them, when its time has passed (rule 27).

docs/privacy.md tells what, after how long and why. The worker does it every hour, for a minute at most, in small
transactions; what is left the next hour does. `manage.py ends_of_life` does all of it at once, and
with `--dry-run` only counts. Sessions, log-ins, lock-outs and tasks: `portal.clearing`. Files: the `retention` of
their packages.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterator

from django.utils import timezone

from privacy import audit_trail, decisions_and_files, series_end

AN_HOURS_SHARE = 60  # seconds
PARTS = (series_end, audit_trail, decisions_and_files)


def remove_due() -> Counter[str]:
    """As much of it as goes in a minute; how much of what."""
    ends, gone = time.monotonic() + AN_HOURS_SHARE, Counter[str]()
    for some in batches():
        gone += some
        if time.monotonic() >= ends:
            break
    return gone


def batches(*, at: dt.datetime | None = None) -> Iterator[Counter[str]]:
    """A step at a time: what went with each."""
    at = at or timezone.now()
    for part in PARTS:
        yield from part.batches(at=at)


def count(*, at: dt.datetime | None = None) -> dict[str, int]:
    """How much would go now, by what it is; nothing is changed."""
    at = at or timezone.now()
    found = Counter[str]()
    for series in series_end.due(at=at):
        found += Counter({"series": 1, **series_end.count(series)})
    found += Counter(
        {"rows of the audit trail": audit_trail.due(at=at), **decisions_and_files.count(at=at)}
    )
    return dict(found)
