"""Files as schools have them: kept by their names, or refused with what they are and what to do. Which are
taken is a setting, and stands on the page (`exchange.file_types`, `exchange.refusals`)."""

import html
import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import EncryptedFile
from exchange.extensions import CONTENTS
from exchange.models import Upload, Version
from exchange.version_state import State, standing, state_of
from portal import environment
from tests.exchange.files import PDF, look_at, put_file
from tests.exchange.test_file_signatures import SHORTCUT, media, named

pytestmark = pytest.mark.one_database

FILES = sorted((Path(__file__).parents[1] / "data" / "exchange").iterdir())
REFUSED = {
    "a-windows-1252.csv": "This is text, but not in UTF-8, so letters such as é would come out wrong. "
    "Save it as “CSV UTF-8”",
    "b-locked.xlsx": "This file is locked with a password. Save it without a password – File Exchange "
    "encrypts it itself – and upload that.",
    "e-old.doc": "This is an Office file of the old kind (.doc, .xls or .ppt), or one that is locked with a "
    "password. Save it as .docx, .xlsx or .pptx, without a password, and upload that.",
    "f-mail.eml": "This is an e-mail. Save what is attached to it, or print it as a PDF, and upload that.",
    "h-empty.csv": "This file is empty. See whether it was saved, and upload it again.",
    "i-page.html": "This is a web page. Print it as a PDF, and upload that.",
}
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00"


@pytest.fixture
def upload(client, world):
    """Give a file to the form; what the page says then."""
    client.force_login(world.associate_officer)

    def give(data: bytes, name: str, **said: str) -> str:
        posted = {"kind": "entries", "file": SimpleUploadedFile(name, data), **said}
        page = client.post("/file-exchange/ASC01/MAIN1/upload/", posted, follow=True)
        return html.unescape(page.content.decode())

    return give


def nothing_is_left() -> bool:
    left = (EncryptedFile.objects.exists(), Upload.objects.exists(), Version.objects.exists())
    return not any(left)


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_a_file_as_a_school_has_it_is_kept_by_its_name_or_refused_with_what_it_is(upload, file):
    page = upload(file.read_bytes(), file.name)
    if file.name in REFUSED:
        assert REFUSED[file.name] in page and nothing_is_left()
        return
    version = standing(Version.objects.all()).get()
    assert str(version.file) == file.name and f"“{file.name}” is here. " in page
    look_at(version)
    assert state_of(standing(Version.objects.all()).get()) is State.HERE


