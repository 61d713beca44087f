"""A zip that is written while it is downloaded, in flat memory.

Its members are deflated, though little is gained by that: a program that reads a zip while it comes in cannot
tell where a member ends that is only stored.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator

from django.utils import timezone


class Outlet(io.RawIOBase):
    """What is written to it can be drained, once."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def drain(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


class StreamedZip:
    """Add members, each in pieces, then finish; what is to be sent comes back."""

    def __init__(self) -> None:
        self._outlet = Outlet()
        self._zip = zipfile.ZipFile(self._outlet, "w")

    def add(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        info = zipfile.ZipInfo(name, timezone.now().timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(info, "w") as member:
            for piece in pieces:
                member.write(piece)
                yield self._outlet.drain()

    def finished(self) -> bytes:
        self._zip.close()
        return self._outlet.drain()
