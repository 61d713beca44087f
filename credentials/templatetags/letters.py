"""What templates say of letters: from which side a name is read, and how many are outdated."""

import unicodedata
from typing import Any

from django import template

from centres.access import Desk, associates_of
from credentials.outdated import count_outdated

register = template.Library()


@register.filter
def direction(text: str) -> str:
    """`ltr` or `rtl`: that of its first letter, whatever the language around it."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


@register.inclusion_tag("credentials/_outdated_at_centres.html")
def outdated_at_associates(desk: Desk) -> dict[str, Any]:
    """The Associate Centres with outdated letters, and how many: whoever saves a delay or a contact
    is told at once, and whoever comes later too (rule 12)."""
    associates = associates_of(desk.centre)
    counts = count_outdated(associates, desk.series)
    outdated = [(one, counts[one.pk]) for one in associates.order_by("number") if counts[one.pk]]
    return {"desk": desk, "outdated": outdated}
