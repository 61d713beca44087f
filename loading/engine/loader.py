"""Load a file of one kind, a batch at a time: all of it, or nothing.

Loads wait for each other. What is bad is reported, the rest of the file is still judged, and then
the transaction is rolled back as a whole.
"""

import gc
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, ClassVar, TypeVar

from django.db import reset_queries, transaction

from centres import audit
from centres.access_changes import AccessChange, access_changed
from centres.models import Qualification
from loading.engine.cells import Wrong
from loading.engine.contradictions import Claims
from loading.engine.report import BadRows, Counts, Report, Row

BATCH = 1_000
T = TypeVar("T")


class Cells:
    """The cells of a row. Each that cannot be taken is reported, so that no fault hides another."""

    def __init__(self, row: Row, report: Report) -> None:
        self.row = row
        self.report = report
        self.good = True

    def read(self, column: str, convert: Callable[[str], T]) -> T:
        try:
            return convert(self.row.cells[column])
        except Wrong as wrong:
            self.report.add(self.row, column, wrong.pattern, *wrong.values)
            self.good = False
            return None  # type: ignore[return-value]  # a row that is not good is not stored

    def read_if_any(self, column: str, convert: Callable[[str], str]) -> str:
        """Of a column that a file may leave out."""
        return self.read(column, convert) if column in self.row.cells else ""


class Kind(ABC):
    """A kind of file: its columns, how a row is read, and how a batch of rows is stored."""

    name: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    optional: ClassVar[tuple[str, ...]] = ()  # without its column, what is stored stays
    identity: ClassVar[tuple[str, ...]]  # the columns that tell of what a row speaks

    def __init__(self, report: Report, *, by: str) -> None:
        self.report = report
        self.by = by
        self.claims = Claims()
        self.counts = Counts()
        self.detached: set[int] = set()  # primary keys of centres that had another main centre
        self.access = AccessChange(by)  # what follows from it, once it is loaded

    @abstractmethod
    def read(self, cells: Cells) -> Any:
        """What a row says, judged without the database."""

    @abstractmethod
    def save(self, items: list[Any]) -> None:
        """Judge and store what a batch of rows says, and count it."""

    def finish(self) -> None:  # noqa: B027  # most kinds have nothing to do here
        """Do what can only be done when the whole file has been read."""

    def close(self) -> None:
        """Let go of what the load kept on disk."""
        self.claims.close()

    def good(self, rows: Iterable[Row]) -> list[Any]:
        """What the rows say that can be read."""
        items = []
        for row in rows:
            cells = Cells(row, self.report)
            item = self.read(cells)
            if cells.good:
                items.append(item)
        return items


def load(
    kind: Kind,
    rows: Iterable[Row],
    *,
    after_batch: Callable[[], object] = lambda: None,
    before_logins_end: Callable[[], object] = lambda: None,
) -> Counts:
    """Store what the rows say, and record it. Raises BadRows, with nothing stored, when one is bad."""
    gc.freeze()  # so that no tidying up walks again and again through all that stays: the site itself
    try:
        with transaction.atomic():
            wait_for_other_loads()
            for batch in batches(rows, BATCH):
                kind.save(kind.good(batch))
                kind.report.flush()
                reset_queries()  # with DEBUG, Django would keep every query in memory
                after_batch()
            kind.finish()
            kind.report.flush()
            if kind.report.faults:
                raise BadRows
            outcomes = {str(outcome): count for outcome, count in kind.counts.items()}
            audit.record("loaded", by=kind.by, subject=kind.name, new=outcomes)
            before_logins_end()
            kind.access = access_changed(by=kind.by, detached=kind.detached)
    finally:
        kind.close()
        gc.unfreeze()
    return kind.counts


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def wait_for_other_loads() -> None:
    """In the caller's transaction, until whose end they wait in turn. The qualifications are always there, so their
    rows serve as the lock. SQLite has its own."""
    list(Qualification.objects.select_for_update(no_key=True))
