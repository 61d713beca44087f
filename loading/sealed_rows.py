"""Rows of a sealed series: no file with one is loaded here (rule 28).

While a series is sealed, a file may be kept here if its heads say that it holds no results. One that does is read in
memory first, and is kept, and its rows are told to the database, only if each is plainly of another series.
"""

import io
from typing import BinaryIO

from centres.models import Series
from loading.engine.cells import Wrong, series
from loading.engine.dialect import NotCsv
from loading.engine.report import Report
from loading.kinds.results import ResultsFile
from loading.registry import kind_of, rows_of

GIVE_THERE = "If it holds results of {}, give it at Sealed results."
NOT_TOLD = "While results are sealed, a file is taken here only if its first line says of which kind it is. "
NOT_READ = "While results are sealed, results are loaded here only where each row is plainly of another series. "


class Sealed(ValueError):
    """This file is not taken here; the message says why, and where it belongs."""


def sealed_series() -> dict[tuple[int, int], str]:
    """Year and month -> name."""
    return {(one.year, one.month): str(one) for one in Series.objects.filter(sealed=True)}


def holds_results(head: bytes) -> bool:
    """Of a file that begins so. Raises Sealed where that cannot be told."""
    try:
        kind = kind_of(io.BytesIO(head))
    except NotCsv as reason:
        raise Sealed(str(reason)) from None
    if not kind:
        raise Sealed(NOT_TOLD + _where())
    return kind == ResultsFile.name


def refuse_sealed(stream: BinaryIO) -> None:
    """Of a results file, which is left at its beginning. Raises Sealed unless each row may be loaded here."""
    if not (sealed := sealed_series()):
        return
    report = Report()
    stream.seek(0)
    for row in rows_of(ResultsFile(report, by=""), stream, report):
        try:
            named = series(row.cells["series"])
        except Wrong:
            raise Sealed(f"{NOT_READ}In {row.place} none can be read. {_where()}") from None
        if named in sealed:
            raise Sealed(
                f"{row.place.capitalize()} is of {sealed[named]}, whose results are sealed until keyholders open "
                "them. Nothing of this file was kept. Give it at Sealed results."
            )
    if report.faults:
        raise Sealed(f"{NOT_READ}Not all of this file can be read. {_where()}")
    stream.seek(0)


def _where() -> str:
    return GIVE_THERE.format(" or ".join(sealed_series().values()))
