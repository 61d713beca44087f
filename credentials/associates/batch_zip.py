"""The letters of a batch as one zip: a PDF for each centre, written while it is being downloaded (rules 13 and 17).

No more than one centre's letters, and of its PDF a page, are in memory at a time. Each centre's download is
recorded in the audit trail before its letters are given. Names in the zip hold centre numbers and nothing else.

Very many letters come in several zips, so that none takes so long that a server gives it up, and a
connection that breaks costs one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from accounts.models import User
from credentials.associates.batch_progress import files_of
from credentials.letters.downloads import CannotDownload, download, usual_choice
from credentials.letters.zip_files import StreamedZip
from credentials.models import Credentials, LetterBatch, LetterFile

NOT_INCLUDED = "not-included.txt"
LETTERS = 10_000  # in a zip; a centre's letters stay together


@dataclass
class Part:
    """One zip: its number, from 1, and its letter files in order of the centres' numbers."""

    number: int
    files: list[LetterFile] = field(default_factory=list)

    @property
    def letters(self) -> int:
        return sum(file.done for file in self.files)


def parts_of(batch: LetterBatch, *, letters: int = LETTERS) -> list[Part]:
    """The zips in which a batch can be downloaded: one, but for very many letters; none, when nothing can
    be downloaded. A file in which no login works any more is left out."""
    parts: list[Part] = []
    working = Credentials.objects.live().filter(letter_file=OuterRef("pk"))
    for file in files_of(batch).filter(Exists(working)):
        if file.downloadable:
            if not parts or parts[-1].letters + file.done > letters:
                parts.append(Part(len(parts) + 1))
            parts[-1].files.append(file)
    return parts


def zip_of(batch: LetterBatch, part: Part, *, by: User) -> Iterator[bytes]:
    """One of the zips, centre by centre. What cannot be given is named, with the reason, in a text file."""
    archive, missing = StreamedZip(), []
    for one in part.files:
        file = files_of(batch).filter(pk=one.pk).first()  # unless it was detached meanwhile
        if file is None:
            continue
        try:
            pdf = download(letter_file=file, by=by, choice=usual_choice(file))
        except CannotDownload as error:
            missing.append(f"{file.centre.number}: {error}\n".encode())
            continue
        yield from archive.add(f"letters-{batch.series.slug}-{file.centre.number}.pdf", pdf)
    if missing:
        yield from archive.add(NOT_INCLUDED, missing)
    yield archive.finished()
