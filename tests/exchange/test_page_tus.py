"""Uploads that go on after a broken connection: tus 1.0.0 (`exchange.views.tus`, `exchange.uploads`)."""

import base64
import datetime as dt
import random
from contextlib import suppress

import pytest
from django.utils import timezone

from centres.models import AuditEvent
from core import encrypted_files
from core.encrypted_files import PIECE, Busy, Writer
from core.models import EncryptedFile
from exchange import uploads
from exchange.models import Upload, Version
from tests.between_queries import after_query
from tests.exchange.files import PDF, put_file, some
from tests.storages import path_of

UPLOADS = "/file-exchange/ASC01/MAIN1/uploads/"
TUS = {"Tus-Resumable": "1.0.0"}


pytestmark = pytest.mark.usefixtures("storages")


@pytest.fixture
def officer(client, world):
    client.force_login(world.associate_officer)
    return client


def metadata(**said: str) -> str:
    pairs = {"name": "made-up.pdf", "kind": "entries", "series": "", "note": "", **said}
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}".strip() for key, value in pairs.items()
    )


def create(client, length: int, **said: str):
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata(**said)}
    return client.post(UPLOADS, headers=headers)


def send(client, address: str, data: bytes, offset: int, **more):
    return client.patch(
        address,
        data,
        headers={**TUS, "Upload-Offset": str(offset)},
        CONTENT_TYPE="application/offset+octet-stream",  # of an empty body, too
        **more,
    )


def standing(client, address: str) -> int:
    return int(client.head(address, headers=TUS)["Upload-Offset"])


def test_a_file_comes_in_parts_and_nobody_sees_it_before_all_of_it_is_there(officer, world):
    data = some(2 * PIECE + 7)
    made = create(officer, len(data), series="2026-06", note="For you")
    address = made["Location"]
    assert (made.status_code, made["Tus-Resumable"]) == (201, "1.0.0")
    assert made["Upload-Expires"].endswith("GMT")

    answer = send(officer, address, data[: PIECE + 5], 0)
    assert (answer.status_code, answer["Upload-Offset"]) == (204, str(PIECE + 5))
    assert not Version.objects.exists()
    assert standing(officer, address) == PIECE + 5

    answer = send(officer, address, data[PIECE + 5 :], PIECE + 5)
    version = Version.objects.get()
    assert answer["Content-Location"] == f"/file-exchange/ASC01/MAIN1/files/{version.file_id}/"
    assert b"".join(encrypted_files.stream(version.stored)) == data
    assert (version.file.series, version.file.kind) == (world.series, "entries")
    assert (version.note, version.uploaded_by) == ("For you", "officer.asc01")


def test_a_newer_version_takes_the_name_of_what_it_replaces(officer, world):
    old = put_file(world.associate_officer, name="entries.pdf", data=PDF, kind="entries")
    address = create(officer, len(PDF), name="entries v2.pdf", called="entries.pdf")["Location"]
    page = officer.get(send(officer, address, PDF, 0)["Content-Location"]).content.decode()
    assert "“entries.pdf” is here, as version 2." in page
    assert {one.file_id for one in Version.objects.all()} == {old.file_id}


def test_when_the_last_answer_is_lost_the_upload_still_says_where_the_file_is(officer, world):
    address = create(officer, len(PDF))["Location"]
    location = send(officer, address, PDF, 0)["Content-Location"]

    answer = officer.head(address, headers=TUS)
    assert (answer["Upload-Offset"], answer["Content-Location"]) == (str(len(PDF)), location)
    assert send(officer, address, b"more", len(PDF)).status_code == 409
    assert officer.delete(address, headers=TUS).status_code == 204
    assert b"".join(encrypted_files.stream(Version.objects.get().stored)) == PDF  # it stays


def test_what_came_before_the_connection_broke_counts(officer, world):
    data = some(PIECE)
    address = create(officer, len(data))["Location"]
    upload = uploads.Upload.objects.get()

    coming = [data[:1000], data[1000:70_000]]

    def read(size: int) -> bytes:
        if not coming:
            raise OSError("the connection broke")
        return coming.pop(0)

    with pytest.raises(OSError, match="broke"):
        uploads.receive(upload, read, offset=0)
    assert standing(officer, address) == 70_000
    send(officer, address, data[70_000:], 70_000)
    assert b"".join(encrypted_files.stream(Version.objects.get().stored)) == data


