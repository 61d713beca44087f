"""The call list as a CSV: whom to telephone, as their time has come and they have not seen their results (rule 19).

It names candidates, so whoever downloads it is recorded, at each centre that it names somebody of, before
the first line goes out. It holds no login and no grade.
"""

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from centres import audit
from centres.models import AuditEvent, Series
from core import csv_files

HEADS = ["Centre", "Centre name", "Number", "Name", "Group", "Letter made", "Login tried"]
YES = {True: "yes", False: "no"}


def download(*, candidates: QuerySet, series: Series, by: User, file: Any) -> None:
    """Write the list (`results_day.counts.to_telephone`) into the file, and record that it was downloaded."""
    centres = {one.centre for one in candidates}
    AuditEvent.objects.bulk_create(
        audit.event("not_seen_downloaded", by=by, centre=centre, series=series)
        for centre in sorted(centres, key=lambda centre: centre.number)
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
        for one in candidates
    )
    file.writelines(csv_files.pieces(rows, head=[HEADS]))
