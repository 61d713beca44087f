"""A zip that is written while it is downloaded, in flat memory.

Its members are deflated, though little is gained by that: a program that reads a zip while it comes in cannot
tell where a member ends that is only stored.
"""

import zipfile
from collections.abc import Iterable, Iterator

from django.utils import timezone


class StreamedZip:
    """Add members, each in pieces, then finish; what is to be sent comes back."""

    def __init__(self) -> None:
        self._written: list[bytes] = []
        self._zip = zipfile.ZipFile(self, "w")  # type: ignore[call-overload]  # to which it only writes

    def add(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        member = zipfile.ZipInfo(name, timezone.now().timetuple()[:6])
        member.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(member, "w") as file:
            for piece in pieces:
                file.write(piece)
                yield self._drained()

    def finished(self) -> bytes:
        self._zip.close()
        return self._drained()

    def write(self, piece: bytes) -> int:
        self._written.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """There is nothing behind it."""

    def _drained(self) -> bytes:
        written, self._written = self._written, []
        return b"".join(written)
