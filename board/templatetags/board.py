"""The board's bar: `{% board_bar %}`, on every page of the board."""

import datetime as dt
from typing import Any

from django import template
from django.utils import timezone

from board import bar
from centres.models.audit import UUID
from core.dates import board_clock, minute, zone_at

register = template.Library()


@register.inclusion_tag("board/_bar.html", takes_context=True)
def board_bar(context: template.Context) -> dict[str, Any]:
    request, now = context["request"], timezone.now()
    tabs, centres = bar.tabs(request.user, request.resolver_match.view_name)
    return {
        "tabs": tabs,
        "here": next((one.tab for one in tabs if one.here), None),
        "centres": centres,
        "local": minute(now.replace(second=0, microsecond=0), board_clock()).rpartition(", ")[2],
        "zone": zone_at(now, board_clock()),
        "now": now,
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def board_minute(instant: dt.datetime) -> str:
    """“11 August 2026, 06:00” by the board's clock, where its zone stands beside."""
    return minute(instant.replace(microsecond=0), board_clock())


@register.filter
def board_zone(instant: dt.datetime) -> str:
    """“London time (UTC+1)”, as it is at that instant."""
    return zone_at(instant, board_clock())


@register.filter
def percent(part: int, of: int) -> str:
    """A share to a tenth; 100 only where nothing lacks, 0 only where all does."""
    if not of:
        return "–"
    share = 1000 * part // of if part > 0 else 0
    return f"{share / 10:.1f} %".replace(".0 %", " %") if share or not part else "0.1 %"


@register.filter
def without_ids(subject: str) -> str:
    """What an event of the audit trail is about, without the number that nobody reads; its CSV keeps it."""
    return UUID.sub("", subject)
