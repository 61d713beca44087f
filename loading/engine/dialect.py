"""How a CSV file is written: its encoding, its separator and its heads, told by its beginning.

UTF-8; or UTF-16, told by its mark or by the zero byte beside each letter of the heads. Commas, semicolons or
tabs: whichever stands between the heads, or is named by a first line `sep=;`, which some spreadsheets write.
An older encoding, as Windows-1252, says nowhere which it is, and is refused by line.
"""

import csv
import re
from typing import BinaryIO, NamedTuple

from loading.engine.cells import is_nothing

LOOKED_AT = 4_096  # bytes
SEPARATORS = (",", ";", "\t")
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?[,;\t]*', re.I)
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SAVE_AS = "Save it as “CSV UTF-8” and load it again."
NO_CSV = {
    b"PK\x03\x04": f"This is a workbook, from which only results can be loaded. {SAVE_AS}",
    b"\xd0\xcf\x11\xe0": "This is a workbook of the old kind, or one with a password. Save it as "
    "an xlsx workbook without a password, or as “CSV UTF-8”, and load it again.",
    b"%PDF": "This is a PDF. Load the file from which it was made.",
    b"<": f"This is a web page, though it may open in a spreadsheet. {SAVE_AS}",
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
    start = file.read(LOOKED_AT)
    file.seek(0)
    for magic, reason in NO_CSV.items():
        if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(magic):
            raise NotCsv(reason)
    encoding = _encoding(start)
    text = start.decode(encoding, errors="replace")
    if "\0" in text:
        raise NotCsv(f"This is not a CSV file. {SAVE_AS}")
    lines = (line for line in text.splitlines() if not is_nothing(line.strip(',;\t "')))
    first = next(lines, "")
    if named := SEPARATOR_LINE.fullmatch(first.strip(" ")):
        return Dialect(encoding, named[1], True, _heads(next(lines, ""), named[1]))
    separator = max(SEPARATORS, key=first.count)
    return Dialect(encoding, separator, False, _heads(first, separator))


def _encoding(start: bytes) -> str:
    if start.startswith(UTF_16_MARKS):
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
