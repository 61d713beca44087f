"""What stands above the rows of Subcentre Management, and was pressed there: chips, search, ticks, *Apply to the
ticked*. None of it saves anything: it decides which rows are shown, and fills fields in."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import QueryDict

from centres.forms.subcentre_rows import Delays, RowOnPage
from centres.models import ContactChoice
from core.searching import found, searched_for

ALL, OWN, CHANGED = "all", "own", "changed"
CHIPS = {
    ALL: "All",
    "no-access": "No access",
    "centre-defined": "Centre defined",
    "with-delay": "With a delay",
    CHANGED: "Changed",
}
CHIPS_OF_DEFAULTS = {ALL: "All", OWN: "Own values kept"}


@dataclass(frozen=True)
class Chip:
    """A choice above the table: its name in the form, how people read it, how many rows it shows."""

    slug: str
    label: str
    count: int


@dataclass(frozen=True)
class Bulk:
    """What is typed for all ticked rows; "" leaves as it is."""

    delay: str = ""
    access: str = ""
    choice: str = ""
    error: str = ""

    def changes(self, row: RowOnPage) -> bool:
        return bool(
            (self.delay and self.delay != row.delay)
            or (self.access and (self.access == "given") != row.access)
            or (self.choice and self.choice != row.choice)
        )


def bulk_in(posted: QueryDict) -> Bulk:
    delay = posted.get("bulk-delay", "").strip()
    access, choice = posted.get("bulk-access", ""), posted.get("bulk-contact_choice", "")
    return Bulk(
        delay=delay,
        access=access if access in ("given", "not-given") else "",
        choice=choice if choice in ContactChoice.values else "",
        error=Delays().of(delay)[1] if delay else "",
    )


class Tools:
    """The tools of these rows. `show`: which to show where nothing was posted; `own_of`: what a row keeps
    that is not in force, in words."""

    def __init__(
        self,
        posted: QueryDict,
        rows: list[RowOnPage],
        *,
        counts_defaults: bool,
        show: str,
        own_of: Callable[[RowOnPage], str],
    ) -> None:
        self.rows, self.own_of = rows, own_of
        self.search = searched_for(posted)
        self.shown = posted.get("show") or posted.get("shown") or show
        if self.shown not in (CHIPS_OF_DEFAULTS if counts_defaults else CHIPS):
            self.shown = ALL
        self.bulk = bulk_in(posted)
        ticked = set(posted.getlist("ticked"))
        for row in rows:
            row.ticked = row.name in ticked
        self.act = self._act(posted)
        self._do()

    def _act(self, posted: QueryDict) -> str:
        """*Enter* in a field searches where another search was typed, applies where something was typed for the
        ticked rows, and saves else."""
        if "edit" in posted or "show" in posted:
            return "show"
        act = posted.get("do", "save")
        if act != "enter":
            return act
        if self.search != searched_for(posted, "searched"):
            return "search"
        return "apply" if any(self.bulk.changes(row) for row in self.ticked) else "save"

    def _do(self) -> None:
        if self.act == "apply" and not self.bulk.error:
            for row in self.ticked:
                row.fill_in(self.bulk.delay, self.bulk.access, self.bulk.choice)
        for row in self.rows:
            row.hidden = not self._is_shown(row)
        if self.act == "tick":
            for row in self.rows:
                row.ticked = row.ticked or not row.hidden
        if self.act == "untick":
            for row in self.rows:
                row.ticked = False

    def _is_shown(self, row: RowOnPage) -> bool:
        if not self._is_in(row, self.shown):
            return False
        name = row.centre.name if row.centre else ""
        return not self.search or found(self.search, f"{row.name} {name}")

    def _is_in(self, row: RowOnPage, slug: str) -> bool:
        if slug == "no-access":
            return not row.access
        if slug == "centre-defined":
            return row.choice == ContactChoice.CENTRE_DEFINED
        if slug == "with-delay":
            return bool(row.row.delay)
        if slug == CHANGED:
            return bool(row.was)
        return slug == ALL or bool(self.own_of(row))

    @property
    def chips(self) -> list[Chip]:
        """Those of both states of *Use defaults*, as the page follows the tick."""
        both = {**CHIPS, **CHIPS_OF_DEFAULTS}
        return [
            Chip(slug, label, sum(self._is_in(row, slug) for row in self.rows))
            for slug, label in both.items()
        ]

    @property
    def ticked(self) -> list[RowOnPage]:
        return [row for row in self.rows if row.ticked]

    @property
    def shown_rows(self) -> list[RowOnPage]:
        return [row for row in self.rows if not row.hidden]

    @property
    def all_ticked(self) -> bool:
        return bool(self.shown_rows) and all(row.ticked for row in self.shown_rows)

    @property
    def not_applied(self) -> str:
        """Why what was typed for the ticked rows fills none of them."""
        if self.act != "apply":
            return ""
        if self.bulk.error:
            return self.bulk.error
        if not self.ticked:
            return "Tick the centres that it is for."
        return "" if self.bulk != Bulk() else "Choose a delay, access or contact for them."
