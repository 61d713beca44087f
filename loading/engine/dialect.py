"""How a CSV file is written: its encoding, its separator and its heads, told by its beginning.

UTF-8; or UTF-16, told by its mark or by the zero byte beside each letter of the heads. Commas, semicolons or
tabs: whichever stands between the heads, or is named by a first line `sep=;`, which some spreadsheets write.
An older encoding, as Windows-1252, says nowhere which it is, and is refused by line.
"""

import csv
import re
from typing import BinaryIO, NamedTuple

from exchange.file_signatures import HEAD, UTF_16, signature_of
from loading.engine.cells import is_nothing

LOOKED_AT = 4_096  # bytes
MARK = "\ufeff"  # of a file that was saved again and again, several
SEPARATORS = (",", ";", "\t")
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?[,;\t]*', re.I)
SAVE_AS = "Save it as “CSV UTF-8” and load it again."
# By the keys of `exchange.file_signatures`; of any other file that is told by its bytes, nothing is loaded.
NO_CSV = {
    "zip": "This is a workbook or another packed file. Only results can be loaded from a workbook (xlsx). Save any "
    "other file as “CSV UTF-8” and load it again.",
    "xls": "This is a workbook of the old kind (.xls). Save it as an xlsx workbook, or as “CSV UTF-8”, and load "
    "it again.",
    "locked": "This is a workbook with a password. Save it as an xlsx workbook without a password, or as “CSV "
    "UTF-8”, and load it again.",
    "ole": "This is a workbook of the old kind, or one with a password. Save it as an xlsx workbook without a "
    "password, or as “CSV UTF-8”, and load it again.",
    "html": f"This is a web page, though it may open in a spreadsheet. {SAVE_AS}",
}


class NotCsv(ValueError):
    """The file cannot be a CSV file; the message says what it is, and what to do."""


class Dialect(NamedTuple):
    encoding: str
    separator: str
    separator_line: bool
    heads: list[str]


def dialect_of(file: BinaryIO) -> Dialect:
    """Raises NotCsv. The file is left at its beginning."""
    start = file.read(HEAD)
    file.seek(0)
    if what := signature_of(start):
        other = f"This is {what.words}, from which nothing is loaded. Give the CSV file itself."
        raise NotCsv(NO_CSV.get(what.key, other))
    start = start[:LOOKED_AT]
    encoding = _encoding(start)
    text = start.decode(encoding, errors="replace").lstrip(MARK)
    if text.lstrip().startswith("<"):
        raise NotCsv(NO_CSV["html"])
    if "\0" in text:
        raise NotCsv(f"This is not a CSV file. {SAVE_AS}")
    lines = (line for line in text.splitlines() if not is_nothing(line.strip(',;\t "')))
    first = next(lines, "")
    if named := SEPARATOR_LINE.fullmatch(first.strip(" ")):
        return Dialect(encoding, named[1], True, _heads(next(lines, ""), named[1]))
    separator = max(SEPARATORS, key=first.count)
    return Dialect(encoding, separator, False, _heads(first, separator))


def _encoding(start: bytes) -> str:
    if start.startswith(UTF_16):
        return "utf-16"
    even, odd = start[:16:2], start[1:16:2]
    if len(odd) > 1 and not any(odd) and all(even):
        return "utf-16-le"
    if len(even) > 1 and not any(even) and all(odd):
        return "utf-16-be"
    return "utf-8-sig"


def _heads(line: str, separator: str) -> list[str]:
    heads = next(csv.reader([line], delimiter=separator), [])
    return [head.strip().casefold() for head in heads]
