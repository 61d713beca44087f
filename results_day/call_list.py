"""The call list as a CSV: whom to telephone, as their time has come and they have not seen their results (rule 19).

It names candidates, so whoever downloads it is recorded, at each centre that it names somebody of, before
the first line goes out. It holds no login and no grade. It is read and given some hundred at a time: a main
centre has a hundred thousand.
"""

from collections.abc import Iterator

from django.db.models import QuerySet

from accounts.models import User
from centres import audit
from centres.models import AuditEvent, Centre, Series
from core import csv_files

HEADS = ["Centre", "Centre name", "Number", "Name", "Group", "Letter made", "Login tried"]
YES = {True: "yes", False: "no"}


def download(*, candidates: QuerySet, series: Series, by: User) -> Iterator[bytes]:
    """The list (`results_day.counts.to_telephone`), in pieces, when it is recorded that it was downloaded."""
    of = candidates.order_by().values("centre").distinct()
    AuditEvent.objects.bulk_create(
        audit.event("not_seen_downloaded", by=by, centre=centre, series=series)
        for centre in Centre.objects.filter(pk__in=of).order_by("number")
    )
    rows = (
        [
            one.centre.number,
            one.centre.name,
            one.number,
            one.name,
            one.group,
            YES[one.has_login],
            YES[one.tried],
        ]
        for one in candidates.iterator(chunk_size=csv_files.AT_ONCE)
    )
    return csv_files.pieces(rows, heads=HEADS)
