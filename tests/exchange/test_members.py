"""What is refused bare is refused inside an archive or a document, too (`exchange.members`)."""

import io
import random
import zipfile

import pytest

from core import encrypted_files
from exchange import archives, file_types, refusals
from exchange.refusals import NotAllowed
from tests.exchange.files import CSV, PDF, zipped
from tests.exchange.test_file_signatures import SHORTCUT, named

EXE = b"MZ\x90\x00" + bytes(60)
DOCX = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}
ODT = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def recognised(data: bytes) -> str:
    return file_types.recognise(encrypted_files.keep([data]))


def refused(data: bytes) -> str:
    """What is said of it, at once and in the background alike."""
    with pytest.raises(NotAllowed) as raised:
        recognised(data)
    with pytest.raises(NotAllowed) as later:
        archives.unpack(io.BytesIO(data), lambda done, total: None)
    assert str(later.value) == str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("tools/setup.txt", EXE, "“setup.txt” in this file is a program."),
        ("setup.exe", b"not known", "“setup.exe” in this file is a program."),
        ("run", b"\x7fELF\x02", "“run” in this file is a program."),
        ("setup.exe. ", b"not known", "“setup.exe” in this file is a program."),
        ("run.BAT", b"@echo off\n", "“run.BAT” in this file is a program."),
        ("run.txt", b"#!/bin/sh\n", "“run.txt” in this file is a script, which is a program."),
        ("a.lnk", SHORTCUT, "“a.lnk” in this file is a link to what lies elsewhere."),
        ("a.url", b"[InternetShortcut]\nURL=x", "“a.url” in this file is a link to what lies"),
        (
            "a.xlsx",
            named("EncryptedPackage"),
            "“a.xlsx” in this file is an Office file that is locked",
        ),
        (
            "a.rar",
            b"Rar!\x1a\x07\x00",
            "“a.rar” in this file is an archive of another kind than ZIP",
        ),
        (
            "a.doc",
            named("WordDocument", "\x01Ole10Native"),
            "“a.doc” in this file has another file packed",
        ),
    ],
)
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_member_is_refused_like_a_bare_file_as_deep_as_is_looked(name, data, what, depth):
    made = {name: data, "a.csv": CSV}
    for _ in range(depth - 1):
        made = {"inner.zip": zipped(made)}
    assert refused(zipped(made)).startswith(what)


@pytest.mark.parametrize("mark", ["mimetype", "[Content_Types].xml"])
def test_an_archive_is_no_document_because_a_member_is_called_so(mark):
    said = refused(zipped({mark: b"text/plain", "a.7z": b"7z\xbc\xaf\x27\x1c" + bytes(60)}))
    assert said.startswith("“a.7z” in this file is an archive of another kind than ZIP")


def test_several_are_named_a_sentence_each():
    held = {"a.exe": EXE, "b.lnk": SHORTCUT, "c.csv": CSV}
    assert refused(zipped(held)) == (
        "“a.exe” in this file is a program. “b.lnk” in this file is a link to what lies elsewhere. "
        "Take them out, and upload the rest."
    )
    many = refused(zipped({f"{number}.exe": EXE for number in range(5)}))
    assert many.count("is a program.") == 3 and "The same applies to 2 more. Take them out" in many


@pytest.mark.parametrize("document", [DOCX, ODT], ids=["docx", "odt"])
def test_a_program_in_a_document_is_refused(document):
    inside = zipped({**document, "media/picture.png": EXE})
    assert refused(inside).startswith("“picture.png” in this file is a program.")
    assert refused(zipped({"letter.docx": inside})).startswith("“picture.png” in this file is")


@pytest.mark.parametrize(
    "held",
    [
        {**DOCX, "word/vbaProject.bin": b"x"},
        {**DOCX, "word/other.bin": named("VBA", "_VBA_PROJECT", "dir")},
        {**DOCX, "word/_rels/document.xml.rels": b'<Relationship Type="http://x/vbaProject"/>'},
        {**DOCX, "[Content_Types].xml": b"<x>application/ms-word.macroEnabled.main+xml</x>"},
        {**DOCX, "xl/macrosheets/sheet1.xml": b"<x/>"},
        {**ODT, "Basic/Standard/Module1.xml": b"<x/>"},
        {**ODT, "Scripts/python/a.py": b"pass\n"},
        {"old.doc": named("WordDocument", "Macros", "VBA", "_VBA_PROJECT")},
    ],
)
def test_macros_are_found_wherever_they_lie(held):
    assert refused(zipped(held)) == refusals.MACROS
    assert refused(zipped({"a": zipped(held)})) == refusals.MACROS


