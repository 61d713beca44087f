"""Find candidates of a centre by number, by name in any script, or by UCI.

As on the pages of the results service: every word of the search, in whatever order, whatever its case
and accents (`credentials.candidate_list.found`).
"""

from django.db.models import QuerySet

from centres.models import Candidate
from credentials.candidate_list import found
from results.browsing.listing import Order

SORTS = ("number", "name")


def candidates_found(
    candidates: QuerySet[Candidate], *, search: str = "", order: Order
) -> list[int]:
    """The primary keys of those whom a search finds, or of all, in this order (one query)."""
    back = "-" if order.backwards else ""
    rows = candidates.order_by(f"{back}{order.by}", "number").values_list(
        "pk", "number", "name", "uci"
    )
    return [
        pk
        for pk, number, name, uci in rows.iterator()
        if not search or found(search, f"{number} {name} {uci}")
    ]
