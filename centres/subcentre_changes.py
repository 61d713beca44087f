"""What *Save* would do at Subcentre Management, in lines that people read before they press it (rules 8 to 12)."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from centres.access_changes import AtStake
from centres.models import ContactChoice
from centres.subcentres import Management, Row
from core.dates import hours

MOST_KINDS = 3  # of changes of delay that are told one by one
MOST_NAMED = 3  # centres
ASKS = "you are asked first"
LABELS = dict(ContactChoice.choices)


@dataclass(frozen=True)
class Line:
    """How many, what becomes of them, and what is asked before that."""

    many: str
    what: str
    asks: str = ""


@dataclass(frozen=True)
class Changes:
    """All that would be otherwise. `logins` end; `outdated` letters at `outdated_at` centres become so."""

    lines: list[Line]
    logins: int = 0
    outdated: int = 0
    outdated_at: int = 0

    @property
    def in_short(self) -> str:
        """“212 letters become outdated · 12 logins end: you are asked before that”."""
        letters = f"{_many(self.outdated, 'letter')} become{_s(self.outdated)} outdated"
        logins = f"{_many(self.logins, 'login')} end{_s(self.logins)}: you are asked before that"
        return " · ".join(
            text for text, is_so in ((letters, self.outdated), (logins, self.logins)) if is_so
        )


def what_changes(today: Management, wanted: Management, stake: AtStake) -> Changes:
    after = today.once_saved(wanted)
    now, then = today.in_force(), after.in_force()
    outdated = sum(stake.outdated.values())
    lines = [
        *_tick(today, after),
        *_delays(now, then),
        *_access(now, then, stake),
        *_contacts(now, then),
        *_contact(today, after),
    ]
    if stake.unnamed:
        one = len(stake.unnamed) == 1
        lines.append(
            Line(
                _many(len(stake.unnamed), "centre"),
                f"{'has' if one else 'have'} nobody to ask then: {_named(stake.unnamed)}",
                ASKS,
            )
        )
    if outdated:
        at = _many(len(stake.outdated), "centre")
        lines.append(Line(_many(outdated, "letter"), f"at {at} become{_s(outdated)} outdated"))
    return Changes(lines, sum(stake.logins.values()), outdated, len(stake.outdated))


def _tick(today: Management, after: Management) -> Iterator[Line]:
    if today.use_defaults == after.use_defaults:
        return
    if after.use_defaults:
        yield Line("Use defaults", f"applies to all {len(after.rows)} Associate Centres")
    else:
        yield Line("Each row", "applies to its own centre")


def _delays(now: Mapping[str, Row], then: Mapping[str, Row]) -> Iterator[Line]:
    kinds = Counter(
        (now[number].delay, row.delay)
        for number, row in then.items()
        if now[number].delay != row.delay
    ).most_common()
    told = kinds if len(kinds) <= MOST_KINDS else kinds[: MOST_KINDS - 1]
    for (old, new), count in told:
        yield Line(_many(count, "centre"), f"delay {hours(old)} → {hours(new)}")
    if others := sum(count for _, count in kinds[len(told) :]):
        yield Line(_many(others, "centre"), "other delays")


def _access(
    now: Mapping[str, Row],
    then: Mapping[str, Row],
    stake: AtStake,
) -> Iterator[Line]:
    changed = [number for number in then if now[number].give_access != then[number].give_access]
    given = [number for number in changed if then[number].give_access]
    lost = [number for number in changed if not then[number].give_access]
    if given:
        yield Line(_many(len(given), "centre"), f"get{_s(len(given))} access: {_named(given)}")
    if lost:
        logins = sum(stake.logins.values())
        ends = f"{_many(logins, 'login')} end{_s(logins)} at once" if logins else "No login ends"
        what = f"lose{_s(len(lost))} access: {_named(lost)}. {ends}"
        yield Line(_many(len(lost), "centre"), what, ASKS if logins else "")


def _contacts(now: Mapping[str, Row], then: Mapping[str, Row]) -> Iterator[Line]:
    kinds = Counter(
        (now[number].contact_choice, row.contact_choice)
        for number, row in then.items()
        if now[number].contact_choice != row.contact_choice
    )
    for (old, new), count in kinds.most_common():
        yield Line(_many(count, "centre"), f"contact {LABELS[old]} → {LABELS[new]}")


def _contact(today: Management, after: Management) -> Iterator[Line]:
    if today.contact != after.contact:
        rows = after.in_force().values()
        count = sum(row.contact_choice == ContactChoice.DEFAULT for row in rows)
        yield Line(_many(count, "centre"), "set to “Default” get other contact details")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _s(count: int) -> str:
    """Of the verb."""
    return "s" if count == 1 else ""


def _named(numbers: Collection[str]) -> str:
    named = ", ".join(list(numbers)[:MOST_NAMED])
    more = len(numbers) - MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named
