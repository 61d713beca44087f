"""End the logins of whoever loses access, for good and in the same transaction (rule 9).

Whatever takes access away (Subcentre Management, *Edit status*, the board) acts inside
`shutting_out`. Given access again, credentials must be created anew. A centre that is detached from
its main centre loses all that it had from it, the delay too: its logins end, or they would show
results before the time that their letters give.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from centres import audit
from centres.models import AuditEvent, Centre, Series, SubcentreLink, User
from centres.status import with_access
from credentials.models import Credentials

CENTRE, SERIES = "candidate__centre_id", "candidate__series_id"


@contextmanager
def shutting_out(
    *, by: User | str, series: Series | None = None, centres: QuerySet[Centre] | None = None
) -> Iterator[dict[str, int]]:
    """Act inside it. Afterwards every live login without access is revoked, and the audit says how
    many in each centre; so does what it gives, by the centre's number. Name the series and centres,
    where known, to look at no others."""
    ended: dict[str, int] = {}
    with transaction.atomic():
        links = _links(centres)
        yield ended
        _wait_for_letters(series)
        losing = _losing(series, centres, links)
        counts = _counted(losing)
        if counts:
            losing.update(
                revoked_at=timezone.now(), revoked_because=Credentials.Reason.ACCESS_REMOVED
            )
            ended.update(_record(counts, by))


def would_shut_out(
    act: Callable[[], object],
    *,
    series: Series | None = None,
    centres: QuerySet[Centre] | None = None,
) -> dict[str, int]:
    """Centre number -> how many logins would end if `act` were done. Nothing is changed by asking:
    the act is really done, counted by the same rule, and rolled back. What it raises is raised."""
    with transaction.atomic():
        links = _links(centres)
        act()
        counts = _counted(_losing(series, centres, links))
        transaction.set_rollback(True)
    return _by_number(counts, Centre.objects.in_bulk({centre for centre, _ in counts}))


def _by_number(counts: dict[tuple[int, int], int], centres: dict[int, Centre]) -> dict[str, int]:
    losing = dict.fromkeys(sorted(centre.number for centre in centres.values()), 0)
    for (centre, _), count in counts.items():
        losing[centres[centre].number] += count
    return losing


def _losing(
    series: Series | None, centres: QuerySet[Centre] | None, links: dict[int, int]
) -> QuerySet:
    """Live logins of candidates without access, or of centres that had one of `links` and lost it."""
    live = Credentials.objects.live()
    if series is not None:
        live = live.filter(candidate__series=series)
    if centres is not None:
        live = live.filter(candidate__centre__in=centres)
    links_now = _links(centres)
    detached = [centre for centre, link in links.items() if links_now.get(centre) != link]
    losing = with_access(live, "candidate__").filter(
        Q(has_access=False) | Q(candidate__centre__in=detached)
    )
    return Credentials.objects.filter(pk__in=losing.order_by().values("pk"))


def _links(centres: QuerySet[Centre] | None) -> dict[int, int]:
    """Associate Centre -> its link. Who names the centres that an act concerns changes no links."""
    if centres is not None:
        return {}
    return dict(SubcentreLink.objects.values_list("associate_id", "pk"))


def _counted(losing: QuerySet) -> dict[tuple[int, int], int]:
    """(centre, series) -> how many, by primary keys."""
    rows = losing.order_by().values_list(CENTRE, SERIES).annotate(Count("pk"))
    return {(centre, series): count for centre, series, count in rows}


def _wait_for_letters(series: Series | None) -> None:
    """Let a part of letters that is being put in place finish, so that its logins are seen here;
    none that begins later passes before this act has committed (see `credentials.parts`)."""
    rows = Series.objects.order_by("pk").select_for_update(no_key=True)
    list(rows.filter(pk=series.pk) if series else rows)


def _record(counts: dict[tuple[int, int], int], by: User | str) -> dict[str, int]:
    """Centre number -> how many, in all its series."""
    centres = Centre.objects.in_bulk({centre for centre, _ in counts})
    series = Series.objects.in_bulk({one for _, one in counts})
    AuditEvent.objects.bulk_create(
        audit.event(
            "credentials_revoked",
            by=by,
            centre=centres[centre],
            series=series[one],
            new={"revoked": count},
        )
        for (centre, one), count in sorted(counts.items())
    )
    return _by_number(counts, centres)
