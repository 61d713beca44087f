"""centres.csv: the centres, and which Associate Centre is attached to which main centre.

A main centre may stand below its Associate Centres, so these are attached when the whole file has
been read (`subcentre_links`).
"""

from collections.abc import Collection
from dataclasses import dataclass

from centres.models import Centre
from loading.engine.cells import centre_number, text, time_zone
from loading.engine.loader import BATCH, Cells, Kind, batches
from loading.engine.report import Outcome, Report, Row
from loading.engine.upsert import DISAGREES, Key, Said, Upsert
from loading.kinds.subcentre_links import SubcentreLinks, Wish, Wishes


@dataclass(frozen=True, slots=True)
class Item:
    row: Row
    number: str
    name: str
    country: str
    time_zone: str
    main_centre: str


class Centres(Upsert[Centre]):
    model = Centre
    called = "centre"
    columns = {"name": "name", "country": "country", "time_zone": "time_zone"}
    names = ("name", "country")

    def find(self, keys: Collection[Key]) -> dict[Key, Centre]:
        found = Centre.objects.filter(number__in={number for (number,) in keys})
        return {(centre.number,): centre for centre in found}

    def make(self, said: Said) -> Centre:
        return Centre(number=said.key[0], **said.values)


class CentresFile(Kind):
    name = "centres"
    columns = ("number", "name", "country", "time_zone", "main_centre")
    identity = ("number",)

    def __init__(self, report: Report, *, by: str) -> None:
        super().__init__(report, by=by)
        self.centres = Centres(report, self.claims)
        self.wishes = Wishes()

    def read(self, cells: Cells) -> Item:
        number = cells.read("number", centre_number)
        if number:
            self.wishes.mention(number, cells.row.line)
        return Item(
            cells.row,
            number,
            cells.read("name", text(200)),
            cells.read("country", text(100)),
            cells.read("time_zone", time_zone),
            cells.read("main_centre", lambda cell: cell.strip() and centre_number(cell)),
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
            wish = Wish(item.number, item.row.line, item.main_centre, outcomes[item.row])
            earlier = self.wishes.wish(wish)
            if earlier is None:
                continue
            self.counts[Outcome.UNCHANGED] += 1
            if earlier.main != item.main_centre:
                place = f"line {earlier.line}"
                self.report.add(item.row, "main_centre", DISAGREES, place, "centre")

    def finish(self) -> None:
        links = SubcentreLinks(self.wishes, self.report, self.counts, by=self.by)
        for some in batches(self.wishes.all(), BATCH):
            links.attach(some)
            self.report.flush()
        self.detached = links.detached
        links.find_second_level()

    def close(self) -> None:
        super().close()
        self.wishes.close()
