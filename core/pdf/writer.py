"""Write a PDF (1.7) of many small objects: in object streams, with a cross-reference stream.

Numbers of objects can be reserved before the objects are there. The same objects in the same order
give the same bytes.
"""

import hashlib
import struct
import zlib
from collections.abc import Sequence

TOGETHER = 200  # objects in an object stream: a reader that wants one unpacks all of them
ENTRY = struct.Struct(">BIH")  # kind; place in the file, or object stream; index in that


class Pdf:
    def __init__(self) -> None:
        self._written = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
        self._at = len(self._written[0])
        self._digest = hashlib.sha256(self._written[0])
        self._entries = {0: ENTRY.pack(0, 0, 65535)}
        self._next = 1
        self._waiting: list[tuple[int, bytes]] = []

    def reserve(self, count: int = 1) -> int:
        """The first of so many numbers that follow one another."""
        first, self._next = self._next, self._next + count
        return first

    def add(self, data: bytes, number: int | None = None) -> int:
        """An object that is no stream; its number."""
        number = number or self.reserve()
        self._waiting.append((number, data))
        if len(self._waiting) >= TOGETHER:
            self._write_waiting()
        return number

    def add_all(self, first: int, objects: Sequence[bytes]) -> None:
        """Objects whose numbers follow one another."""
        self._waiting += enumerate(objects, first)
        if len(self._waiting) >= TOGETHER:
            self._write_waiting()

    def stream(self, data: bytes, entries: bytes = b"", number: int | None = None) -> int:
        """A stream, compressed; its number."""
        packed = _packed(data)
        number = number or self.reserve()
        self._entries[number] = ENTRY.pack(1, self._at, 0)
        self._write(
            b"%d 0 obj<</Length %d/Filter/FlateDecode%b>>stream\n%b\nendstream endobj\n"
            % (number, len(packed), entries, packed)
        )
        return number

    def drained(self) -> bytes:
        """What was written since it was last drained: the file can be given away while it is made."""
        written, self._written = self._written, []
        return b"".join(written)

    def finished(self, *, root: int, info: int) -> bytes:
        """The whole file, or the rest of it where it was drained."""
        self._write_waiting()
        identity = self._digest.hexdigest()[:32].encode()
        start, size = self._at, self._next + 1
        self._entries[self._next] = ENTRY.pack(1, start, 0)
        self.stream(
            b"".join(self._entries[number] for number in range(size)),
            b"/Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]"
            % (size, root, info, identity, identity),
        )
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)
        return self.drained()

    def _write_waiting(self) -> None:
        if not self._waiting:
            return
        inside, starts, at = self._next, [], 0
        for index, (number, data) in enumerate(self._waiting):
            self._entries[number] = ENTRY.pack(2, inside, index)
            starts.append(b"%d %d" % (number, at))
            at += len(data) + 1
        head = b" ".join(starts) + b"\n"
        objects = b"\n".join(data for _, data in self._waiting)
        entries = b"/Type/ObjStm/N %d/First %d" % (len(starts), len(head))
        self._waiting = []
        self.stream(head + objects, entries)

    def _write(self, data: bytes) -> None:
        self._written.append(data)
        self._digest.update(data)
        self._at += len(data)


def _packed(data: bytes) -> bytes:
    """A short string does not need the usual window, which takes longer to set up than to use."""
    short = len(data) <= 2048
    deflate = zlib.compressobj(wbits=11, memLevel=3) if short else zlib.compressobj()
    return deflate.compress(data) + deflate.flush()


def text(string: str) -> bytes:
    """A text string, in any script."""
    return b"<FEFF%b>" % string.encode("utf-16-be").hex().encode()


def number_tree(pdf: Pdf, values: Sequence[int], *, width: int = 64) -> int:
    """A tree from 0, 1, … to references of these objects; its number."""
    nodes = []
    for first in range(0, len(values), width):
        some = list(enumerate(values[first : first + width], first))
        pairs = b" ".join(b"%d %d 0 R" % pair for pair in some)
        nodes.append(pdf.add(b"<</Limits[%d %d]/Nums[%b]>>" % (first, some[-1][0], pairs)))
    return pdf.add(b"<</Kids[%b]>>" % references(nodes))


def references(numbers: Sequence[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)
