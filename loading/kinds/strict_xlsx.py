"""Workbooks saved as “Strict Open XML Spreadsheet”: the same as any xlsx, under other namespaces.

openpyxl knows the usual ones alone, so a strict one's are put in their place while a part is read.
"""

import io
import re
from typing import IO, Any
from zipfile import ZipFile

STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
USUAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"
PIECE = 64 * 1024


class StrictZip(ZipFile):
    """Its parts are read as those of a usual workbook."""

    def open(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        return io.BufferedReader(_Usual(super().open(*args, **kwargs)), PIECE)


class _Usual(io.RawIOBase):
    def __init__(self, strict: IO[bytes]) -> None:
        self._strict = strict
        self._read = b""
        self._begun = b""  # a tag that is not whole yet

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._read and (piece := self._strict.read(PIECE)):
            whole, end, self._begun = (self._begun + piece).rpartition(b">")
            self._read = STRICT.sub(USUAL, whole + end)
        if not self._read:
            self._read, self._begun = self._begun, b""
        some, self._read = self._read[: len(buffer)], self._read[len(buffer) :]
        buffer[: len(some)] = some
        return len(some)

    def close(self) -> None:
        self._strict.close()
        super().close()
