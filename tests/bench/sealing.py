"""Sealing and opening beside a plain load of the same results, of entries that are there.

Sealing is what the board's page does with an upload: the whole check in memory, then the ciphertext. Opening is the
worker's load of it, to the last row and the end of the shares.
"""

import io
from pathlib import Path

from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from centres.models import Series
from core import encrypted_files
from core.only_grows import lifted
from loading.engine.loader import load
from loading.engine.report import Report
from loading.kinds.results import ResultsFile
from loading.registry import rows_of
from results.models import Result
from sealed import boxes, checking, giving, keyholders, opening, ring, signatures
from sealed.models import Opening, Seal, SealedFile
from tests.bench.measure import seconds


class Sealing:
    """A series that is sealed and opened again and again. `plain`, `sealing`, `opening`: seconds of each round."""

    def __init__(self, series: Series, path: Path) -> None:
        self.series, self.path = series, path
        self.by = User.objects.create(username="bench")
        self.private, public = boxes.new_pair()
        now = timezone.now()
        self.seal = Seal.objects.create(
            series=series, public_key=public, opens_from=now, sealed_by="bench"
        )
        signatures.sign(self.seal)
        self.holders = [
            keyholders.make(User.objects.create(username=f"bench.{number}"))[0]
            for number in range(ring.TOGETHER)
        ]
        self.plain: list[float] = []
        self.sealing: list[float] = []
        self.opening: list[float] = []

    def round(self) -> None:
        self._begin(sealed=False)
        self.plain.append(seconds(self._load))
        self._begin(sealed=True)
        self.sealing.append(seconds(self._give))
        with transaction.atomic():
            opening.begin(self.seal, self.private, by=self.by, at=timezone.now())
        row = Opening.objects.get(seal=self.seal)
        self.opening.append(seconds(lambda: opening.load(row, lambda done, total: None)))
        self._begin(sealed=False)

    def _begin(self, *, sealed: bool) -> None:
        """No result is there, and nothing was given."""
        for file in SealedFile.objects.select_related("file"):
            stored = file.file
            file.delete()
            encrypted_files.drop(stored)
        Opening.objects.all().delete()
        empty_results()
        Series.objects.filter(pk=self.series.pk).update(sealed=sealed)
        Seal.objects.filter(pk=self.seal.pk).update(opened_at=None)
        self.seal.refresh_from_db()
        ring.share_out(self.seal, self.private, self.holders)

    def _load(self) -> None:
        report = Report(print)
        kind = ResultsFile(report, by="bench")
        with self.path.open("rb") as stream:
            load(kind, rows_of(kind, stream, report))

    def _give(self) -> None:
        content = io.BytesIO(self.path.read_bytes())
        checked = checking.check(self.series, content)
        assert not checked.alike, checked.alike
        giving.keep(
            self.seal,
            content.getbuffer(),
            checked.counts,
            length=checked.length,
            name="bench",
            by="bench",
        )


def empty_results() -> None:
    """No results, and no trace that there were any; candidates and entries stay."""
    with lifted():
        flush = connection.ops.sql_flush(no_style(), [Result._meta.db_table], allow_cascade=True)
        connection.ops.execute_sql_flush(flush)
