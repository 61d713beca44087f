"""Looking through files and the memory of processes: what is looked for, a subclass says."""

import ctypes
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

PIECE = 8 * 1024 * 1024  # bytes that are looked through at once
OVERLAP = 4_096
NOTHING = bytes(PIECE)
WAL_PAGE, WAL_HEAD, WAL_FIRST_HEAD = 8_192, 24, 40  # bytes

# Several times as fast as `bytes.find`.
memmem = ctypes.CDLL(None).memmem
memmem.restype = ctypes.c_void_p
memmem.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]


def places_of(word: bytes, data: bytes) -> Iterator[int]:
    """Where it stands."""
    start = ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value or 0
    at = 0
    while found := memmem(start + at, len(data) - at, word, len(word)):
        yield found - start
        at = found - start + 1


class Looking:
    """`found`: what was found, by place. `bytes`: how many it has looked through."""

    def __init__(self) -> None:
        self.found: dict[str, set] = defaultdict(set)
        self.bytes = 0

    def _found_in(self, data: bytes) -> Iterator[Any]:
        raise NotImplementedError

    def look(self, place: str, pieces: Iterable[bytes]) -> None:
        """Through what lies one behind the other."""
        rest = b""
        for piece in pieces:
            self.bytes += len(piece)
            if piece == NOTHING[: len(piece)]:
                continue
            data = rest + piece
            if found := set(self._found_in(data)):
                self.found[place] |= found
            rest = data[-OVERLAP:]

    def look_at_files(self, place: str, folder: Path) -> None:
        """Their contents, and names."""
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder)).encode()
            if path.is_file():
                try:
                    with path.open("rb") as file:
                        self.look(place, chain([name + b"\n"], pieces_of(file)))
                except FileNotFoundError:  # removed meanwhile
                    continue

    def look_at_memory(self, place: str, pid: int, *, shared: bool = True) -> None:
        """All that a process has in memory; it goes on meanwhile."""
        with (
            suppress(FileNotFoundError, ProcessLookupError),  # it has ended
            open(f"/proc/{pid}/mem", "rb", buffering=0) as memory,
        ):
            for start, end in _regions(pid, shared=shared):
                self.look(place, _region(memory, start, end))


class Words(Looking):
    """Finds words, as they are or in hexadecimal: `words`, by what is said of them."""

    def __init__(self, words: Mapping[str, bytes]) -> None:
        super().__init__()
        self.words = words

    def _found_in(self, data: bytes) -> Iterator[str]:
        for name, word in self.words.items():
            for form in (word, word.hex().encode()):
                yield from (name for _ in places_of(form, data))


def wal_of(folder: Path) -> Iterator[bytes]:
    """What stands in the segments of a WAL, without the heads of pages, which cut records in two."""
    for path in sorted(folder.iterdir()):
        if path.is_file():
            content = path.read_bytes()
            pages = range(0, len(content), WAL_PAGE)
            yield b"".join(
                content[at + (WAL_HEAD if at else WAL_FIRST_HEAD) : at + WAL_PAGE] for at in pages
            )


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(PIECE), b"")


def _regions(pid: int, *, shared: bool) -> Iterator[tuple[int, int]]:
    """Of its memory, but for what it only has from files as they are."""
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        span, flags, _, _, inode, *_ = line.split(maxsplit=5)
        own = inode == "0" or "w" in flags
        if "r" in flags and own and (shared or "s" not in flags) and "[v" not in line:
            start, end = span.split("-")
            yield int(start, 16), int(end, 16)


def _region(memory: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        try:
            memory.seek(start)
            piece = memory.read(min(PIECE, end - start))
        except OSError:  # it has let go of it, or nobody may read it
            return
        if not piece:
            return
        yield piece
        start += len(piece)


def processes_of(pid: int) -> list[int]:
    """It and all below it."""
    parents: dict[int, list[int]] = defaultdict(list)
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                said = Path(f"/proc/{name}/stat").read_text()
            except OSError:
                continue
            parents[int(said.rpartition(")")[2].split()[1])].append(int(name))
    found = [pid]
    for one in found:
        found += parents[one]
    return found
