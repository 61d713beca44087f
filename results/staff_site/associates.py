"""Associate Centres of a main centre, side by side: of each its entries and their outcomes.

A page of them at a time, in a constant number of queries, however many there are.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.contrib.auth.models import AbstractUser
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from centres.models import Centre, Entry, Series
from results.staff_site.listing import Order
from results.staff_site.tallies import Counts, counted, tallies_of

SORTS = ("number", "name", "entries")


@dataclass(frozen=True)
class Line:
    centre: Centre
    counts: Counts


def in_order(
    centres: QuerySet[Centre], series: Series, *, only: Q, order: Order
) -> QuerySet[Centre]:
    """These centres by number, by name, or by how many entries they have (of those that `only`
    allows)."""
    back = "-" if order.backwards else ""
    if order.by != "entries":
        return centres.order_by(f"{back}{order.by}", "number")
    entered = Entry.objects.filter(only, candidate__centre=OuterRef("pk"), candidate__series=series)
    many = entered.order_by().values("candidate__centre").annotate(many=Count("pk")).values("many")
    entries = Coalesce(Subquery(many), 0, output_field=IntegerField())
    return centres.annotate(entries=entries).order_by(f"{back}entries", "number")


def lines_of(
    centres: Sequence[Centre],
    series: Series,
    *,
    user: AbstractUser,
    only: Q,
    at: dt.datetime | None = None,
) -> list[Line]:
    """A line for each of these centres, in their order (one query)."""
    entries = Entry.objects.filter(only, candidate__centre__in=centres, candidate__series=series)
    tallies = sorted(tallies_of(entries, user=user, at=at), key=lambda one: one.centre)
    of_centres = {
        number: counted(found) for number, found in groupby(tallies, lambda one: one.centre)
    }
    return [Line(centre, of_centres.get(centre.number, Counts(()))) for centre in centres]
