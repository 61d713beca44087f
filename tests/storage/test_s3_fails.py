"""S3 is away, or refuses: said in the sentences that a full disk has, nothing half-made, and it goes on."""

import urllib.request

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import encrypted_files, site_identity
from core.encryption import CannotOpen
from credentials.letters.tasks import NO_STORAGE
from exchange.models import Upload, Version
from exchange.quota import FULL_DISK, NO_ROOM, CannotUpload
from operations import readiness
from portal import start
from storage.store import StorageError, store
from tests.exchange.files import put_file, some
from tests.exchange.test_page_tus import create, send, standing
from tests.letters import make
from tests.storages import url_at


@pytest.fixture
def s3(settings, s3_server, db) -> str:
    """The site's storage; `site-id` is in it."""
    site_id = store("").read(site_identity.FILE)
    settings.STORAGE_URL = url_at(s3_server, "fails")
    store("").replace(site_identity.FILE, site_id)
    return settings.STORAGE_URL


@pytest.fixture(params=["away", "denied"])
def stop(request, settings, s3, s3_server):
    """stop(): from now on it does not answer, or refuses; go_on(): it answers again."""

    def refuse_after(many: str) -> None:
        address = f"{s3_server}/moto-api/reset-auth"
        plain = {"Content-Type": "text/plain"}
        asked = urllib.request.Request(address, many.encode(), plain, method="POST")
        urllib.request.urlopen(asked).close()

    class Stop:
        def __call__(self) -> None:
            if request.param == "denied":
                refuse_after("0")
            else:
                settings.STORAGE_URL = s3.replace(s3_server, "http://127.0.0.1:9")

        def go_on(self) -> None:
            settings.STORAGE_URL = s3
            if request.param == "denied":
                refuse_after("inf")

    stop = Stop()
    yield stop
    stop.go_on()


@pytest.fixture
def officer(client, world):
    client.force_login(world.associate_officer)
    return client


def test_an_upload_goes_on_when_it_is_back(officer, world, stop, caplog):
    data = some(6 * 1024 * 1024)
    address = create(officer, len(data))["Location"]
    send(officer, address, data[:1000], 0)

    stop()
    answer = send(officer, address, data[1000:], 1000)
    assert (answer.status_code, answer.content.decode()) == (507, FULL_DISK)
    assert "StorageError" in caplog.text and "fails" not in caplog.text
    assert not Version.objects.exists()

    stop.go_on()
    offset = standing(officer, address)
    assert send(officer, address, data[offset:], offset).status_code == 204
    assert b"".join(encrypted_files.stream(Version.objects.get().stored)) == data


def test_the_plain_form_says_so_and_keeps_what_was_typed(officer, world, stop):
    stop()
    posted = {"file": SimpleUploadedFile("a.pdf", some(1000)), "kind": "other", "note": "I typed"}
    page = officer.post("/file-exchange/ASC01/MAIN1/upload/", posted).content.decode()

    assert NO_ROOM in page and "I typed" in page
    assert not Upload.objects.exists()
    with pytest.raises(CannotUpload, match="cannot be reached"):
        put_file(world.officer)


def test_letters_are_not_made_and_made_when_it_is_back(world, ask, stop, s3, settings):
    world.open_all()
    file = ask()
    settings.STORAGE_URL = s3
    stop()
    assert (make(file).state, file.error) == ("failed", NO_STORAGE)


def test_what_is_stored_cannot_be_read_at_the_moment(world, stop):
    version = put_file(world.officer)
    stop()
    with pytest.raises(CannotOpen, match="cannot be read at the moment"):
        b"".join(encrypted_files.stream(version.stored))


def test_the_machine_is_not_ready_and_says_why_but_for_candidates_it_is(stop, client, caplog):
    def said(page: str) -> bool:
        return site_identity.AWAY in client.get(page).content.decode()

    assert not said("/health/ready/")
    stop()
    assert said("/health/ready/") and not said("/health/ready/?for=candidates")
    with pytest.raises(start.StorageIsAway, match="cannot be reached"):
        start.require()
    assert "the start: storage.store.StorageError" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_website_starts_all_the_same_and_the_state_page_tells_it(stop, world, board, caplog):
    stop()
    start.require_or_wait()
    assert site_identity.AWAY in caplog.text
    assert "It cannot be reached." in board.get("/board/state/").content.decode()


def test_another_sites_storage_is_not_ready(settings, s3, s3_server):
    settings.STORAGE_URL = url_at(s3_server, "of-another")
    store("").replace(site_identity.FILE, b"11111111-1111-4111-8111-111111111111\n")
    assert any("another site than the storage" in one for one in readiness.reasons())


def test_a_bucket_that_is_not_there_is_no_empty_storage(settings, s3, s3_server):
    settings.STORAGE_URL = s3.replace("s3://kept/", "s3://misspelt/")
    with pytest.raises(StorageError, match="NoSuchBucket"):
        store("").read("site-id")
