"""A letter (rule 14), as facts alone, so that it can be kept and printed later."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any
from zoneinfo import ZoneInfo

from centres.models.series import month_named
from centres.release_moments import Moment, moments
from core.dates import month


@dataclass(frozen=True)
class Letter:
    """All that is printed on one letter. `username` and `password` are grouped for reading;
    `visible_from` holds pairs of a qualification and its instant (ISO 8601, UTC), delay included;
    `undated` are the qualifications that have no release yet; `code_signs_in`: whether the QR code
    carries the login, and not the address alone; `group` is the candidate's when it is printed."""

    board: str
    site_address: str
    candidate_number: str
    candidate_name: str
    centre_number: str
    centre_name: str
    time_zone: str
    series: str
    username: str = field(repr=False)
    password: str = field(repr=False)
    visible_from: tuple[tuple[str, str], ...]
    undated: tuple[str, ...]
    contact_name: str
    contact_telephone: str
    contact_email: str
    code_signs_in: bool = True
    group: str = ""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def moments(self) -> list[Moment]:
        """When what can be seen, written in the language that is active now."""
        return moments(
            {name: dt.datetime.fromisoformat(at) for name, at in self.visible_from}, self
        )

    @property
    def series_in_words(self) -> str:
        """“June 2026”, written in the language that is active now."""
        named = month_named(self.series)
        return month(named) if named else self.series

    @property
    def times_differ(self) -> bool:
        return len({at for _, at in self.visible_from}) + bool(self.undated) > 1

    @property
    def code(self) -> str:
        """What the QR code holds. The login stands in the fragment, which no browser sends on."""
        if not self.code_signs_in:
            return self.site_address
        return f"{self.site_address}#{self.username}{self.password}".replace("-", "")

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "Letter":
        """What `as_json` gave, after a journey through JSON, which has no tuples. A letter that was stored
        before there was a field has none: give a new one a default."""
        names = {one.name for one in fields(cls)}
        return cls(**{name: _frozen(fact) for name, fact in facts.items() if name in names})


@dataclass(frozen=True)
class Printing:
    """How letters are printed: the language of their words; in large print; as a sample that lets
    nobody in; whether a cover sheet, to be signed by those who collect them, goes before; and whether each
    page has a blank back, for printers that print on both sides."""

    language: str = "en-gb"
    large: bool = False
    sample: bool = False
    cover_sheet: bool = False
    blank_backs: bool = False


def _frozen(value: Any) -> Any:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return tuple(map(_frozen, value))
    return value