def test_it_may_be_cut_anywhere_any_number_of_times(officer, world):
    data, dice = some(3 * PIECE), random.Random(6)
    address, sent = create(officer, len(data))["Location"], 0
    while sent < len(data):
        step = dice.choice([1, 1000, PIECE // 3, PIECE, PIECE + 1])
        assert send(officer, address, data[sent : sent + step], sent).status_code == 204
        sent = min(sent + step, len(data))
        assert standing(officer, address) == sent
    assert b"".join(encrypted_files.stream(Version.objects.get().stored)) == data


def test_what_does_not_go_on_where_it_stands_is_refused(officer, world):
    address = create(officer, len(PDF))["Location"]
    send(officer, address, PDF[:5], 0)

    assert send(officer, address, PDF[6:], 6).status_code == 409
    assert send(officer, address, PDF, 0).status_code == 409
    assert standing(officer, address) == 5


def test_while_one_request_writes_another_has_to_wait(officer, world):
    address = create(officer, len(PDF))["Location"]
    with Writer(Upload.objects.get().stored):
        answer = send(officer, address, PDF, 0)
    assert (answer.status_code, answer["Retry-After"]) == (423, "1")
    assert send(officer, address, PDF, 0).status_code == 204


def test_more_than_was_said_is_refused(officer, world):
    address = create(officer, 10)["Location"]
    assert send(officer, address, PDF, 0).status_code == 413
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "²"}, 400),
        ({"Upload-Length": "9" * 5000, "Upload-Metadata": metadata()}, 400),
        ({"Upload-Length": "10", "Upload-Metadata": "name not-base64!"}, 400),
        ({"Upload-Length": "10", "Upload-Metadata": metadata(kind="nothing known")}, 400),
        ({"Upload-Length": "0", "Upload-Metadata": metadata()}, 400),
        ({"Upload-Length": str(3 << 30), "Upload-Metadata": metadata()}, 413),
    ],
)
def test_an_upload_that_cannot_be_is_refused_before_it_begins(officer, world, headers, status):
    answer = officer.post(UPLOADS, headers={**TUS, **headers})
    assert answer.status_code == status and answer.content
    assert not Upload.objects.exists() and not EncryptedFile.objects.exists()


def test_what_is_not_allowed_is_refused_with_its_first_bytes_and_destroyed(officer, world):
    address = create(officer, 3 * PIECE, name="harmless.pdf")["Location"]
    answer = send(officer, address, b"MZ\x90\x00" + bytes(1000), 0)

    assert answer.status_code == 422
    assert "File Exchange accepts no programs" in answer.content.decode()
    assert not Upload.objects.exists() and not EncryptedFile.objects.exists()
    assert AuditEvent.objects.get(action="exchange_refused").subject == "harmless.pdf"


def test_what_turns_out_not_to_be_allowed_at_its_end_is_destroyed_too(officer, world):
    data = b"PK\x03\x04" + bytes(2000)  # begins like an archive
    address = create(officer, len(data))["Location"]

    assert send(officer, address, data, 0).status_code == 422
    assert not Upload.objects.exists() and not EncryptedFile.objects.exists()


def test_an_upload_is_its_uploaders_alone(officer, world, client):
    address = create(officer, len(PDF))["Location"]
    for other in (world.officer, world.viewer, world.board, world.stranger):
        client.force_login(other)
        answers = [client.head(address, headers=TUS), send(client, address, PDF, 0)]
        answers.append(client.delete(address, headers=TUS))
        assert {answer.status_code for answer in answers} <= {403, 404}
    client.force_login(world.associate_officer)
    elsewhere = address.replace("MAIN1", "board")
    assert client.head(elsewhere, headers=TUS).status_code == 404
    assert standing(client, address) == 0


def test_another_version_of_the_protocol_is_told_which_one_we_speak(officer, world):
    answer = officer.post(UPLOADS, headers={"Tus-Resumable": "0.2.2"})
    assert (answer.status_code, answer["Tus-Version"]) == (412, "1.0.0")
    can = officer.options(UPLOADS)
    assert can["Tus-Extension"] == "creation,expiration,termination"
    assert can["Tus-Max-Size"] == str(2 << 30)


def test_a_body_of_another_type_is_not_read(officer, world):
    address = create(officer, len(PDF))["Location"]
    headers = {**TUS, "Upload-Offset": "0"}
    assert officer.patch(address, PDF, headers=headers).status_code == 415
    assert officer.post(address, headers=TUS).status_code == 405


