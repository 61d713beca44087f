"""Template tags of letters, on pages and paper: what each says of them, and which way a name is read."""

from typing import Any
from uuid import UUID

from django import template

from centres.access import ActingFor
from core.pdf.shaping import direction
from credentials.associates.letters_under_way import failed_at

register = template.Library()
register.filter(direction)


@register.inclusion_tag("credentials/_banner.html")
def letters_banner(acting: ActingFor, but: UUID | None = None) -> dict[str, Any]:
    """Of letters that could not be made. `but` is the letter file of which the page itself tells."""
    file = failed_at(acting)
    return {"acting": acting, "file": None if file and file.pk == but else file, "but": but}
