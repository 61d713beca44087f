"""Putting a file there by the plain form: straight into the encrypted store."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core import encrypted_files
from core.models import EncryptedFile
from exchange.models import Upload, Version
from tests.exchange.files import CSV, PDF, put_file, some

pytestmark = pytest.mark.usefixtures("storages")

PUT = "/file-exchange/ASC01/MAIN1/upload/"
MEGABYTE = 1024 * 1024


@pytest.fixture
def officer(client, world):
    client.force_login(world.associate_officer)
    return client


def text(response) -> str:
    return html.unescape(response.content.decode())


def upload(client, data: bytes = CSV, *, name: str = "entries.csv", **said: str):
    """The file comes first, as what is typed must not be lost whatever becomes of it."""
    posted = {"kind": "entries", "series": "", "note": "", **said}
    return client.post(PUT, {"file": SimpleUploadedFile(name, data), **posted}, follow=True)


def nothing_is_left() -> bool:
    left = (EncryptedFile.objects.exists(), Upload.objects.exists(), Version.objects.exists())
    return not any(left)


def test_the_page_says_what_can_be_uploaded_before_anything_is_sent(officer, world, settings):
    settings.EXCHANGE_CENTRE_LIMIT = 4 * len(CSV)
    put_file(world.officer)
    page = text(officer.get(PUT + "?kind=results")).replace("\xa0", " ")
    assert "One file of up to 2.0 GB" in page
    assert f"{len(CSV)} bytes of {4 * len(CSV)} bytes used by ASC01" in page
    assert f"{3 * len(CSV)} bytes free" in page and 'class="space-used" width="25%"' in page
    assert '<option value="results" selected>' in page


def test_a_form_uploads_a_file(officer, world):
    page = upload(officer, name="C:\\My Documents\\entries.csv", series="2026-06", note="Ours")
    version = Version.objects.get()

    assert "“entries.csv” is here" in text(page) and "is being checked" in text(page)
    assert b"".join(encrypted_files.stream(version.stored)) == CSV
    assert version.file.folder == "June 2026, Entries"
    assert (version.note, version.uploaded_by, version.stored.size) == (
        "Ours",
        "officer.asc01",
        len(CSV),
    )


@pytest.mark.parametrize(
    ("data", "said", "why"),
    [
        (b"", {}, "This file is empty."),
        (b"MZ\x90\x00", {}, "This is a program. File Exchange accepts no programs"),
        (b"PK\x03\x04 cut", {}, "This archive is damaged"),
        (CSV, {"kind": "nothing"}, "Select a valid choice"),
        (CSV, {"series": "1999-06"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_nothing_typed_is_lost_and_nothing_stays(
    officer, world, data, said, why
):
    page = text(upload(officer, data, note="What I typed", **said))
    assert why in page and "What I typed" in page
    assert nothing_is_left()


def test_a_newer_version_takes_the_name_of_what_it_replaces(officer, world):
    old = put_file(world.associate_officer, kind="entries", series=world.series)
    page = text(officer.get(f"/file-exchange/ASC01/MAIN1/files/{old.file_id}/"))
    link = re.search(r'href="([^"]*upload/[^"]*)"', page)[1]

    form = text(officer.get(link))
    assert "<bdi>entries.csv</bdi></strong>. The new file takes that name" in form
    typed = dict(
        re.findall(r'<input type="hidden" name="(series|kind|called)" value="([^"]*)"', form)
    )
    said = upload(officer, CSV + b"ASC01,0002\n", name="entries v2.csv", **typed)
    assert "“entries.csv” is here, as version 2." in text(said)
    assert [one.file_id for one in Version.objects.all()] == [old.file_id] * 2


def test_what_is_another_kind_of_file_than_it_replaces_stands_by_itself_and_that_is_said(
    officer, world
):
    put_file(world.associate_officer, kind="entries")
    page = text(upload(officer, PDF, name="entries.pdf", called="entries.csv"))
    assert "is here, and not as “entries.csv”: a name ends as what is in the file." in page
    assert {one.number for one in Version.objects.all()} == {1}
    assert "“ENTRIES.csv” is here. " in text(upload(officer, name="ENTRIES.CSV"))


def test_without_a_file_it_asks_for_one(officer, world):
    page = text(officer.post(PUT, {"kind": "entries", "note": "What I typed"}))
    assert "Choose a file." in page and "What I typed" in page


def test_what_is_too_large_is_said_and_the_rest_of_it_is_read(officer, world, settings):
    settings.EXCHANGE_FILE_LIMIT = MEGABYTE
    page = text(upload(officer, some(MEGABYTE + 100_000), name="large.pdf", note="What I typed"))
    assert "A file may be 1.0\xa0MB at most" in page and "What I typed" in page
    assert nothing_is_left()


def test_what_is_far_too_large_is_refused_before_it_is_read(officer, world, settings):
    settings.EXCHANGE_FILE_LIMIT = MEGABYTE
    answer = upload(officer, some(2 * MEGABYTE), name="large.pdf", note="What I typed")
    assert answer.status_code == 413
    assert "larger than this page takes" in text(answer) and nothing_is_left()


def test_of_two_files_the_first_is_uploaded_and_one_in_another_field_is_none(officer, world):
    two = [SimpleUploadedFile(f"{name}.csv", CSV) for name in ("first", "second")]
    other = SimpleUploadedFile("other.csv", CSV)
    officer.post(PUT, {"other": other, "kind": "entries", "file": two})

    version = Version.objects.get()
    assert (str(version.file), EncryptedFile.objects.get()) == ("first.csv", version.stored)


def test_without_the_token_nothing_stays(world):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.associate_officer)
    assert upload(strict).status_code == 403
    assert nothing_is_left()


def test_who_may_not_upload_is_refused_before_anything_is_read(client, world):
    for user, status in ((world.viewer, 403), (world.stranger, 404), (world.board, 404)):
        client.force_login(user)
        assert upload(client).status_code == status
    assert nothing_is_left()


def test_nothing_comes_to_the_disk_in_clear(officer, world, encrypted_folder, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "none"  # to write there would fail
    upload(officer, some(3 * MEGABYTE), name="large.pdf")
    stored = next(encrypted_folder.glob("*/*")).read_bytes()
    assert b"%PDF-" not in stored and Version.objects.get().stored.size == 3 * MEGABYTE
