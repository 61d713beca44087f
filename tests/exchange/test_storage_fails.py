"""The disk is full: said, and nothing that was there is lost. A real disk, where root may mount one."""

import html
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import encrypted_files
from exchange.models import Upload, Version
from exchange.quota import FULL_DISK, NO_ROOM, CannotUpload
from tests.exchange.files import put_file, some
from tests.exchange.test_page_tus import create, send, standing

MEGABYTE = 1024 * 1024


def mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


@pytest.fixture
def disk(encrypted_folder) -> Iterator[Path]:
    """Files are kept on a disk with room for four megabytes."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    encrypted_folder.mkdir()
    try:
        mount("-t", "tmpfs", "-o", "size=4m", "stored", encrypted_folder)
    except subprocess.CalledProcessError:
        pytest.skip("no disk can be mounted here")
    yield encrypted_folder
    subprocess.run(["umount", encrypted_folder], capture_output=True)


@pytest.fixture
def officer(client, world):
    client.force_login(world.associate_officer)
    return client


def content_of(version: Version) -> bytes:
    return b"".join(encrypted_files.stream(version.stored))


def test_an_upload_goes_on_when_there_is_room_again_and_what_was_there_stays(officer, world, disk):
    there = put_file(world.officer, name="there.pdf", data=some(2 * MEGABYTE))
    data = some(3 * MEGABYTE)
    address = create(officer, len(data))["Location"]
    send(officer, address, data[:1000], 0)

    answer = send(officer, address, data[1000:], 1000)
    assert (answer.status_code, answer.content.decode()) == (507, FULL_DISK)
    assert content_of(there) == some(2 * MEGABYTE)
    assert not Version.objects.exclude(pk=there.pk).exists()

    mount("-o", "remount,size=9m", disk)
    offset = standing(officer, address)
    if send(officer, address, data[offset:], offset).status_code == 409:  # a piece was cut short
        offset = standing(officer, address)
        assert send(officer, address, data[offset:], offset).status_code == 204
    assert content_of(Version.objects.exclude(pk=there.pk).get()) == data


def test_the_plain_form_says_so_and_keeps_what_was_typed(officer, world, disk):
    there = put_file(world.officer, name="there.pdf", data=some(2 * MEGABYTE))
    file = SimpleUploadedFile("large.pdf", some(3 * MEGABYTE))
    posted = {"file": file, "kind": "entries", "note": "What I typed"}
    page = html.unescape(
        officer.post("/file-exchange/ASC01/MAIN1/upload/", posted).content.decode()
    )
    assert NO_ROOM in page and "What I typed" in page
    assert content_of(there) == some(2 * MEGABYTE)
    assert not Upload.objects.exists()


def test_what_is_made_elsewhere_in_direct_is_refused_with_a_sentence(world, disk):
    with pytest.raises(CannotUpload, match="The storage is full"):
        put_file(world.officer, name="large.pdf", data=some(5 * MEGABYTE))
    assert not Version.objects.exists()
