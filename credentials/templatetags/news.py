"""`{% letters_news desk %}`: what every page of a series says of letters (`credentials.news`)."""

from typing import Any
from uuid import UUID

from django import template

from centres.access import Desk
from credentials.news import news_for

register = template.Library()


@register.inclusion_tag("credentials/_news.html")
def letters_news(desk: Desk, but: UUID | None = None) -> dict[str, Any]:
    """`but` is the letter file, or batch, that the page itself tells of."""
    return {"desk": desk, "news": news_for(desk, but=but)}