def test_macros_are_found_at_the_end_of_a_large_old_document_too():
    data = named() + random.Random(1).randbytes((2 << 20) - 1030) + named("_VBA_PROJECT")
    stored = encrypted_files.keep([zipped({"old.doc": data})])
    with pytest.raises(NotAllowed, match="macros"):
        file_types.read_through(stored, "zip", lambda done, total: None)


def test_a_document_that_loads_something_from_elsewhere_is_refused_and_one_with_links_is_not():
    template = (
        '<Relationship Id="a" Type="http://x/attachedTemplate" TargetMode="External" Target="{}"/>'
    )
    link = (
        '<Relationship Id="b" Type="http://x/hyperlink" TargetMode="External" Target="https://x"/>'
    )
    rels = "word/_rels/settings.xml.rels"
    ours = template.format("file:///C:/Users/a/ours.dotx")
    assert recognised(zipped({**DOCX, rels: f"<r>{link}{ours}</r>".encode()})) == "docx"
    loads = f"<r>{link}{template.format('https://example.org/a.dotm')}</r>"
    for encoding in ("utf-8", "utf-16"):
        why = refused(zipped({**DOCX, rels: loads.encode(encoding)}))
        assert why == refusals.FETCHES
    packed = named("\x01Ole10Native")
    assert refused(zipped({**DOCX, "word/embeddings/oleObject1.bin": packed})) == refusals.PACKED


def test_a_link_in_the_file_system_is_refused():
    with zipfile.ZipFile(made := io.BytesIO(), "w") as archive:
        link = zipfile.ZipInfo("letters")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc")
    assert refused(made.getvalue()).startswith("“letters” in this file is a link to what lies")


@pytest.mark.parametrize("place", [0, 1, 2], ids=["before", "between", "behind"])
def test_a_member_that_is_not_in_the_list_is_found_out(place):
    """What reads from the beginning, as some do, would unpack it."""
    with zipfile.ZipFile(made := io.BytesIO(), "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.{'exe' if number == place else 'csv'}", CSV)
        del archive.filelist[place]
    assert refused(made.getvalue()) == archives.HIDDEN


def test_a_document_without_macros_is_taken_with_what_it_usually_holds():
    held = {**ODT, "Basic/Standard/script-lb.xml": b"<x/>", "Pictures/a.emz": b"\x1f\x8b\x08\x00"}
    assert recognised(zipped(held)) == "odt"
    held = {**DOCX, "word/embeddings/oleObject1.bin": named("Equation Native")}
    assert recognised(zipped(held)) == "docx"
    assert recognised(zipped({"[Content_Types].xml": b"", "word/document2.xml": b""})) == "docx"
    assert recognised(zipped({"old.doc": named("WordDocument"), "a.pdf": PDF})) == "zip"


@pytest.mark.parametrize(
    "held",
    [
        {**ODT, "META-INF/manifest.xml": b"<manifest:encryption-data/>"},
        {**ODT, "encrypted-package": b"\x01"},
    ],
)
def test_a_locked_document_of_open_office_is_told(held):
    with pytest.raises(NotAllowed, match="This file is locked with a password"):
        recognised(zipped(held))


def test_a_document_of_pages_is_told_what_to_do():
    with pytest.raises(NotAllowed, match=r"Pages, Numbers or Keynote. Export it as a PDF"):
        recognised(zipped({"Index/Document.iwa": b"x"}))


@pytest.mark.parametrize("before", [PDF, b"GIF89a", b"made up\n"])
@pytest.mark.parametrize("after", [b"", b"\n"])
def test_an_archive_that_begins_as_something_else_is_looked_into_all_the_same(before, after):
    both = before + zipped({"a.exe": EXE}) + after
    assert refused(zipped({"a.pdf": both})).startswith("“a.exe” in this file is a program.")


def test_what_only_looks_like_the_end_of_an_archive_is_none():
    assert recognised(zipped({"a.pdf": PDF + b"PK\x05\x06" + bytes(30)})) == "zip"


def test_a_large_archive_is_looked_through_in_the_background():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.pdf", PDF + bytes(file_types.SMALL))
        archive.writestr("b.exe", EXE)
    stored = encrypted_files.keep([data.getvalue()])
    assert file_types.recognise(stored) == "zip"
    with pytest.raises(NotAllowed, match=r"“b.exe” in this file is a program"):
        file_types.read_through(stored, "zip", lambda done, total: None)
