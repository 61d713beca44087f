"""What these pages say above all else: the same as every page of *View entries and results*."""

from typing import Any

from centres.access import Desk
from results.staff_site.frame import framed
from results.taking_away.heading import Heading


def framed_by(heading: Heading, desk: Desk, **more: Any) -> dict[str, Any]:
    """The context of a page; `heading`: that of all that it is about."""
    restricted = {name: one.instant for one in heading.restricted for name in one.qualifications}
    awaited = {name: one.instant for one in heading.awaited for name in one.qualifications}
    return framed(desk, restricted=restricted, awaited=awaited, **more)
