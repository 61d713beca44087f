"""Centres as the board looks at them: the list, and of one what it is, who works there, and what is in its series.

What stands here is changed by loading files: centres and their links, staff, entries, results.
"""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from centres.models import Candidate, Centre, Entry, Membership, Series, SubcentreLink
from core.searching import finding
from credentials.models import Credentials
from results.staff_release import NOT_STORED

MAIN, ASSOCIATE, OTHER = "main", "associate", "other"
IS_MAIN = Q(is_main=True)
IS_ASSOCIATE = Q(main_link__isnull=False)
KINDS = {
    "": ("All", Q()),
    MAIN: ("Main centres", IS_MAIN),
    ASSOCIATE: ("Associate Centres", IS_ASSOCIATE),
    OTHER: ("Others", ~IS_MAIN & ~IS_ASSOCIATE),
}


def found(search: str) -> QuerySet[Centre]:
    """Those with every word in number, name or country, each with its main centre, and whether it is one."""
    attached = SubcentreLink.objects.filter(main=OuterRef("pk"))
    return (
        Centre.objects.filter(finding(search, "number", "name", "country"))
        .annotate(is_main=Exists(attached))
        .select_related("main_link__main")
    )


def counted(centres: QuerySet[Centre]) -> dict[str, int]:
    """How many there are of each of KINDS (one query)."""
    return centres.aggregate(
        **{kind or "all": Count("pk", filter=which) for kind, (_, which) in KINDS.items()}
    )


@dataclass(frozen=True)
class InSeries:
    """What a centre has in a series: candidates with a valid entry, logins that work, entries without a
    result."""

    series: Series
    candidates: int
    logins: int
    entries: int
    missing: int


def in_each_series(centre: Centre) -> list[InSeries]:
    """Newest first (four queries)."""
    entries = Entry.objects.valid().filter(candidate__centre=centre).order_by()
    by_series = entries.values_list("candidate__series")
    counts = {
        series: (many, missing)
        for series, many, missing in by_series.annotate(
            Count("pk"), missing=Count("pk", filter=NOT_STORED)
        )
    }
    valid = Exists(Entry.objects.valid().filter(candidate=OuterRef("pk")))
    candidates = Candidate.objects.filter(valid, centre=centre).order_by().values_list("series")
    people = dict(candidates.annotate(Count("pk")))
    live = Credentials.objects.live().filter(candidate__centre=centre).order_by()
    logins = dict(live.values_list("candidate__series").annotate(Count("pk")))
    return [
        InSeries(one, people.get(one.pk, 0), logins.get(one.pk, 0), *counts[one.pk])
        for one in Series.objects.filter(pk__in=counts)
    ]


def staff_of(centre: Centre) -> QuerySet[Membership]:
    working = Membership.objects.filter(centre=centre).select_related("user")
    return working.order_by(F("suspended_at").asc(nulls_first=True), "user__name", "user__username")


def attached_to(centre: Centre) -> QuerySet[Centre]:
    return Centre.objects.filter(main_link__main=centre).order_by("number")