@pytest.mark.parametrize(
    ("data", "name", "kept"),
    [
        (media(b"M4A ", b"M4A ", b"mp42"), "voice.m4a", "voice.m4a"),
        (media(b"mp42", b"isom"), "from a telephone.m4a", "from a telephone.m4a"),
        (media(b"isom", b"avc1"), "oral.MP4", "oral.mp4"),
        (b"RIFF\x24\x08\x00\x00WAVEfmt ", "oral.wav", "oral.wav"),
        (MP3, "oral.exe", "oral.exe.mp3"),
        (media(b"heic", b"mif1"), "photo.jpg", "photo.jpg.heic"),
        (PDF, "letter.odt", "letter.odt.pdf"),
    ],
)
def test_a_name_that_ends_otherwise_than_its_content_is_put_right_and_that_is_said(
    upload, data, name, kept
):
    page = upload(data, name)
    assert str(Version.objects.get().file) == kept
    assert (f"and not as “{name}”" in page) == (kept.lower() != name.lower())


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (named("EncryptedPackage"), "a.docx", "This file is locked with a password."),
        (
            named("WordDocument"),
            "a.docx",
            "This is a Word document of the old kind (.doc). Save it as .docx",
        ),
        (
            named("Workbook"),
            "a.csv",
            "This is an Excel workbook of the old kind (.xls). Save it as .xlsx",
        ),
        (
            named("PowerPoint Document"),
            "a.ppt",
            "This is a PowerPoint file of the old kind (.ppt). Save",
        ),
        (b"MZ\x90\x00", "a.pdf", "This is a program. File Exchange accepts no programs"),
        (b"\x7fELF\x02", "a", "This is a program. File Exchange accepts no programs"),
        (b"\xcf\xfa\xed\xfe\x07", "a", "This is a program. File Exchange accepts no programs"),
        (b"#!/bin/sh\n", "a.txt", "This is a script, which is a program. File Exchange accepts no"),
        (b"@echo off\n", "a.bat", "This is a script, which is a program. File Exchange accepts no"),
        (SHORTCUT, "a.docx.lnk", "This is a link to what lies elsewhere. Save what it leads to"),
        (
            b"[InternetShortcut]\nURL=x\n",
            "a.url",
            "This is a link to what lies elsewhere. Save what",
        ),
        (
            b"{\\rtf1",
            "a.rtf",
            "This is a document in Rich Text Format (.rtf). Save it as .docx or PDF",
        ),
        (
            b"Rar!\x1a\x07\x00",
            "a.rar",
            "This is an archive of another kind than ZIP. Create it again as ZIP",
        ),
        (b"\x00\x01\x02", "a.pdf", "File Exchange accepts PDF, Word (docx), Excel (xlsx)"),
    ],
)
def test_a_refusal_says_what_the_file_is_and_what_to_do(upload, data, name, why):
    page = upload(data, name, note="What I typed")
    assert why in page and "What I typed" in page and nothing_is_left()


def test_the_list_is_a_setting_and_stands_on_the_page_in_words_and_in_the_input(
    client, world, upload, settings
):
    page = client.get("/file-exchange/ASC01/MAIN1/upload/").content.decode()
    accept = re.search(r'<input type="file"[^>]* accept="([^"]*)"', page)[1].split(",")
    assert {f".{one}" for content in CONTENTS.values() for one in content.extensions} == set(accept)
    assert all(content.listed in page for content in CONTENTS.values())

    settings.EXCHANGE_FILE_TYPES = ("pdf", "docx", "mp3")
    page = client.get("/file-exchange/ASC01/MAIN1/upload/").content.decode()
    assert 'accept=".pdf,.docx,.mp3"' in page and "<li>PDF, Word (docx) and MP3</li>" in page
    for data, name in [(b"a,b\n", "a.csv"), (media(b"mp42", b"isom"), "a.mp4")]:
        assert "It accepts PDF, Word (docx) and MP3." in upload(data, name)
    docs = next(file for file in FILES if file.name == "d-docs.zip")
    assert "does not accept files of this kind (ZIP archive)" in upload(
        docs.read_bytes(), docs.name
    )
    assert nothing_is_left()
    upload(MP3, "a.mp3")
    assert str(Version.objects.get().file) == "a.mp3"


def test_what_is_made_in_direct_can_be_shared_whatever_people_may_upload(world, settings):
    settings.EXCHANGE_FILE_TYPES = ("docx",)
    assert state_of(put_file(world.officer, name="made.pdf", data=PDF)) is State.HERE


def test_a_setting_that_names_no_kind_of_file_stops_the_start_with_the_remedy(monkeypatch):
    monkeypatch.setenv("EXCHANGE_FILE_TYPES", "mp3, PDF")
    assert environment.choices("EXCHANGE_FILE_TYPES", known=CONTENTS) == ("pdf", "mp3")
    monkeypatch.setenv("EXCHANGE_FILE_TYPES", "")
    assert environment.choices("EXCHANGE_FILE_TYPES", known=CONTENTS) == tuple(CONTENTS)
    monkeypatch.setenv("EXCHANGE_FILE_TYPES", "pdf;exe")
    with pytest.raises(ImproperlyConfigured, match=r"of pdf, docx, .*; “pdf;exe” is none of these"):
        environment.choices("EXCHANGE_FILE_TYPES", known=CONTENTS)
