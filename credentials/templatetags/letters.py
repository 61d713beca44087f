"""Template tags of letters, on pages and paper: what each says of them, and which way a name is read."""

from typing import Any
from uuid import UUID

from django import template

from centres.access import ActingFor
from core.pdf.shaping import direction
from credentials.views.banner import banner_for

register = template.Library()
register.filter(direction)


@register.inclusion_tag("credentials/_banner.html")
def letters_banner(acting: ActingFor, but: UUID | None = None) -> dict[str, Any]:
    """Of letters under way. `but` is the letter file, or batch, that the page itself tells of."""
    return {"acting": acting, "banner": banner_for(acting, but=but)}
