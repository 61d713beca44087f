"""Uploads that are not finished: the page lists them for their uploader alone, to go on with or to cancel."""

import html
import re

import pytest

from core.models import EncryptedFile
from exchange.access import exchange_for
from exchange.models import Upload, Version
from exchange.uploads import unfinished
from tests.exchange.files import PDF
from tests.exchange.test_page_tus import create, send

pytestmark = pytest.mark.usefixtures("storages")

PAGE = "/file-exchange/ASC01/MAIN1/upload/"


@pytest.fixture
def begun(client, world) -> str:
    """The address of an upload of which half has come."""
    client.force_login(world.associate_officer)
    address = create(client, len(PDF), modified="1764374400123", note="Ours", series="2026-06")
    send(client, address["Location"], PDF[:12], 0)
    return address["Location"]


def text(client, page: str = PAGE) -> str:
    return html.unescape(client.get(page, follow=True).content.decode())


def test_what_is_not_finished_is_found_again_with_all_that_tells_the_file(client, world, begun):
    page = text(client)
    assert "<bdi>made-up.pdf</bdi>" in page and "June 2026, Entries · 52 % of 23" in page
    told = dict(re.findall(r'data-(\w+)="([^"]*)"', re.search("<li data-unfin.*?>", page)[0]))
    assert told == {
        "unfinished": begun,
        "name": "made-up.pdf",
        "length": str(len(PDF)),
        "modified": "1764374400123",
        "series": "2026-06",
        "kind": "entries",
        "note": "Ours",
    }
    assert 'data-person="officer.asc01"' in page
    assert "You have begun an upload that is not finished." in text(
        client, "/file-exchange/ASC01/MAIN1/"
    )


def test_it_is_its_uploaders_alone_and_of_that_exchange(client, world, begun):
    assert len(unfinished(exchange_for(world.associate_officer, "ASC01", "MAIN1"))) == 1
    assert not unfinished(exchange_for(world.associate_officer, "ASC01", "board"))
    for other in (world.officer, world.viewer, world.stranger, world.board):
        client.force_login(other)
        for page in (PAGE, "/file-exchange/ASC01/MAIN1/", "/file-exchange/ASC01/board/upload/"):
            assert "made-up.pdf" not in text(client, page) and begun not in text(client, page)
        assert client.post(f"{begun}cancel/").status_code in (403, 404)
    assert Upload.objects.exists()


def test_it_is_cancelled_from_the_list_and_nothing_of_it_is_kept(client, world, begun):
    page = html.unescape(client.post(f"{begun}cancel/", follow=True).content.decode())
    assert "“made-up.pdf” was cancelled. Nothing of it is kept." in page
    assert not Upload.objects.exists() and not EncryptedFile.objects.exists()


def test_what_is_finished_is_listed_no_more_and_cancelling_it_leaves_the_file(client, world, begun):
    send(client, begun, PDF[12:], 12)
    assert "<bdi>made-up.pdf</bdi>" not in text(client)
    page = client.post(f"{begun}cancel/", follow=True).content.decode()
    assert "was cancelled" not in page and Version.objects.get().stored.size == len(PDF)


def test_after_a_new_log_in_it_goes_on_for_the_same_person(client, world, begun):
    client.logout()
    assert send(client, begun, PDF[12:], 12).status_code in (302, 413)
    client.force_login(world.officer)
    assert send(client, begun, PDF[12:], 12).status_code == 404
    client.force_login(world.associate_officer)
    assert send(client, begun, PDF[12:], 12).status_code == 204
    assert Version.objects.get().uploaded_by == "officer.asc01"
