"""Whoever takes entries and results away is recorded, at each centre of which the file tells. The trail
says which kind of file it was, and no grade."""

from centres import audit
from centres.models import AuditEvent, Centre
from results.taking_away.whose import Whose


def record_taken(whose: Whose, subject: str, *, action: str = "results_taken") -> None:
    """Before the first byte goes out. `subject`: what was taken, such as “Broadsheet, CSV”."""
    centres = Centre.objects.filter(
        pk__in=whose.entries.values("candidate__centre").distinct()
    ).order_by("number")
    AuditEvent.objects.bulk_create(
        audit.event(action, by=whose.user, centre=centre, series=whose.series, subject=subject)
        for centre in centres
    )
