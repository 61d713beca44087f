"""Revoking: the logins of a candidate who loses access end for good, in the same transaction (rule 9).

Whatever takes access away says so by `centres.access_changes`. Given access again, credentials must be
created anew. A centre that is detached from its main centre loses all that it had from it, the delay
too: its logins end, or they would show results before the time that their letters give. A login is a
person's: it ends, too, when the person's candidate number is given to somebody else (rule 22).
"""

from collections import Counter
from typing import NamedTuple

from django.contrib.auth.models import AbstractUser
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from centres import audit
from centres.access_changes import AccessChange
from centres.models import AuditEvent, Centre, Series
from centres.status import with_access
from credentials.models import Credentials

CENTRE = Coalesce("candidate__centre_id", "candidate__former_centre_id")
SERIES = Coalesce("candidate__series_id", "candidate__former_series_id")
OF_FORMER_HOLDERS = Q(candidate__former_centre__isnull=False)  # of their numbers


class Ending(NamedTuple):
    """Of one centre in one series (primary keys): how many logins end, for want of access, and because
    the numbers of those who hold them were given to somebody else."""

    centre: int
    series: int
    without_access: int
    of_former_holders: int


def end_lost_logins(change: AccessChange) -> None:
    """Revoke every live login without access, now that access has changed; the audit says how many in
    each centre, and the change is told which."""
    _wait_for_letters(change.series)
    losing = _losing(change)
    change.logins = [str(pk) for pk in losing.values_list("pk", flat=True)]
    if change.logins:
        endings = _counted(losing)
        now, why = timezone.now(), Credentials.Reason
        change.of_former_holders = sum(one.of_former_holders for one in endings)
        if change.of_former_holders:
            former = Credentials.objects.live().filter(OF_FORMER_HOLDERS)
            former.update(revoked_at=now, revoked_because=why.NUMBER_GIVEN)
        losing.update(revoked_at=now, revoked_because=why.ACCESS_REMOVED)
        change.ended = _record(endings, change.by)


def _losing(change: AccessChange) -> QuerySet:
    """Live logins of candidates without access, and of centres that were detached. Who is set aside
    belongs to no centre, so has no access either."""
    live = Credentials.objects.live()
    if change.series is not None:
        live = live.filter(candidate__series=change.series)
    if change.centres is not None:
        live = live.filter(candidate__centre__in=change.centres)
    losing = with_access(live, "candidate__").filter(
        Q(has_access=False) | Q(candidate__centre__in=change.detached)
    )
    return Credentials.objects.filter(pk__in=losing.order_by().values("pk"))


def _counted(losing: QuerySet) -> list[Ending]:
    rows = losing.order_by().values_list(CENTRE, SERIES)
    former = Count("pk", filter=OF_FORMER_HOLDERS)
    counted = rows.annotate(without_access=Count("pk") - former, former=former)
    return sorted(Ending(*row) for row in counted)


def _wait_for_letters(series: Series | None) -> None:
    """Let a part of letters that is being put in place finish, so that its logins are seen here;
    none that begins later passes before this act has committed (see `credentials.letters.letter_parts`)."""
    rows = Series.objects.order_by("pk").select_for_update(no_key=True)
    list(rows.filter(pk=series.pk) if series else rows)


def _record(endings: list[Ending], by: AbstractUser | str) -> dict[str, int]:
    """A row of the trail for each centre, series and reason. Centre number -> how many lose access, in
    all its series."""
    centres = Centre.objects.in_bulk({one.centre for one in endings})
    series = Series.objects.in_bulk({one.series for one in endings})
    AuditEvent.objects.bulk_create(
        audit.event(
            "credentials_revoked",
            by=by,
            centre=centres[one.centre],
            series=series[one.series],
            new={"revoked": count, **why},
        )
        for one in endings
        for count, why in (
            (one.without_access, {}),
            (one.of_former_holders, {"because": "number given to somebody else"}),
        )
        if count
    )
    losing: Counter[str] = Counter()
    for one in endings:
        losing[centres[one.centre].number] += one.without_access
    return {number: count for number, count in sorted(losing.items()) if count}
