"""File types that are accepted: told from the content, whatever the file is called.

PDF, PNG and JPEG, Word, Excel and PowerPoint files without macros, plain text and CSV in UTF-8 or
UTF-16, and ZIP archives (`exchange.archives`). A first look, at the beginning and at an archive's list
of members, is had as soon as the file has come; `read_through` reads all of it, in the background.
"""

import codecs
import re
from collections.abc import Callable
from typing import NamedTuple

from core import encrypted_files
from core.encrypted_files import open_stored
from core.jobs import ReportProgress
from core.models import EncryptedFile
from exchange import archives
from exchange.archives import NotAllowed

HEAD = 64 * 1024
KINDS = "File Exchange takes PDF, Word, Excel, PowerPoint, CSV and plain text, PNG, JPEG and ZIP files. "
NOT_KNOWN = f"{KINDS}This is none of them, whatever it is called."
NOT_UTF = (
    f"{KINDS}This is none of them, unless it is text that is not in UTF-8: then save it as “CSV UTF-8” or "
    "as text in UTF-8, and upload that."
)
MACROS = "This file holds macros. Save it without them, such as xlsx or docx, and upload that."
EMPTY = "This file is empty."

CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
CONTROLS_IN_BYTES = re.compile(CONTROLS.pattern.encode())
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Content(NamedTuple):
    """A kind of content: the words for it, and the extensions that it may have."""

    words: str
    extensions: tuple[str, ...]


CONTENTS = {
    "pdf": Content("PDF", ("pdf",)),
    "png": Content("PNG picture", ("png",)),
    "jpeg": Content("JPEG picture", ("jpg", "jpeg")),
    "docx": Content("Word document", ("docx",)),
    "xlsx": Content("Excel workbook", ("xlsx",)),
    "pptx": Content("PowerPoint slides", ("pptx",)),
    "zip": Content("ZIP archive", ("zip",)),
    "text": Content("Text", ("txt", "csv", "tsv")),
}
BEGINNINGS = {
    b"%PDF-": "pdf",
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"PK\x03\x04": "zip",
}
OFFICE = {  # the part that makes it one
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
}


def recognise(stored: EncryptedFile) -> str:
    """The key in CONTENTS of a whole file. Raises NotAllowed, CannotOpen."""
    if not stored.size:
        raise NotAllowed(EMPTY)
    head = b"".join(encrypted_files.stream(stored, 0, HEAD))
    found = recognise_head(head, whole=len(head) == stored.size)
    if found != "zip":
        return found
    with open_stored(stored) as file:
        return _of_archive([part.filename for part in archives.members(file)])


def recognise_head(head: bytes, *, whole: bool = False) -> str:
    """By its first bytes alone: any Office file is still an archive. Raises NotAllowed."""
    for beginning, found in BEGINNINGS.items():
        if head.startswith(beginning):
            return found
    if b"\x00" in head and not head.startswith(UTF_16):
        raise NotAllowed(NOT_KNOWN)
    _decoder(head)(head, whole)
    return "text"


def read_through(stored: EncryptedFile, content: str, report_progress: ReportProgress) -> None:
    """Read all of it; `report_progress` is told (done, total) in MiB. Raises NotAllowed, CannotOpen."""
    if content == "text":
        _read_text(stored, report_progress)
    elif content in ("zip", *OFFICE.values()):
        with open_stored(stored) as file:
            archives.unpack(file, report_progress)


def _of_archive(names: list[str]) -> str:
    if "[Content_Types].xml" not in names:
        return "zip"
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise NotAllowed(MACROS)
    for part, found in OFFICE.items():
        if part in names:
            return found
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
            raise NotAllowed(NOT_KNOWN if no_text else NOT_UTF) from None
        if CONTROLS.search(text):
            raise NotAllowed(NOT_KNOWN)

    return decode
