"""Links of Associate Centres to main centres, made, moved and ended as centres.csv says.

There is one level only. A centre that is moved or detached loses what its former main centre gave
it: its rows of Subcentre Management go with the link (rules 7 to 9).
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from centres import audit
from centres.models import Centre, SubcentreLink
from loading.engine.cells import quoted
from loading.engine.loader import BATCH
from loading.engine.report import Change, Counts, Outcome, Report, Row
from loading.engine.upsert import together
from loading.kinds.lookups import NO_CENTRE, centres_numbered


@dataclass(frozen=True, slots=True)
class Wish:
    """A centre of the file with the main centre that the file gives it, or an empty text."""

    number: str
    line: int
    main: str
    outcome: Outcome


class Wishes:
    """Every centre of the file with its line and its main centre, on disk while the load lasts."""

    @cached_property
    def _database(self) -> sqlite3.Connection:
        """Opened with the first mention, as that of `Claims` is."""
        database = sqlite3.connect("", isolation_level=None)
        database.execute(
            "CREATE TABLE wish (number TEXT PRIMARY KEY, line INT, main TEXT, outcome TEXT)"
        )
        database.execute("BEGIN")
        return database

    def close(self) -> None:
        self._database.close()

    def mention(self, number: str, line: int) -> None:
        self._database.execute(
            "INSERT INTO wish (number, line) VALUES (?, ?) ON CONFLICT DO NOTHING", (number, line)
        )

    def wish(self, wish: Wish) -> Wish | None:
        """Note the first wish of a centre; returns it when there is one already."""
        noted = self._database.execute(
            "UPDATE wish SET line = ?, main = ?, outcome = ? WHERE number = ? AND outcome IS NULL",
            (wish.line, wish.main, wish.outcome, wish.number),
        )
        if noted.rowcount:
            return None
        row = self._database.execute(
            "SELECT number, line, main, outcome FROM wish WHERE number = ?", (wish.number,)
        ).fetchone()
        return _wish(row)

    def all(self) -> Iterator[Wish]:
        rows = self._database.execute(
            "SELECT number, line, main, outcome FROM wish WHERE outcome IS NOT NULL ORDER BY line"
        )
        return map(_wish, rows)

    def line(self, number: str) -> int | None:
        row = self._database.execute("SELECT line FROM wish WHERE number = ?", (number,)).fetchone()
        return row[0] if row else None


def _wish(row: tuple[str, int, str, str]) -> Wish:
    number, line, main, outcome = row
    return Wish(number, line, main, Outcome(outcome))


class SubcentreLinks:
    """The links as the file wants them: made, moved and ended, and the rows of the file counted."""

    def __init__(self, wishes: Wishes, report: Report, counts: Counts, *, by: str) -> None:
        self.wishes = wishes
        self.report = report
        self.counts = counts
        self.by = by
        self.detached: set[int] = set()

    def attach(self, wishes: list[Wish]) -> None:
        """Make, move and remove links as the file says, and count its rows."""
        centres = centres_numbered({w.number for w in wishes} | {w.main for w in wishes})
        found = SubcentreLink.objects.filter(associate__number__in={w.number for w in wishes})
        links = {link.associate.number: link for link in found.select_related("associate", "main")}
        differing = []
        for wish in wishes:
            link = links.get(wish.number)
            same = wish.main == (link.main.number if link else "")
            self.counts[together(Outcome.UNCHANGED if same else Outcome.CHANGED, wish.outcome)] += 1
            if not same and self._possible(wish, centres):
                differing.append(wish)
                self._note(wish, link)
        former = [links[wish.number] for wish in differing if wish.number in links]
        SubcentreLink.objects.filter(pk__in=[link.pk for link in former]).delete()
        self.detached.update(link.associate_id for link in former)
        SubcentreLink.objects.bulk_create(
            SubcentreLink(main_id=centres[wish.main], associate_id=centres[wish.number])
            for wish in differing
            if wish.main
        )
        self._record(differing, links)

    def _note(self, wish: Wish, link: SubcentreLink | None) -> None:
        if self.report.note:
            row = Row(wish.line, {"number": wish.number})
            was = link.main.number if link else ""
            change = [("main_centre", was, wish.main)]
            self.report.note(Change(row, "attachment", Outcome.CHANGED, change))

    def _possible(self, wish: Wish, centres: dict[str, int]) -> bool:
        if wish.main == wish.number:
            reason = "A centre cannot be attached to itself. Leave this empty for a main centre."
            self.report.add(Row(wish.line), "main_centre", reason)
            return False
        if wish.main and wish.main not in centres:
            # A main centre whose own row is bad has been reported there.
            if not self.wishes.line(wish.main):
                self.report.add(Row(wish.line), "main_centre", NO_CENTRE, quoted(wish.main))
            return False
        return True

    def _record(self, wishes: list[Wish], links: dict[str, SubcentreLink]) -> None:
        """A row of the audit trail for each centre that was there and is moved or detached."""
        existing = [wish.number for wish in wishes if wish.outcome is not Outcome.CREATED]
        centres = Centre.objects.in_bulk(existing, field_name="number")
        for wish in wishes:
            if wish.number in centres:
                link = links.get(wish.number)
                audit.record(
                    "loaded",
                    by=self.by,
                    centre=centres[wish.number],
                    subject="main centre",
                    old={"main_centre": link.main.number if link else ""},
                    new={"main_centre": wish.main},
                )

    def find_second_level(self) -> None:
        wrong = SubcentreLink.objects.filter(main__main_link__isnull=False).select_related(
            "associate", "main__main_link__main"
        )
        for link in wrong.iterator(chunk_size=BATCH):
            main, above = link.main, link.main.main_link.main
            reason = (
                "{} would be attached to {}, which is itself attached to {}. An Associate Centre "
                "cannot be a main centre as well."
            )
            of = quoted(link.associate.number), main.number, above.number
            line = self.wishes.line(link.associate.number) or self.wishes.line(main.number) or 1
            self.report.add(Row(line), "main_centre", reason, *of)
