"""Letters go to an Associate Centre through File Exchange (`credentials.letters.share`)."""

import datetime as dt
import html
import io

import pypdf
import pytest

from centres.models import AuditEvent, Candidate, Membership
from core import encrypted_files, jobs
from credentials.letters.issuing import request_letters
from credentials.letters.retention import kept_until
from credentials.models import LetterFile
from exchange.models import Download, Inspection, Kind, Version
from tests.builders import BEFORE, PASSWORD
from tests.letters import an_hour_passes, begun_by, make

pytestmark = pytest.mark.usefixtures("storages")

LETTERS = "/candidate-results/2026-06/ASC01/letters/"


@pytest.fixture
def letters(world, letters_folder) -> LetterFile:
    """Letters of ASC01 that its main centre has had made."""
    world.open_all()
    file = request_letters(
        centre=world.associate,
        series=world.series,
        by=world.officer,
        candidates=Candidate.objects.filter(centre=world.associate),
        at=BEFORE,
    )
    return make(file)


@pytest.fixture
def officer(client, world):
    client.force_login(world.officer)
    return client


def text(response) -> str:
    return html.unescape(response.content.decode())


def address(file: LetterFile) -> str:
    return f"{LETTERS}{file.pk}/file-exchange/"


def share(client, file: LetterFile) -> Version:
    client.post(address(file))
    version = Version.objects.get()
    jobs.run("exchange.Inspection", str(Inspection.objects.get(version=version).pk))
    return version


def download_of(version: Version) -> str:
    return f"/file-exchange/ASC01/MAIN1/files/{version.file_id}/{version.number}/download/"


def test_in_one_step_the_letters_are_shared_with_the_associate_centre(officer, letters):
    assert "Share in File Exchange" in text(officer.get(f"{LETTERS}{letters.pk}/"))
    assert "become a PDF file in the exchange with ASC01" in text(officer.get(address(letters)))
    assert not Version.objects.exists()

    version = share(officer, letters)
    pdf = b"".join(encrypted_files.stream(version.stored))
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
    assert version.file.folder == "June 2026, Letters"
    assert version.file.name.startswith("letters-2026-06-ASC01-")
    assert (version.file.centre.number, version.file.main.number) == ("ASC01", "MAIN1")


def test_it_is_recorded_as_a_download_and_kept_no_longer_than_the_letters(officer, letters):
    version = share(officer, letters)

    actions = AuditEvent.objects.filter(by="officer.main").values_list("action", flat=True)
    assert {"letters_downloaded", "exchange_uploaded"} <= set(actions)
    assert version.kept_until == kept_until(letters)


def test_when_there_is_no_room_nothing_is_recorded(officer, letters, settings):
    settings.EXCHANGE_CENTRE_LIMIT = 100
    page = text(officer.post(address(letters), follow=True))
    assert "There is room for" in page
    assert not AuditEvent.objects.filter(action="letters_downloaded").exists()


def test_where_it_would_be_refused_it_is_said_why_or_not_offered(
    client, officer, world, letters, settings
):
    settings.EXCHANGE_CENTRE_LIMIT = 0
    full = text(officer.get(f"{LETTERS}{letters.pk}/"))
    assert "Share in File Exchange: not possible now. There is no room left" in full
    assert address(letters) not in full

    settings.EXCHANGE_CENTRE_LIMIT = 10**9
    assert "Share in File Exchange" in text(officer.get(f"{LETTERS}{letters.pk}/"))
    client.force_login(world.viewer)
    Membership.objects.filter(user=world.viewer).update(may_manage_results_service=True)
    assert "Share in File Exchange" not in text(client.get(f"{LETTERS}{letters.pk}/"))


def test_the_password_is_asked_again_and_what_was_asked_for_is_carried_on_with(officer, letters):
    an_hour_passes(officer)
    assert officer.get(address(letters)).url.startswith("/account/confirm/")
    asked = officer.post(address(letters) + "?language=es")
    assert asked.url.startswith("/account/confirm/") and not Version.objects.exists()

    officer.post(asked.url, {"password": PASSWORD})
    pdf = b"".join(encrypted_files.stream(Version.objects.get().stored))
    assert "Contraseña" in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_only_a_main_centre_shares_them(client, world, letters):
    client.force_login(world.associate_officer)
    assert "Share in File Exchange" not in text(client.get(f"{LETTERS}{letters.pk}/"))
    assert client.post(address(letters)).status_code == 404
    client.force_login(world.viewer)
    Membership.objects.filter(user=world.viewer).update(may_manage_results_service=True)
    assert client.post(address(letters)).status_code == 403


def test_only_who_may_have_letters_downloads_them(client, officer, world, letters):
    version = share(officer, letters)
    client.force_login(world.viewer)
    answer = client.get(download_of(version), follow=True)
    assert "Letters hold logins" in text(answer) and not Download.objects.exists()

    client.force_login(world.associate_officer)
    assert client.get(download_of(version)).status_code == 200
    assert Download.objects.get().by == "officer.asc01"


def test_who_downloads_them_gives_the_password_again_and_has_them(client, officer, world, letters):
    version = share(officer, letters)
    client.force_login(world.associate_officer)
    an_hour_passes(client)
    asked = client.get(download_of(version))
    assert asked.url.startswith("/account/confirm/")
    assert not Download.objects.exists()

    back = client.post(asked.url, {"password": PASSWORD}, follow=True)
    assert begun_by(back) == download_of(version)
    assert client.get(begun_by(back)).status_code == 200 and Download.objects.exists()

    Version.objects.update(kept_until=BEFORE + dt.timedelta(days=900))
    assert version.file.kind == Kind.LETTERS
