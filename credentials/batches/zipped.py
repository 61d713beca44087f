"""The letters of a batch as one zip: a PDF for each centre, written while it is being downloaded.

No more than one centre's letters are in memory at a time. Each centre's download is recorded in the
audit trail before its letters are given. Names in the zip hold centre numbers and nothing else.
"""

import io
import zipfile
from collections.abc import Iterator

from centres.models import User
from credentials import files
from credentials.batches.state import files_of
from credentials.models import LetterBatch

NOT_INCLUDED = "not-included.txt"


class Outlet(io.RawIOBase):
    """What is written to it can be taken out again, once."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def zip_of(batch: LetterBatch, *, by: User) -> Iterator[bytes]:
    """The zip, centre by centre. What cannot be given is named, with the reason, in a text file."""
    outlet = Outlet()
    missing = []
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for pk in list(files_of(batch).values_list("pk", flat=True)):
            file = files_of(batch).filter(pk=pk).first()  # unless it was detached meanwhile
            if file is None:
                continue
            try:
                pdf = files.download(letter_file=file, by=by)
            except files.NotToBeHad as error:
                missing.append(f"{file.centre.number}: {error}\n")
                continue
            archive.writestr(f"letters-{batch.series.slug}-{file.centre.number}.pdf", pdf)
            yield outlet.take()
        if missing:
            archive.writestr(NOT_INCLUDED, "".join(missing))
    yield outlet.take()
