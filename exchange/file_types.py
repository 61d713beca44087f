"""File types that are accepted: told from the content, whatever the file is called.

Which are, says EXCHANGE_FILE_TYPES: documents without macros, pictures, recordings and films, plain text and
CSV in UTF-8 or UTF-16, and ZIP archives (`exchange.archives`). A first look, at the beginning and at an
archive's list of members, is had as soon as the file has come; `read_through` reads all of it, in the
background, and what is small at once.
"""

import codecs
import re
from collections.abc import Callable, Container
from typing import Any
from zipfile import ZipInfo

from django.conf import settings

from core import encrypted_files
from core.encrypted_files import open_stored
from core.jobs import ReportProgress
from core.models import EncryptedFile
from exchange import archives, members, refusals
from exchange.file_signatures import CONTROLS as CONTROLS_IN_BYTES
from exchange.file_signatures import HEAD, SIGNATURES, UTF_16, signature_of
from exchange.refusals import NotAllowed

SMALL = 1024 * 1024  # bytes of an archive that is unpacked while its uploader waits
CONTROLS = re.compile(CONTROLS_IN_BYTES.pattern.decode("latin-1"))
DOCUMENTS = (*members.OFFICE, *members.OPEN_DOCUMENTS.values())  # each is an archive


def recognise(stored: EncryptedFile, taken: Container[str] | None = None) -> str:
    """The key in CONTENTS of a whole file, one of those `taken`. Raises NotAllowed, CannotOpen."""
    taken = settings.EXCHANGE_FILE_TYPES if taken is None else taken
    if not stored.size:
        raise NotAllowed(refusals.EMPTY)
    head = b"".join(encrypted_files.stream(stored, 0, HEAD))
    found = recognise_head(head, whole=len(head) == stored.size, taken=taken)
    if found == "zip":
        with open_stored(stored) as file:
            found = _of_archive(file, archives.list_members(file))
            if found in taken and stored.size <= SMALL:
                archives.unpack(file, lambda done, total: None)
        if found not in taken:
            raise NotAllowed(refusals.not_taken(found))
    return found


def recognise_head(
    head: bytes, *, name: str = "", whole: bool = False, taken: Container[str] | None = None
) -> str:
    """By its first bytes alone: any document of Office is still an archive. Raises NotAllowed."""
    taken = settings.EXCHANGE_FILE_TYPES if taken is None else taken
    found = signature_of(head)
    if found is None:
        if b"\x00" in head and not head.startswith(UTF_16):
            raise NotAllowed(refusals.not_known())
        _decoder(head)(head, whole)
        if members.ending(name) in members.RUN:
            found = SIGNATURES["script"]
        elif "text" in taken:
            return "text"
        else:
            raise NotAllowed(refusals.not_taken("text"))
    if found.key == "zip" and any(one in taken for one in ("zip", *DOCUMENTS)):
        return "zip"
    if found.key not in taken:
        raise NotAllowed(refusals.of(found))
    return found.key


def read_through(stored: EncryptedFile, content: str, report_progress: ReportProgress) -> None:
    """Read all of it; `report_progress` is told (done, total) in MiB. Raises NotAllowed, CannotOpen."""
    if content == "text":
        _read_text(stored, report_progress)
    elif content in ("zip", *DOCUMENTS):
        with open_stored(stored) as file:
            archives.unpack(file, report_progress)


def _of_archive(file: Any, parts: list[ZipInfo]) -> str:
    """Which document an archive is, if it is one. Raises NotAllowed."""
    names = [part.filename for part in parts]
    members.look_at_names(names)
    if "[Content_Types].xml" in names:
        for found, part in members.OFFICE.items():
            if any(map(part.fullmatch, names)):
                return found
        if "xl/workbook.bin" in names:
            raise NotAllowed(refusals.BINARY_WORKBOOK)
    if "mimetype" in names:
        kind = archives.part_of(file, parts, "mimetype").strip()
        if b"encryption-data" in archives.part_of(file, parts, "META-INF/manifest.xml") or (
            "encrypted-package" in names
        ):
            raise NotAllowed(refusals.LOCKED)
        return members.OPEN_DOCUMENTS.get(kind, "zip")
    if "Index/Document.iwa" in names:
        raise NotAllowed(refusals.IWORK)
    return "zip"


def _read_text(stored: EncryptedFile, report_progress: ReportProgress) -> None:
    read, decode = 0, None
    for part in encrypted_files.stream(stored):
        decode = decode or _decoder(part)
        read += len(part)
        decode(part, read == stored.size)
        report_progress(read >> 20, stored.size >> 20)


def _decoder(head: bytes) -> Callable[[bytes, bool], None]:
    """What takes the parts of a text, one after the other. Raises NotAllowed."""
    encoding = "utf-16" if head.startswith(UTF_16) else "utf-8"
    decoder = codecs.getincrementaldecoder(encoding)()

    def decode(part: bytes, last: bool) -> None:
        try:
            text = decoder.decode(part, last)
        except UnicodeDecodeError:
            no_text = encoding == "utf-8" and CONTROLS_IN_BYTES.search(part)
            raise NotAllowed(refusals.not_known() if no_text else refusals.NOT_UTF) from None
        if CONTROLS.search(text):
            raise NotAllowed(refusals.not_known())

    return decode
