"""What comes in pieces from any place on, as a file that is read and sought in."""

import io
from collections.abc import Callable, Iterator
from typing import Any


class Reader(io.RawIOBase):
    """`pieces_from(start)` gives those up to the end; they go on until somebody seeks."""

    def __init__(self, size: int, pieces_from: Callable[[int], Iterator[bytes]]) -> None:
        super().__init__()
        self.size, self.pieces_from, self.at = size, pieces_from, 0
        self.pieces: Iterator[bytes] | None = None
        self.left = b""  # of the last piece

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = 0 if whence == io.SEEK_SET else self.at if whence == io.SEEK_CUR else self.size
        self.at, self.pieces, self.left = max(0, base + offset), None, b""
        return self.at

    def readinto(self, buffer: Any) -> int:
        if self.pieces is None:
            self.pieces = self.pieces_from(self.at)
        if not self.left:
            self.left = next(self.pieces, b"")
        data, self.left = self.left[: len(buffer)], self.left[len(buffer) :]
        buffer[: len(data)] = data
        self.at += len(data)
        return len(data)
