"""No file is downloaded before it was checked; with a real clamd, and a signature made up for these tests
(`exchange.tasks`, `exchange.virus_scan`)."""

import datetime as dt
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from board import resources
from centres.models import AuditEvent
from exchange import tasks, virus_scan
from exchange.access import exchange_for
from exchange.downloads import CannotDownload, download
from exchange.version_state import State, state_of
from tests.exchange.files import look_at, put_file, some, zipped

SIGNATURES = Path(__file__).parents[1] / "data" / "clamd"
VIRUS = b"made up: MADE-UP-VIRUS-OF-THE-TESTS\n"  # known to no scanner but that of the tests
LATE_CONTROL = b"made up\n" * 20_000 + b"\x00\x01"
CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
CONFIGURATION = """
LocalSocket {socket}
DatabaseDirectory {signatures}
Foreground yes
StreamMaxLength 2M
MaxThreads 2
"""


@pytest.fixture
def start_clamd(tmp_path, settings) -> Iterator[Callable[[], None]]:
    """What starts the scanner; until then there is none that answers."""
    if CLAMD is None:
        pytest.skip("there is no clamd on this machine")
    socket, log = tmp_path / "clamd.sock", tmp_path / "clamd.log"
    settings.CLAMD = f"unix:{socket}"
    configuration = tmp_path / "clamd.conf"
    configuration.write_text(CONFIGURATION.format(socket=socket, signatures=SIGNATURES))
    running = []

    def start() -> None:
        with log.open("wb") as out:
            command = [CLAMD, "--config-file", configuration]
            running.append(subprocess.Popen(command, stdout=out, stderr=out))
        for _ in range(3_000):  # a minute, on a busy machine
            if socket.exists():
                return
            assert running[0].poll() is None, log.read_text()
            time.sleep(0.02)
        raise AssertionError(log.read_text())

    yield start
    for process in running:
        process.terminate()
        process.wait()


@pytest.fixture
def clamd(start_clamd) -> None:
    start_clamd()


def words_on_page(client, user, version) -> str:
    client.force_login(user)
    address = f"/file-exchange/ASC01/MAIN1/files/{version.file_id}/"
    return client.get(address).content.decode()


def test_before_it_was_looked_at_nobody_can_take_it(client, world):
    version = put_file(world.officer, looked_at=False)
    exchange = exchange_for(world.officer, "ASC01", "MAIN1")
    with pytest.raises(CannotDownload):
        download(version=version, exchange=exchange, by=world.officer)

    page = words_on_page(client, world.associate_officer, version)
    assert "is being checked" in page and "Download" not in page
    address = f"/file-exchange/ASC01/MAIN1/files/{version.file_id}/1/download/"
    answer = client.get(address, follow=True)
    assert "cannot be downloaded: being checked" in answer.content.decode()


def test_a_clean_file_can_be_downloaded_and_an_infected_one_is_destroyed_and_said(
    client, world, clamd
):
    assert state_of(put_file(world.officer)) is State.HERE

    bad = put_file(world.officer, name="bad.txt", data=VIRUS)
    assert state_of(bad) is State.REFUSED
    assert bad.stored.is_destroyed
    for user in (world.officer, world.associate_officer):
        page = words_on_page(client, user, bad)
        assert "Nobody can download this version" in page
        assert "The virus scanner found Made.Up.Test.Signature" in page
        assert "Download" not in page
    event = AuditEvent.objects.get(action="exchange_refused")
    assert event.subject == "bad.txt, version 1"


def test_that_no_virus_was_found_is_said_only_where_a_scanner_looked(client, world, settings):
    settings.CLAMD = ""
    page = words_on_page(client, world.associate_officer, put_file(world.officer))
    assert (
        "It was checked for what it is. No virus scan of it is recorded" in page
        and "found none" not in page
    )
    pending = put_file(world.officer, name="pending.csv", looked_at=False)
    for version in (pending, put_file(world.officer, name="program.csv", data=LATE_CONTROL)):
        page = words_on_page(client, world.associate_officer, version)
        assert "clean" not in page and "scanner" not in page and "<dt>Checked" not in page


def test_what_a_scanner_looked_at_says_so_and_when(client, world, clamd):
    version = put_file(world.officer)
    assert version.inspection.scanned_at
    page = words_on_page(client, world.associate_officer, version)
    assert "and for viruses: the virus scanner found none on" in page
    bad = put_file(world.officer, name="bad.txt", data=VIRUS)
    assert bad.inspection.scanned_at is None


def test_the_board_reads_whether_the_scanner_answers(world, settings, start_clamd):
    assert (resources.scanner().state, resources.scanner().words) == (
        "bad",
        "It cannot be reached.",
    )
    start_clamd()
    assert resources.scanner().state == "good"
    settings.CLAMD = ""
    assert resources.scanner().state == "look" and "not for viruses" in resources.scanner().words


def test_it_is_found_in_an_archive_too(world, clamd):
    bad = put_file(world.officer, name="bad.zip", data=zipped({"inner.txt": VIRUS}))
    assert state_of(bad) is State.REFUSED


def test_while_the_scanner_is_away_files_wait_and_are_tried_again(client, world, start_clamd):
    version = put_file(world.officer)
    assert state_of(version) is State.HELD_UP
    page = words_on_page(client, world.associate_officer, version)
    assert virus_scan.AWAY in page and "hx-get" in page  # it will be otherwise by itself

    now = timezone.now()
    assert tasks.inspect_again(at=now + dt.timedelta(seconds=30)) == 0
    assert tasks.inspect_again(at=now + dt.timedelta(seconds=90)) == 1
    start_clamd()
    look_at(version)
    version.inspection.refresh_from_db()
    assert state_of(version) is State.HERE


def test_a_file_that_the_scanner_does_not_read_through_waits(world, clamd):
    version = put_file(world.officer, name="large.pdf", data=some(3 * 1024 * 1024))
    assert state_of(version) is State.HELD_UP
    assert version.inspection.error == virus_scan.TOO_LARGE
    assert tasks.inspect_again(at=timezone.now() + dt.timedelta(minutes=5)) == 0
    assert tasks.inspect_again(at=timezone.now() + dt.timedelta(hours=2)) == 1


def test_what_its_beginning_did_not_tell_is_found_when_all_of_it_is_read(world):
    assert state_of(put_file(world.officer, data=LATE_CONTROL)) is State.REFUSED


def test_the_board_is_told_when_there_is_no_scanner(client, world, settings):
    settings.CLAMD = ""
    client.force_login(world.board)
    assert "No virus scanner is set up" in client.get("/file-exchange/").content.decode()
    client.force_login(world.officer)
    assert "No virus scanner" not in client.get("/file-exchange/").content.decode()
    settings.CLAMD = "localhost:3310"
    client.force_login(world.board)
    assert "No virus scanner" not in client.get("/file-exchange/").content.decode()
