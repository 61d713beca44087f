"""Template tags of letters, on pages and paper: what each says of them, and which way a name is read."""

from typing import Any
from uuid import UUID

from django import template

from centres.access import ActingFor, associates_of
from core.pdf.shaping import direction
from credentials.letters.outdated import count_outdated
from credentials.views.banner import banner_for

register = template.Library()
register.filter(direction)


@register.inclusion_tag("credentials/_banner.html")
def letters_banner(acting: ActingFor, but: UUID | None = None) -> dict[str, Any]:
    """Of letters under way. `but` is the letter file, or batch, that the page itself tells of."""
    return {"acting": acting, "banner": banner_for(acting, but=but)}


@register.inclusion_tag("credentials/_outdated_at_associates.html")
def outdated_at_associates(acting: ActingFor) -> dict[str, Any]:
    """The Associate Centres with outdated letters, and how many: whoever saves a delay or a contact
    is told at once, and whoever comes later too (rule 12)."""
    associates = associates_of(acting.centre).order_by("number")
    counts = count_outdated(associates, acting.series)
    return {
        "acting": acting,
        "outdated": [(one, counts[one.pk]) for one in associates if counts[one.pk]],
    }
