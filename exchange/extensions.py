"""Extensions: the kinds of content that File Exchange can take, and how the names of each end.

Which of them are taken is a setting, EXCHANGE_FILE_TYPES; all of them, where it says nothing.
"""

from typing import NamedTuple


class Content(NamedTuple):
    """A kind of content: the words for one, the word for it in a list, and how its names may end."""

    words: str
    listed: str
    extensions: tuple[str, ...]


CONTENTS = {
    "pdf": Content("PDF", "PDF", ("pdf",)),
    "docx": Content("Word document", "Word (docx)", ("docx",)),
    "xlsx": Content("Excel workbook", "Excel (xlsx)", ("xlsx",)),
    "pptx": Content("PowerPoint slides", "PowerPoint (pptx)", ("pptx",)),
    "odt": Content("OpenDocument text", "OpenDocument (odt)", ("odt",)),
    "ods": Content("OpenDocument spreadsheet", "OpenDocument (ods)", ("ods",)),
    "odp": Content("OpenDocument slides", "OpenDocument (odp)", ("odp",)),
    "text": Content(
        "Text", "CSV and plain text (saved as “CSV UTF-8” or “UTF-8”)", ("txt", "csv", "tsv")
    ),
    "jpeg": Content("JPEG picture", "JPEG", ("jpg", "jpeg")),
    "png": Content("PNG picture", "PNG", ("png",)),
    "heic": Content("HEIC picture", "HEIC", ("heic", "heif")),
    "mp3": Content("MP3 recording", "MP3", ("mp3",)),
    "m4a": Content("M4A recording", "M4A", ("m4a", "mp4")),
    "wav": Content("WAV recording", "WAV", ("wav",)),
    "mp4": Content("MP4 film", "MP4", ("mp4", "m4a", "m4v")),  # phones record sound so, too
    "zip": Content("ZIP archive", "ZIP", ("zip",)),
}
