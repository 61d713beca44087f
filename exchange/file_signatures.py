"""What bytes are: a file is told by its beginning, whatever it is called.

Each kind has words for a sentence ("This is … .") and a remedy ("Save it as … ."), so that pages that
take files say the same of the same file. What begins like none of these may be text: that is for
whoever reads it.
"""

import codecs
import re
from typing import NamedTuple

HEAD = 64 * 1024  # bytes that are looked at
TEXT_HEAD = 4 * 1024  # of a text, and no further: it is searched
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")  # no text has them


class Signature(NamedTuple):
    key: str
    words: str
    remedy: str = ""
    runs: bool = False  # whoever opens it runs it, or goes where it leads


DETACH = "Save what is attached to it, or print it as a PDF"
AS_PICTURE, AS_SOUND, AS_FILM = "Save it as JPEG or PNG", "Save it as MP3", "Save it as MP4"
SIGNATURES = {
    one.key: one
    for one in (
        Signature("pdf", "a PDF"),
        Signature("png", "a PNG picture", "Save it as JPEG"),
        Signature("jpeg", "a JPEG picture", "Save it as PNG"),
        Signature("heic", "an HEIC picture", "Save it as JPEG"),
        Signature("mp3", "an MP3 recording"),
        Signature("m4a", "an M4A recording", AS_SOUND),
        Signature("wav", "a WAV recording", AS_SOUND),
        Signature("mp4", "an MP4 film"),
        Signature("zip", "a ZIP archive"),
        Signature(
            "locked", "an Office file that is locked with a password", "Save it without a password"
        ),
        Signature("doc", "a Word document of the old kind (.doc)", "Save it as .docx"),
        Signature("xls", "an Excel workbook of the old kind (.xls)", "Save it as .xlsx"),
        Signature("ppt", "a PowerPoint file of the old kind (.ppt)", "Save it as .pptx"),
        Signature(
            "ole",
            "an Office file of the old kind (.doc, .xls or .ppt), or one that is locked with a password",
            "Save it as .docx, .xlsx or .pptx, without a password",
        ),
        Signature("outlook", "an e-mail as Outlook saves it (.msg)", DETACH),
        Signature("email", "an e-mail", DETACH),
        Signature("html", "a web page", "Print it as a PDF"),
        Signature("rtf", "a document in Rich Text Format (.rtf)", "Save it as .docx or PDF"),
        Signature("postscript", "a PostScript file", "Save it as a PDF"),
        Signature("svg", "a drawing in SVG", "Save it as PNG or PDF"),
        Signature("archive", "an archive of another kind than ZIP", "Create it again as ZIP"),
        Signature("picture", "a picture of another kind than JPEG, PNG and HEIC", AS_PICTURE),
        Signature("sound", "a recording of another kind than MP3, M4A and WAV", AS_SOUND),
        Signature("film", "a film of another kind than MP4", AS_FILM),
        Signature("link", "a link to what lies elsewhere", "Save what it leads to", runs=True),
        Signature("script", "a script, which is a program", runs=True),
        Signature("program", "a program", runs=True),
    )
}
PATTERNS = [
    (key, re.compile(pattern, re.DOTALL))
    for key, pattern in (
        ("pdf", rb"%PDF-"),
        ("png", rb"\x89PNG\r\n\x1a\n"),
        ("jpeg", rb"\xff\xd8\xff"),
        ("zip", rb"PK(\x03\x04|\x05\x06)"),
        ("wav", rb"(RIFF|RF64).{4}WAVE"),
        ("mp3", rb"ID3[\x02-\x04][^\xff].[\x00-\x7f]{4}"),
        ("mp3", rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb](?=[^\x00-\x0f\xf0-\xff])[^\x0c-\x0f]"),
        ("program", rb"\x7fELF|\xca\xfe\xba\xbe|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe"),
        ("program", rb"dex\n03|\x00asm|ITSF\x03\x00"),
        ("link", rb"L\x00{3}\x01\x14\x02\x00|bplist00.{0,64}SURL"),
        ("archive", rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b\x08|BZh[1-9]1AY|\xfd7zXZ\x00"),
        ("archive", rb"MSCF\x00|.{257}ustar"),
        ("picture", rb"GIF8[79]a|II\*\x00|MM\x00\*|RIFF.{4}WEBP|BM.{4}\x00{4}|8BPS\x00"),
        ("sound", rb"OggS\x00|fLaC\x00|#!AMR|\xff[\xf0\xf1\xf8\xf9]|FORM.{4}AIF"),
        ("film", rb"\x1a\x45\xdf\xa3|RIFF.{4}AVI |\x30\x26\xb2\x75\x8e\x66\xcf\x11|FLV\x01"),
        ("film", rb"[\x00-\x08].{3}(moov|mdat|wide|pnot)|\x00\x00\x01[\xb3\xba]"),
        ("postscript", rb"%!PS|\xc5\xd0\xd3\xc6"),
    )
]
BRANDS = {  # of what stands behind `ftyp`, in ISO media
    "heic": re.compile(rb"hei[cxms]|hev[cx]"),
    "picture": re.compile(rb"avi[fs]|mif1|msf1|crx "),
    "m4a": re.compile(rb"M4[ABP] "),
    "film": re.compile(rb"qt  "),
    "mp4": re.compile(rb"isom|iso[2-9]|mp4[12]|avc1|M4V|dash|MSNV|F4V|3g[p2]"),
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_HEADER = 512  # bytes
INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")  # the class of an .msi
OLE_PARTS = (  # the names of what an OLE file holds, and how the first of it may begin
    ("locked", ("EncryptedPackage",), None),
    ("outlook", ("__properties_version1.0", "__nameid_version1.0"), None),
    ("ppt", ("PowerPoint Document",), None),
    ("doc", ("WordDocument",), b"\xec\xa5"),
    ("xls", ("Workbook", "Book"), b"\x09\x08"),
)
TEXTS = [
    (key, re.compile(pattern, re.DOTALL | re.IGNORECASE))
    for key, pattern in (
        ("script", r"#! ?/|Windows Registry Editor Version|REGEDIT4\b"),
        ("rtf", r"\{\\rt"),
        ("svg", r"(<\?xml[^>]*>|(?><!--.*?-->)|<!doctype svg[^>]*>|\s)*+<svg\b"),
        (
            "html",
            r"(<\?xml[^>]*>|(?><!--.*?-->)|\s)*+<(!doctype html|html|head|body|script|iframe|title|meta)\b",
        ),
        ("link", r"([^\n]*\n){0,20}?\s*\[(InternetShortcut|Desktop Entry|Shell)\]\s*\n"),
        ("link", r"\s*<\?xml.*<plist\b.*<key>URL</key>"),
        ("link", r"\s*<\?xml.*<(libraryDescription|searchConnectorDescription|persistedQuery)\b"),
    )
]
HEADER = re.compile(r"[A-Za-z][\w-]*:|[ \t]")
SENDER = re.compile(r"(from|return-path|received): .*@", re.IGNORECASE)


def signature_of(head: bytes) -> Signature | None:
    """Of a file that begins so; None where that tells nothing: it may be text."""
    for key, pattern in PATTERNS:
        if pattern.match(head):
            return SIGNATURES[key]
    if head.startswith(OLE):
        return SIGNATURES[_of_ole(head)]
    if head[4:8] == b"ftyp":
        return _of_media(head)
    if head.startswith(b"MZ") and CONTROLS.search(head):
        return SIGNATURES["program"]
    return _of_text(head)


def has_part(head: bytes, name: str) -> bool:
    """Whether a part of this name stands in what is seen of an OLE file."""
    return name.encode("utf-16-le") in head


def _of_ole(head: bytes) -> str:
    if INSTALLER in head:
        return "program"
    for key, names, begins in OLE_PARTS:
        if any(has_part(head, name) or name.encode() in head[:OLE_HEADER] for name in names):
            return key
        if begins and head.startswith(begins, OLE_HEADER):
            return key
    return "ole"


def _of_media(head: bytes) -> Signature | None:
    """By the brand that it names first, or else by those with which it says that it agrees."""
    size = min(int.from_bytes(head[:4]), 256)
    brands = [head[at : at + 4] for at in (8, *range(16, size - 3, 4))]
    agreed = [key for brand in brands for key, known in BRANDS.items() if known.match(brand)]
    if agreed[:1] == ["picture"] and "heic" in agreed:
        return SIGNATURES["heic"]
    return SIGNATURES[agreed[0]] if agreed else None


def _of_text(head: bytes) -> Signature | None:
    encoding = "utf-16" if head.startswith(UTF_16) else "utf-8-sig"
    text = head[:HEAD].decode(encoding, errors="replace").lstrip()
    text = text[:TEXT_HEAD]
    for key, pattern in TEXTS:
        if pattern.match(text):
            return SIGNATURES[key]
    return SIGNATURES["email"] if _is_email(text) else None


def _is_email(text: str) -> bool:
    """Nothing but headers down to the first empty line, and one of them says from which address."""
    headers = text.partition("\n\n" if "\r\n" not in text else "\r\n\r\n")[0].splitlines()
    return len(headers) > 1 and all(map(HEADER.match, headers)) and any(map(SENDER.match, headers))
