"""centres.csv: the centres, and which Associate Centre is attached to which main centre.

A main centre may stand below its Associate Centres, so links are made when the whole file has been
read. There is one level only. A centre that is moved or detached loses what its former main centre
gave it: its rows of Subcentre Management go with the link (rules 7 to 9).
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from centres import audit
from centres.loading.kind import BATCH, Cells, Kind, batches
from centres.loading.references import centres_numbered, no_centre
from centres.loading.report import Outcome, Report, Row
from centres.loading.storing import Key, Said, Storing, disagrees, together
from centres.loading.values import centre_number, quoted, text, time_zone
from centres.models import Centre, SubcentreLink


@dataclass(frozen=True, slots=True)
class Item:
    row: Row
    number: str
    name: str
    country: str
    time_zone: str
    main_centre: str


@dataclass(frozen=True, slots=True)
class Wish:
    """A centre of the file with the main centre that the file gives it, or an empty text."""

    number: str
    line: int
    main: str
    outcome: Outcome


class Centres(Storing[Centre]):
    model = Centre
    called = "centre"
    columns = {"name": "name", "country": "country", "time_zone": "time_zone"}

    def find(self, keys: Collection[Key]) -> dict[Key, Centre]:
        found = Centre.objects.filter(number__in={number for (number,) in keys})
        return {(centre.number,): centre for centre in found}

    def make(self, said: Said) -> Centre:
        return Centre(number=said.key[0], **said.values)


class CentresFile(Kind):
    name = "centres"
    columns = ("number", "name", "country", "time_zone", "main_centre")

    def __init__(self, report: Report, *, by: str) -> None:
        super().__init__(report, by=by)
        self.centres = Centres(report, self.claims)
        self.wishes = Wishes()

    def read(self, cells: Cells) -> Item:
        number = cells.take("number", centre_number)
        if number:
            self.wishes.mention(number, cells.row.line)
        return Item(
            cells.row,
            number,
            cells.take("name", text(200)),
            cells.take("country", text(100)),
            cells.take("time_zone", time_zone),
            cells.take("main_centre", lambda cell: cell.strip() and centre_number(cell)),
        )

    def save(self, items: list[Item]) -> None:
        outcomes = self.centres.store(
            Said(
                item.row,
                (item.number,),
                {"name": item.name, "country": item.country, "time_zone": item.time_zone},
            )
            for item in items
        )
        for item in items:
            if item.row not in outcomes:
                continue
            earlier = self.wishes.wish(item, outcomes[item.row])
            if earlier is None:
                continue
            self.counts[Outcome.UNCHANGED] += 1
            if earlier.main != item.main_centre:
                reason = disagrees(f"line {earlier.line}", "centre")
                self.report.add(item.row, "main_centre", reason)

    def finish(self) -> None:
        for some in batches(self.wishes.all(), BATCH):
            self._link(some)
            self.report.flush()
        self._find_second_level()

    def close(self) -> None:
        super().close()
        self.wishes.close()

    def _link(self, wishes: list[Wish]) -> None:
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
        former = [links[wish.number] for wish in differing if wish.number in links]
        SubcentreLink.objects.filter(pk__in=[link.pk for link in former]).delete()
        SubcentreLink.objects.bulk_create(
            SubcentreLink(main_id=centres[wish.main], associate_id=centres[wish.number])
            for wish in differing
            if wish.main
        )
        self._record(differing, links)

    def _possible(self, wish: Wish, centres: dict[str, int]) -> bool:
        if wish.main == wish.number:
            reason = "A centre cannot be attached to itself. Leave this empty for a main centre."
            self.report.add(Row(wish.line), "main_centre", reason)
            return False
        if wish.main and wish.main not in centres:
            # A main centre whose own row is bad has been reported there.
            if not self.wishes.line(wish.main):
                self.report.add(Row(wish.line), "main_centre", no_centre(wish.main))
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

    def _find_second_level(self) -> None:
        wrong = SubcentreLink.objects.filter(main__main_link__isnull=False).select_related(
            "associate", "main__main_link__main"
        )
        for link in wrong.iterator(chunk_size=BATCH):
            main, above = link.main, link.main.main_link.main
            reason = (
                f"{quoted(link.associate.number)} would be attached to {main.number}, which is "
                f"itself attached to {above.number}. An Associate Centre cannot be a main centre "
                "as well."
            )
            line = self.wishes.line(link.associate.number) or self.wishes.line(main.number) or 1
            self.report.add(Row(line), "main_centre", reason)


class Wishes:
    """Every centre of the file with its line and its main centre, on disk while the load lasts."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute(
            "CREATE TABLE wish (number TEXT PRIMARY KEY, line INT, main TEXT, outcome TEXT)"
        )
        self._database.execute("BEGIN")

    def close(self) -> None:
        self._database.close()

    def mention(self, number: str, line: int) -> None:
        self._database.execute(
            "INSERT INTO wish (number, line) VALUES (?, ?) ON CONFLICT DO NOTHING", (number, line)
        )

    def wish(self, item: Item, outcome: Outcome) -> Wish | None:
        """Note the first wish of a centre; returns it when there is one already."""
        noted = self._database.execute(
            "UPDATE wish SET line = ?, main = ?, outcome = ? WHERE number = ? AND outcome IS NULL",
            (item.row.line, item.main_centre, outcome, item.number),
        )
        if noted.rowcount:
            return None
        row = self._database.execute(
            "SELECT number, line, main, outcome FROM wish WHERE number = ?", (item.number,)
        ).fetchone()
        return _wish(row)

    def all(self):
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
