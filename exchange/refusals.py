"""Refusals: why a file is not taken in, what it is, and what to do; in a sentence or two."""

from django.conf import settings

from exchange import filenames
from exchange.extensions import CONTENTS
from exchange.file_signatures import Signature

EMPTY = "This file is empty. See whether it was saved, and upload it again."
NOT_UTF = (
    "This is text, but not in UTF-8, so letters such as é would come out wrong. Save it as “CSV UTF-8”, "
    "or as text in UTF-8, and upload that."
)
MACROS = "This file holds macros. Save it without them, such as xlsx or docx, and upload that."
LOCKED = (
    "This file is locked with a password. Save it without a password – File Exchange encrypts it itself – "
    "and upload that."
)
BINARY_WORKBOOK = (
    "This is a binary Excel workbook (.xlsb). Save it as .xlsx, without macros, and upload that."
)
FETCHES = (
    "This document, or one in this archive, fetches something from the internet when it is opened. Save that document "
    "as a PDF, and upload the PDF."
)
PACKED = (
    "This document, or one in this archive, has another file packed into it, so nobody can check what that is. Save "
    "that document as a PDF, and upload the PDF."
)
IWORK = (
    "This is a document of Pages, Numbers or Keynote. Export it as a PDF, or as a document of Word, Excel or "
    "PowerPoint, and upload that."
)
MOST_NAMED = 3  # of what is in an archive


class NotAllowed(Exception):
    """A file is not taken in; the text says why, and what to do."""


def accepted() -> list[str]:
    """How the names end of what is taken, as an input's `accept` lists them."""
    ends = (one for key in settings.EXCHANGE_FILE_TYPES for one in CONTENTS[key].extensions)
    return [f".{one}" for one in dict.fromkeys(ends)]


def listed() -> str:
    """What is taken, in words."""
    *others, last = (CONTENTS[key].listed for key in settings.EXCHANGE_FILE_TYPES)
    return f"{', '.join(others)} and {last}" if others else last


def not_known() -> str:
    return f"File Exchange accepts {listed()}. This file is none of these, whatever its name."


def not_taken(key: str) -> str:
    """Of a kind that could be taken, and is not here."""
    kind = CONTENTS[key].words
    return f"File Exchange does not accept files of this kind ({kind}). It accepts {listed()}."


def of(found: Signature) -> str:
    """Of what is known, and not taken."""
    if found.key == "locked":
        return LOCKED
    if found.runs and not found.remedy:
        return (
            f"This is {found.words}. File Exchange accepts no programs, whatever they are called."
        )
    if found.key in CONTENTS:
        return not_taken(found.key)
    return f"This is {found.words}. {found.remedy}, and upload that."


def within(found: list[tuple[str, str]]) -> str:
    """Of members of an archive or a document: name and what is the matter with it, a sentence each."""
    told = [f"“{filenames.shown(name)}” in this file {what}." for name, what in found[:MOST_NAMED]]
    if more := len(found) - MOST_NAMED:
        told += [f"The same applies to {more} more."] if more > 0 else []
    remedy = "Take it out" if len(found) == 1 else "Take them out"
    return f"{' '.join(told)} {remedy}, and upload the rest."
