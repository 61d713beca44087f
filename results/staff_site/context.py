"""The context of every page of *View entries and results*: of whom it is, until when it must not be passed
on, and from when the rest can be seen."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from centres.access import ActingFor, associates_of
from centres.release_moments import moments
from results.models import FORMATS, Format, What

MENU = (What.BROADSHEET, What.LISTING, What.STATEMENTS)


def framed(
    acting: ActingFor,
    *,
    restricted: Mapping[str, dt.datetime],
    awaited: Mapping[str, dt.datetime],
    not_available: int = 0,
    **more: Any,
) -> dict[str, Any]:
    """The context of a page. `restricted`, `awaited`: qualification -> until when, from when; `not_available`: of how
    many entries shown the release has come, and nothing can be shown."""
    return {
        "acting": acting,
        "associates": list(associates_of(acting.home).order_by("number")),
        "restricted": moments(restricted, acting.centre),
        "awaited": moments(awaited, acting.centre),
        "not_available": not_available,
        "downloads": [
            (what.value, what.label, [(one, Format(one).label) for one in FORMATS[what]])
            for what in MENU
        ],
        **more,
    }
