"""Filenames: the name that somebody gave, without what could deceive or do harm.

No part of a path, no control character and no sign that turns the direction of writing (which shows
`exe.pdf` where `fdp.exe` stands), nothing that a file system takes for its own. The extension is that
of what is in the file.
"""

import re
import unicodedata

LONGEST = 120  # characters before the extension
LONGEST_IN_BYTES = 200  # file systems take 255
UNNAMED = "file"
JOINERS = "\u200c\u200d"  # names in Persian and Hindi need them
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def clean(name: str, extensions: tuple[str, ...]) -> str:
    """A name that ends in one of these extensions, or else in the first of them."""
    stem = _plain(name)
    head, dot, tail = stem.rpartition(".")
    extension = tail.lower() if dot and tail.lower() in extensions else ""
    if extension:
        stem = head
    stem = _short(stem).strip(" .")
    if not stem:
        stem = UNNAMED
    if RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return f"{stem}.{extension or extensions[0]}"


def shown(name: str) -> str:
    """A name as it may be shown, of a file that was not taken in."""
    return _short(_plain(name)).strip(" .") or UNNAMED


def _plain(name: str) -> str:
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(
        one
        for one in last
        if one in JOINERS or one == " " or unicodedata.category(one)[0] not in "CZ"
    )
    return re.sub(r'[<>:"|?*]', "_", kept).rstrip(" .")


def _short(stem: str) -> str:
    stem = stem[:LONGEST]
    return stem.encode()[:LONGEST_IN_BYTES].decode(errors="ignore")
