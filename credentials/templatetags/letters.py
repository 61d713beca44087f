"""Letters, on pages and on paper: what every page says of them, and from which side a name is read."""

import unicodedata
from typing import Any
from uuid import UUID

from django import template

from centres.access import Desk, associates_of
from credentials.letters.outdated import count_outdated
from credentials.views.banner import news_for

register = template.Library()


@register.filter
def direction(text: str) -> str:
    """`ltr` or `rtl`: that of its first letter, whatever the language around it."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


@register.inclusion_tag("credentials/_banner.html")
def letters_news(desk: Desk, but: UUID | None = None) -> dict[str, Any]:
    """Of letters under way. `but` is the letter file, or batch, that the page itself tells of."""
    return {"desk": desk, "news": news_for(desk, but=but)}


@register.inclusion_tag("credentials/_outdated_at_associates.html")
def outdated_at_associates(desk: Desk) -> dict[str, Any]:
    """The Associate Centres with outdated letters, and how many: whoever saves a delay or a contact
    is told at once, and whoever comes later too (rule 12)."""
    associates = associates_of(desk.centre).order_by("number")
    counts = count_outdated(associates, desk.series)
    return {
        "desk": desk,
        "outdated": [(one, counts[one.pk]) for one in associates if counts[one.pk]],
    }
