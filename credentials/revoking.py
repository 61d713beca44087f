"""End the logins of whoever loses access, for good and in the same transaction (rule 9).

Whatever takes access away (Subcentre Management, *Edit status*, the board) acts inside
`shutting_out`. Given access again, credentials must be created anew. A centre that is detached from
its main centre loses all that it had from it, the delay too: its logins end, or they would show
results before the time that their letters give. A login is a person's: it ends, too, when the person's
candidate number is given to somebody else (rule 22).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from centres import audit
from centres.ask_pages import fingerprint
from centres.models import AuditEvent, Centre, Series, SubcentreLink, User
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


class Losing(dict[str, int]):
    """Centre number -> how many logins end for want of access. `which`: the primary keys of all that end."""

    which: list[UUID]

    @property
    def counted(self) -> str:
        """What an ask page tells (`centres.ask_pages`)."""
        return fingerprint(sorted(map(str, self.which)))


@contextmanager
def shutting_out(
    *, by: User | str, series: Series | None = None, centres: QuerySet[Centre] | None = None
) -> Iterator[Losing]:
    """Act inside it. Afterwards every live login without access is revoked, and the audit says how
    many in each centre; so does what it gives. Name the series and centres, where known, to look at no
    others."""
    ended = Losing()
    with transaction.atomic():
        links = _links(centres)
        yield ended
        _wait_for_letters(series)
        losing = _losing(series, centres, links)
        ended.which = list(losing.values_list("pk", flat=True))
        if endings := _counted(losing):
            now, why = timezone.now(), Credentials.Reason
            if any(one.of_former_holders for one in endings):
                former = Credentials.objects.live().filter(OF_FORMER_HOLDERS)
                former.update(revoked_at=now, revoked_because=why.NUMBER_GIVEN)
            losing.update(revoked_at=now, revoked_because=why.ACCESS_REMOVED)
            ended.update(_record(endings, by))


def would_shut_out(
    act: Callable[[], object],
    *,
    series: Series | None = None,
    centres: QuerySet[Centre] | None = None,
) -> Losing:
    """Which logins would end if `act` were done. Nothing is changed by asking: the act is really done,
    counted by the same rule, and rolled back. What it raises is raised."""
    would = Losing()
    with transaction.atomic():
        links = _links(centres)
        act()
        losing = _losing(series, centres, links)
        would.which = list(losing.values_list("pk", flat=True))
        endings = _counted(losing)
        transaction.set_rollback(True)
    would.update(_by_number(endings, Centre.objects.in_bulk({one.centre for one in endings})))
    return would


def of_former_holders() -> int:
    """How many logins of people whose number was given to somebody else still live: outside of an act
    that is not done yet, none."""
    return Credentials.objects.live().filter(OF_FORMER_HOLDERS).count()


def _by_number(endings: list[Ending], centres: dict[int, Centre]) -> dict[str, int]:
    """Centre number -> how many lose access, in all its series."""
    losing: Counter[str] = Counter()
    for one in endings:
        losing[centres[one.centre].number] += one.without_access
    return {number: count for number, count in sorted(losing.items()) if count}


def _losing(
    series: Series | None, centres: QuerySet[Centre] | None, links: dict[int, int]
) -> QuerySet:
    """Live logins of candidates without access, and of centres that had one of `links` and lost it. Who
    is set aside belongs to no centre, so has no access either."""
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


def _counted(losing: QuerySet) -> list[Ending]:
    rows = losing.order_by().values_list(CENTRE, SERIES)
    former = Count("pk", filter=OF_FORMER_HOLDERS)
    counted = rows.annotate(without_access=Count("pk") - former, former=former)
    return sorted(Ending(*row) for row in counted)


def _wait_for_letters(series: Series | None) -> None:
    """Let a part of letters that is being put in place finish, so that its logins are seen here;
    none that begins later passes before this act has committed (see `credentials.parts`)."""
    rows = Series.objects.order_by("pk").select_for_update(no_key=True)
    list(rows.filter(pk=series.pk) if series else rows)


def _record(endings: list[Ending], by: User | str) -> dict[str, int]:
    """A row of the trail for each centre, series and reason."""
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
    return _by_number(endings, centres)
