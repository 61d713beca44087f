"""What bytes are (`exchange.file_signatures`)."""

import time

import pytest

from exchange.file_signatures import HEAD, OLE, SIGNATURES, signature_of

SHORTCUT = b"L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00F"


def named(*parts: str) -> bytes:
    """An OLE file as far as it is looked at: its header, and the names in it."""
    return OLE + bytes(1016) + b"".join(part.encode("utf-16-le") + bytes(64) for part in parts)


def media(*brands: bytes) -> bytes:
    said = brands[0] + bytes(4) + b"".join(brands[1:])
    return (8 + len(said)).to_bytes(4) + b"ftyp" + said + b"\x00\x00\x00\x08moov"


@pytest.mark.parametrize(
    ("head", "key"),
    [
        (b"%PDF-1.7", "pdf"),
        (b"ID3\x03\x00\x00\x00\x00\x00\x21\xff\xfb\x90\x00", "mp3"),
        (b"\xff\xfb\x90\x64%\xbe", "mp3"),
        (b"\xff\xf3\x14\xc4", "mp3"),
        (b"RIFF\x24\x08\x00\x00WAVEfmt ", "wav"),
        (media(b"M4A ", b"M4A ", b"mp42", b"isom"), "m4a"),
        (media(b"mp42", b"isom", b"mp42"), "mp4"),
        (media(b"isom", b"iso2", b"avc1", b"mp41"), "mp4"),
        (media(b"heic", b"mif1", b"heic"), "heic"),
        (media(b"mif1", b"heic"), "heic"),
        (media(b"mif1", b"avif"), "picture"),
        (media(b"qt  ", b"qt  "), "film"),
        (b"\x00\x00\x00\x14ftypabcd", None),
        (named("Root Entry", "EncryptionInfo", "EncryptedPackage"), "locked"),
        (named("Root Entry", "WordDocument"), "doc"),
        (OLE + bytes(504) + b"\xec\xa5\xc1\x00", "doc"),
        (named("Root Entry", "Workbook"), "xls"),
        (named("Root Entry", "PowerPoint Document"), "ppt"),
        (named("Root Entry", "__nameid_version1.0"), "outlook"),
        (OLE + bytes(1000) + bytes.fromhex("84100c0000000000c000000000000046"), "program"),
        (OLE + bytes(4096), "ole"),
        (b"MZ\x90\x00", "program"),
        (b"MZ,Mozambique\n", None),
        (b"\x7fELF\x02\x01", "program"),
        (b"\xcf\xfa\xed\xfe\x07", "program"),
        (b"\xca\xfe\xba\xbe\x00\x00", "program"),
        (b"#!/bin/sh\n", "script"),
        ("\ufeff#! /usr/bin/env python\n".encode(), "script"),
        (SHORTCUT, "link"),
        (b"[InternetShortcut]\r\nURL=https://example.org/\r\n", "link"),
        ("\ufeff[InternetShortcut]\r\nURL=x\r\n".encode("utf-16-le"), "link"),
        (b"[DEFAULT]\nBASEURL=x\n[InternetShortcut]\nURL=x\n", "link"),
        (b"#comment\n[Desktop Entry]\nType=Link\n", "link"),
        (b'<?xml version="1.0"?><plist version="1.0"><dict><key>URL</key>', "link"),
        (b"bplist00\xd1\x01\x02SURL_\x10\x14https://example.org/", "link"),
        (b"<html><script>alert(1)</script></html>", "html"),
        (b"\xef\xbb\xbf \n<!-- a -->\n<!DOCTYPE HTML>", "html"),
        ("<!doctype html>".encode("utf-16"), "html"),
        (b'<?xml version="1.0"?>\n<svg xmlns="x">', "svg"),
        (b"{\\rtf1\\ansi", "rtf"),
        (b"From: a@example.org\nSubject: x\n\nhello\n", "email"),
        (b"Received: from x (a@example.org)\r\n\tby y\r\nDate: today\r\n\r\nhello", "email"),
        (b"Subject: x\nFrom: A Teacher <a@example.org>\n\nhello\n", "email"),
        (b"GIF89a", "picture"),
        (b"Rar!\x1a\x07\x01\x00", "archive"),
        (b"7z\xbc\xaf\x27\x1c", "archive"),
    ],
)
def test_a_file_is_told_by_how_it_begins(head, key):
    found = signature_of(head)
    assert (found and found.key) == key
    padded = signature_of(head + b"\n" * 70_000)
    assert (padded and padded.key) == key


@pytest.mark.parametrize(
    "text",
    [
        "centre,candidate\nASC01,0001\n",
        "Dear all,\nfrom: a@example.org came this:\n\nhello\n",
        "From: the exams office\nTo: the board\n\nWe have moved.\n",
        "From: a@example.org\n",
        "The film wide and moov\n",
        "I write <html> here\n",
        "[Candidates]\n1\n",
        "dex\nstorage\n",
        "",
        "názov,Łukasz\n",
    ],
)
def test_a_text_is_taken_for_nothing_else(text):
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert signature_of(text.encode(encoding)) is None


def test_what_runs_is_told_apart_and_every_other_has_a_remedy_or_is_taken():
    assert {key for key, one in SIGNATURES.items() if one.runs} == {"program", "script", "link"}
    without = {key for key, one in SIGNATURES.items() if not one.remedy}
    assert without == {"pdf", "mp3", "mp4", "zip", "script", "program"}
    assert not any(
        one.remedy.endswith(".") or one.words.endswith(".") for one in SIGNATURES.values()
    )


@pytest.mark.parametrize(
    "many", [b"<!---->", b"<!-- <?xml> ", b"<?xml <plist ", b"a: b\n", b"[", b"\n "]
)
def test_no_text_takes_long(many):
    begins = time.process_time()
    signature_of((many * HEAD)[:HEAD])
    assert time.process_time() - begins < 0.5