def test_who_can_only_post_sends_on_by_its_header(officer, world):
    address = create(officer, len(PDF))["Location"]
    answer = officer.post(
        address,
        PDF,
        content_type="application/offset+octet-stream",
        headers={**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"},
    )
    assert answer.status_code == 204 and Version.objects.exists()


def test_without_the_token_nothing_is_written(world, client):
    strict = type(client)(enforce_csrf_checks=True)
    strict.force_login(world.associate_officer)
    assert create(strict, len(PDF)).status_code == 403


def test_what_is_cancelled_or_abandoned_is_destroyed(
    officer, world, encrypted_folder, django_capture_on_commit_callbacks
):
    def on_disk() -> list:
        return list(encrypted_folder.glob("*/*"))

    address = create(officer, 100)["Location"]
    send(officer, address, PDF, 0)
    assert on_disk()
    with django_capture_on_commit_callbacks(execute=True):
        officer.delete(address, headers=TUS)
    assert not EncryptedFile.objects.exists() and not on_disk()
    assert officer.head(address, headers=TUS).status_code == 404

    send(officer, create(officer, 100)["Location"], PDF, 0)
    now = timezone.now()
    uploads.tidy(at=now + dt.timedelta(hours=23))
    assert Upload.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        uploads.tidy(at=now + dt.timedelta(hours=25))
    assert not Upload.objects.exists() and not EncryptedFile.objects.exists() and not on_disk()


def test_what_came_whole_and_was_left_by_a_process_that_was_killed_is_finished(officer, world):
    create(officer, len(PDF))
    with Writer(Upload.objects.get().stored) as writer:  # and no further
        writer.write(PDF)
        writer.save()
    uploads.tidy()
    assert not Version.objects.exists()  # its process may still be at it

    uploads.tidy(at=timezone.now() + dt.timedelta(minutes=3))
    assert b"".join(encrypted_files.stream(Version.objects.get().stored)) == PDF


class Interrupted:
    """A body, before whose second part somebody else does something."""

    def __init__(self, data: bytes, act) -> None:
        self.parts, self.act = [data[:10], data[10:]], act

    def read(self, size: int = -1) -> bytes:
        if len(self.parts) == 1:
            self.act()
        return self.parts.pop(0) if self.parts else b""

    readline = read


def interrupted(client, address: str, data: bytes, act):
    body = {"wsgi.input": Interrupted(data, act), "CONTENT_LENGTH": str(len(data))}
    return send(client, address, b"", 0, **body)


def test_who_loses_the_right_while_the_file_is_sent_uploads_none(officer, world):
    address = create(officer, len(PDF))["Location"]
    suspend = world.associate_officer.memberships.update

    answer = interrupted(officer, address, PDF, lambda: suspend(suspended_at=timezone.now()))
    assert answer.status_code == 404
    assert not Version.objects.exists() and not Upload.objects.exists()
    assert not EncryptedFile.objects.exists()


def test_what_is_cancelled_while_it_is_sent_is_said_to_be_gone(officer, world):
    address = create(officer, len(PDF))["Location"]

    answer = interrupted(officer, address, PDF, lambda: uploads.cancel(Upload.objects.get()))
    assert answer.status_code == 410 and "destroyed" in answer.content.decode()
    assert not Upload.objects.exists() and not EncryptedFile.objects.exists()


@pytest.mark.parametrize("cancelled_after", range(5, 11))
def test_whenever_it_is_cancelled_it_is_either_there_or_gone(officer, world, cancelled_after):
    address = create(officer, len(PDF))["Location"]

    with after_query(
        cancelled_after, lambda: [uploads.cancel(one) for one in Upload.objects.all()]
    ):
        status = send(officer, address, PDF, 0).status_code
    if status == 204:
        assert b"".join(encrypted_files.stream(Version.objects.get().stored)) == PDF
    else:
        assert status in (404, 410)
        assert not Version.objects.exists() and not EncryptedFile.objects.exists()


def test_who_cancels_what_has_just_become_a_file_leaves_the_file(officer, world):
    address = create(officer, len(PDF))["Location"]
    upload = Upload.objects.select_related("stored").get()
    send(officer, address, PDF, 0)

    uploads.cancel(upload)
    assert b"".join(encrypted_files.stream(Version.objects.get().stored)) == PDF
    uploads.cancel(upload)  # and twice does no harm


@pytest.mark.parametrize("finished_after", range(5, 11))
def test_two_who_finish_at_once_upload_one_file(officer, world, finished_after):
    address = create(officer, len(PDF))["Location"]
    with Writer(Upload.objects.get().stored) as writer:  # all of it has come
        writer.write(PDF)
        writer.save()

    def finish():
        with suppress(Busy):
            uploads.finish(Upload.objects.get())

    with after_query(finished_after, finish):
        answer = send(officer, address, b"", len(PDF))
    assert answer.status_code in (204, 409, 423)
    assert b"".join(encrypted_files.stream(Version.objects.get().stored)) == PDF


@pytest.mark.parametrize("place", [0, 1])
def test_an_upload_that_cannot_be_read_stops_none_behind_it(
    officer, world, place, caplog, encrypted_folder
):
    for _ in range(2):
        create(officer, len(PDF))
    left = list(Upload.objects.all())
    for upload in left:
        with Writer(upload.stored) as writer:
            writer.write(PDF)
            writer.save()
    unreadable = left[place]
    path_of(unreadable.stored).unlink()
    path_of(unreadable.stored).mkdir()

    uploads.tidy(at=timezone.now() + dt.timedelta(minutes=3))

    assert b"".join(encrypted_files.stream(Version.objects.get().stored)) == PDF
    assert list(Upload.objects.filter(version=None)) == [unreadable]
    assert f"upload {unreadable.pk}: IsADirectoryError" in caplog.text


def test_who_may_not_upload_any_more_finishes_none(officer, world):
    create(officer, len(PDF))
    with Writer(Upload.objects.get().stored) as writer:
        writer.write(PDF)
        writer.save()
    world.associate_officer.memberships.all().delete()
    uploads.tidy(at=timezone.now() + dt.timedelta(minutes=3))
    assert not Version.objects.exists() and not Upload.objects.exists()
