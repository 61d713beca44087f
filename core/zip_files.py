"""A zip that is written while it is downloaded, in flat memory.

Nothing in it is made smaller, for what we put there is so already. Yet its members are marked as deflated
(level 0): programs that read a zip from its front, as they must while it comes in, cannot tell the end of a
member that is stored.
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
        self._zip = zipfile.ZipFile(self._outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=0)

    def add(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        info = zipfile.ZipInfo(name, timezone.now().timetuple()[:6])
        info.compress_type, info._compresslevel = self._zip.compression, self._zip.compresslevel
        with self._zip.open(info, "w") as member:
            for piece in pieces:
                member.write(piece)
                yield self._outlet.drain()

    def finished(self) -> bytes:
        self._zip.close()
        return self._outlet.drain()
