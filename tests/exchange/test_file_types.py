"""Which files are taken in, by what is in them (`exchange.file_types`, `exchange.archives`)."""

import io
import random
import re
import struct
import zipfile

import pytest

from core import encrypted_files
from exchange import archives, file_types, refusals
from exchange.refusals import NotAllowed
from tests.exchange.files import CSV, PDF, zipped

OFFICE = {"[Content_Types].xml": b"<Types/>"}
ZEROS = bytes(20 * 1024 * 1024)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def recognised(data: bytes) -> str:
    return file_types.recognise(encrypted_files.keep([data]))


def read_through(data: bytes) -> None:
    stored = encrypted_files.keep([data])
    file_types.read_through(stored, file_types.recognise(stored), lambda done, total: None)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (PDF, "pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "png"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "jpeg"),
        (CSV, "text"),
        ("názov,Łukasz,李\n".encode(), "text"),
        ("\ufeffnázov\n".encode(), "text"),
        ("names: Łukasz\n".encode("utf-16"), "text"),
        (zipped({"a.csv": CSV}), "zip"),
        (zipped({**OFFICE, "xl/workbook.xml": b"<w/>"}), "xlsx"),
        (zipped({**OFFICE, "word/document.xml": b"<w/>"}), "docx"),
        (zipped({**OFFICE, "ppt/presentation.xml": b"<w/>"}), "pptx"),
    ],
)
def test_what_it_is_is_known_by_what_is_in_it(data, wanted):
    assert recognised(data) == wanted
    read_through(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", refusals.EMPTY),
        (b"MZ\x90\x00" + bytes(60), "This is a program. File Exchange accepts no programs"),
        (b"\x00\x01\x02\x03 unknown", "File Exchange accepts PDF, Word"),
        ("Łukasz".encode("cp1250"), refusals.NOT_UTF),
        ("cut Ł".encode()[:-1], refusals.NOT_UTF),
        (b"\x1b[2Jescape", "File Exchange accepts PDF, Word"),
        (zipped({**OFFICE, "xl/workbook.xml": b"", "xl/vbaProject.bin": b"x"}), refusals.MACROS),
        (zipped({**OFFICE, "xl/workbook.bin": b""}), refusals.BINARY_WORKBOOK),
        (zipped({"../outside.csv": CSV}), archives.OUTSIDE),
        (zipped({"zeros": ZEROS}), archives.TOO_LARGE),
        (zipped({"a.csv": CSV})[:-5], archives.DAMAGED),
    ],
)
def test_what_is_none_of_these_is_refused_with_a_sentence(data, why):
    with pytest.raises(NotAllowed, match="^" + re.escape(why[:150])):
        recognised(data)


def test_a_text_is_read_to_its_end():
    long = b"made up\n" * 20_000
    recognised(long + b"\xff\xfe tail")  # its beginning is a text's

    with pytest.raises(NotAllowed):
        read_through(long + b"\xff\xfe tail")
    read_through(long)


def test_an_encrypted_archive_cannot_be_looked_into():
    data = bytearray(zipped({"a.csv": CSV}))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # as archivers write it
    with pytest.raises(NotAllowed, match=r"“a.csv” in this archive is locked with a password"):
        recognised(bytes(data))


def test_too_many_members_are_refused_before_any_is_opened(monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    recognised(zipped(dict.fromkeys("abc", b"")))
    with pytest.raises(NotAllowed, match="more than"):
        recognised(zipped(dict.fromkeys("abcd", b"")))


def test_a_list_of_members_that_never_ends_is_not_read(monkeypatch):
    monkeypatch.setattr(archives, "LONGEST_LIST", 70_000)
    many = zipped({f"{number:060}": b"" for number in range(1_000)})
    with pytest.raises(NotAllowed, match="more than"):
        recognised(many)


def test_an_archive_that_lies_about_its_size_is_found_out_when_it_is_unpacked():
    data = bytearray(zipped({"zeros": ZEROS}))
    for record, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(record) + at
        data[start : start + 4] = struct.pack("<L", 1000)
    archives.list_members(io.BytesIO(data))  # so it says
    with pytest.raises(NotAllowed):
        read_through(bytes(data))


def overlapping(many: int) -> bytes:
    """An archive whose members are all made of the same few bytes."""
    data = zipped({"zeros": bytes(archives.MEGABYTE)})
    at, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    listed = data[at:end] * many
    return (
        data[:at]
        + listed
        + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, many, many, len(listed), at, 0)
    )


