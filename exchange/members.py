"""Members of an archive, or of a document, which is one: what is refused bare is refused inside.

Told by what is in it, as a bare file is. How its name ends counts too, for inside nobody gives it another:
a text that is called `.bat` is run.
"""

import re

from exchange import refusals
from exchange.file_signatures import OLE, SIGNATURES, has_part, signature_of
from exchange.refusals import NotAllowed

# What Windows or macOS runs, or follows, when somebody opens it.
RUN = frozenset(
    "appref-ms application bat chm cmd com command cpl dll exe gadget hta inf jar js jse msc msi msp pif ps1 psm1 "
    "reg scr sct vbe vbs workflow ws wsc wsf wsh".split()
)
FOLLOWED = frozenset("desktop library-ms lnk scf search-ms url webloc website".split())
MACROS = ("_VBA_PROJECT", "vbaproject.bin", "/macrosheets/")
IN_OLE = "\x01Ole10Native"  # a whole file, as a document holds one that is not of its kind

OFFICE = {  # the part that makes it one; Word in a browser numbers it
    "docx": re.compile(r"word/document\d*\.xml"),
    "xlsx": re.compile(r"xl/workbook\d*\.xml"),
    "pptx": re.compile(r"ppt/presentation\d*\.xml"),
}
OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}

RELATIONSHIP = re.compile(rb"<(?:\w+:)?relationship\s[^>]*>")
LOADED = re.compile(rb"type\s*=\s*[\"'][^\"']*/(attachedtemplate|oleobject|frame|subdocument)[\"']")
ELSEWHERE = re.compile(rb"target\s*=\s*[\"']\s*(https?|ftp|mhtml|ms-\w+):")


def _loads(relationship: bytes) -> bool:
    """Whether Office fetches this from the network as soon as it opens the document."""
    return bool(LOADED.search(relationship) and ELSEWHERE.search(relationship))


def ending(name: str) -> str:
    return name.rstrip(" .").rpartition(".")[2].lower()  # Windows leaves out what stands there


def look_at_names(names: list[str]) -> None:
    """Raises NotAllowed for a document with macros."""
    lower = [f"/{name}".lower() for name in names]
    of_office = any(macros in name for name in lower for macros in MACROS)
    of_open_document = "/mimetype" in lower and any(map(_is_module, lower))
    if of_office or of_open_document:
        raise NotAllowed(refusals.MACROS)


def _is_module(name: str) -> bool:
    """Whether this part of an OpenDocument is a macro: a list of none may be there."""
    in_basic = name.startswith("/basic/") and name.endswith(".xml")
    is_list = name.endswith(("script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml"))
    return (in_basic and not is_list) or (name.startswith("/scripts/") and not name.endswith("/"))


def look_at_ole(part: bytes) -> None:
    """Any part of an old document. Raises NotAllowed for macros."""
    if has_part(part, MACROS[0]):
        raise NotAllowed(refusals.MACROS)


def whats_wrong(name: str, head: bytes, *, in_document: bool) -> str:
    """What is the matter with a member that is called and begins so; "" for nothing. Raises NotAllowed for
    what the whole document is refused for, as macros."""
    found = signature_of(head)
    if head.startswith(OLE) and has_part(head, IN_OLE):
        if in_document:
            raise NotAllowed(refusals.PACKED)
        return "has another file packed into it, so nobody can check what that is"
    if in_document and name.lower().endswith((".rels", "[content_types].xml")):
        said = head.replace(b"\x00", b"").lower()  # in UTF-16, too
        if b"vbaproject" in said or b"macroenabled" in said:
            raise NotAllowed(refusals.MACROS)
        if any(map(_loads, RELATIONSHIP.findall(said))):
            raise NotAllowed(refusals.FETCHES)
    if found and found.runs:
        return f"is {found.words}"
    if ending(name) in RUN:
        return f"is {SIGNATURES['program'].words}"
    if ending(name) in FOLLOWED:
        return f"is {SIGNATURES['link'].words}"
    if found and (found.key == "locked" or (found.key == "archive" and not in_document)):
        return f"is {found.words}, so nobody can check what is in it"
    return ""


def is_document(names: list[str], kind: bytes) -> bool:
    """Whether an archive of these is an Office document, by the part that each has. `kind`: what its part
    `mimetype` says it is."""
    of_office = "[Content_Types].xml" in names and any(
        part.fullmatch(name) for part in OFFICE.values() for name in names
    )
    return of_office or kind.strip() in OPEN_DOCUMENTS