@pytest.mark.parametrize(
    "bomb",
    [
        overlapping(1000),
        zipped({str(number): bytes(archives.MEGABYTE) for number in range(40)}),
    ],
)
def test_very_many_small_members_are_no_way_round_the_ratio(bomb):
    with pytest.raises(NotAllowed, match="far more than its size"):
        recognised(bomb)


def test_nor_are_archives_in_an_archive():
    inner = zipped({str(number): bytes(archives.MEGABYTE) for number in range(20)})
    with pytest.raises(NotAllowed, match="far more than its size"):
        read_through(zipped({"1": inner, "2": inner}))


def test_an_archive_of_archives_of_archives_is_refused_and_a_workbook_in_one_is_not():
    workbook = zipped({**OFFICE, "xl/workbook.xml": b"<w/>"})
    read_through(zipped({"a.xlsx": workbook, "b.xlsx": workbook}))
    data = CSV
    for _ in range(archives.DEEPEST + 1):
        data = zipped({"inner": data})
    with pytest.raises(NotAllowed, match="archives within archives"):
        read_through(data)


def test_what_archives_hold_is_counted_together(monkeypatch):
    inner = zipped({"a": b"made up " * 50})
    monkeypatch.setattr(archives, "LARGEST", 1500)
    read_through(zipped({"1": inner, "2": inner}))
    with pytest.raises(NotAllowed, match="far more than its size"):
        read_through(zipped({str(number): inner for number in range(4)}))


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
@pytest.mark.parametrize("place", [4, 12, 20, 40, -10, -1])
def test_a_member_that_is_damaged_is_refused_however_it_is_packed(method, place):
    """Not tried again every hour, as if it were our fault."""
    content = random.Random(1).randbytes(5000)
    with zipfile.ZipFile(made := io.BytesIO(), "w", method) as archive:
        archive.writestr("a.bin", content)
    data = bytearray(made.getvalue())
    begins, ends = 30 + len("a.bin"), data.rindex(b"PK\x01\x02")
    read_through(bytes(data))
    at = begins + place if place >= 0 else ends + place
    data[at] ^= 0xFF

    with pytest.raises(NotAllowed, match="damaged"):
        read_through(bytes(data))


def test_a_member_that_asks_for_gigabytes_of_memory_to_be_unpacked_is_refused():
    with zipfile.ZipFile(made := io.BytesIO(), "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.csv", CSV)
    data = bytearray(made.getvalue())
    at = 30 + len("a.csv") + 5
    assert struct.unpack("<L", data[at : at + 4])[0] < archives.LARGEST_DICTIONARY
    read_through(bytes(data))
    data[at : at + 4] = struct.pack("<L", archives.LARGEST_DICTIONARY + 1)
    for hungry in (bytes(data), zipped({"inner": bytes(data)})):
        with pytest.raises(NotAllowed, match="too much memory"):
            read_through(hungry)


def test_a_member_that_is_cut_short_is_found_out():
    with zipfile.ZipFile(made := io.BytesIO(), "w") as archive:
        archive.writestr("a.csv", CSV)
    data = made.getvalue().replace(CSV, CSV[:-1] + b"X")
    archives.list_members(io.BytesIO(data))
    with pytest.raises(NotAllowed, match="damaged"):
        read_through(data)
