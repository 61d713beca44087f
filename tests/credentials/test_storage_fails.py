"""The place where letters are stored is full, gone, or not to be written to: said on the page, nothing
half-made, and *Try again* works when it is mended (rules 15 and 17). Real disks, where root may
mount some."""

import html
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from centres.models import Candidate
from credentials.letters import letter_parts, storage
from credentials.logins.authentication import sign_in
from credentials.models import Credentials, LetterFile
from tests.builders import World, make_candidate, make_login
from tests.letters import logins_in, make

CENTRE = "/candidate-results/2026-06/MAIN1/"
NO_ROOM = "There is no room left where letters are stored."
NO_STORAGE = "The place where letters are stored cannot be reached."


def mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path, letters_folder, monkeypatch) -> Iterator[Path]:
    """Letters are stored on a disk with room for two letters, which is one part."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    letters_folder.mkdir()
    try:
        mount("-t", "tmpfs", "-o", "size=4k", "letters", letters_folder)
    except subprocess.CalledProcessError:
        pytest.skip("no disk can be mounted here")
    monkeypatch.setattr(letter_parts, "LETTERS", 2)
    yield letters_folder
    for place in (letters_folder, _beside(letters_folder)):  # a test that failed may have moved it
        subprocess.run(["umount", place], capture_output=True)


@pytest.fixture
def world(world) -> World:
    """MAIN1 with five candidates, all of whom have a login."""
    world.open_all()
    for number in range(2, 6):
        make_candidate(world.main, world.series, f"{number:04}")
    world.logins = [
        make_login(candidate)[:2]
        for candidate in Candidate.objects.filter(centre=world.main).order_by("number")
    ]
    return world


@pytest.fixture
def officer(client, world):
    client.force_login(world.officer)
    return client


def page_of(client, file: LetterFile) -> str:
    return html.unescape(client.get(f"{CENTRE}letters/{file.pk}/").content.decode())


def try_again(client, file: LetterFile) -> str:
    client.post(f"{CENTRE}letters/{file.pk}/retry/")
    return make(file).state


def who_gets_in(world: World) -> list[bool]:
    return [sign_in(*login) is not None for login in world.logins]


def each_has_one_live_login_of(file: LetterFile) -> bool:
    live = Credentials.objects.live().filter(candidate__centre=file.centre)
    numbers = list(live.order_by("candidate__number").values_list("candidate__number", flat=True))
    return numbers == [f"{number:04}" for number in range(1, 6)] and all(
        sign_in(*login) for login in logins_in(file)
    )


def test_a_full_disk_is_said_and_with_room_again_the_others_are_made(officer, world, ask, disk):
    file = make(ask())

    page = page_of(officer, file)
    assert NO_ROOM in page
    assert "2 of 5 are safely stored. No login was lost." in page
    assert "Try again" in page
    assert who_gets_in(world) == [False, False, True, True, True]
    assert [sign_in(*login).candidate.number for login in logins_in(file)] == ["0001", "0002"]
    assert len(list(storage.STORE.files())) == 1

    assert try_again(officer, file) == "failed"  # still full: nothing is worse than before
    assert (file.done, len(list(storage.STORE.files()))) == (2, 1)

    mount("-o", "remount,size=1m", disk)
    assert try_again(officer, file) == "ready"
    assert "5 letters ready." in page_of(officer, file)
    assert each_has_one_live_login_of(file)
    assert who_gets_in(world) == [False] * 5


def test_a_disk_that_became_read_only_is_said_and_keeps_the_old_logins(officer, world, ask, disk):
    mount("-o", "remount,ro", disk)
    file = make(ask())

    page = page_of(officer, file)
    assert NO_STORAGE in page
    assert "0 of 5 are safely stored. No login was lost." in page
    assert who_gets_in(world) == [True] * 5

    mount("-o", "remount,rw,size=1m", disk)
    assert try_again(officer, file) == "ready"
    assert each_has_one_live_login_of(file)


def test_letters_are_not_scattered_when_the_disk_is_no_longer_mounted(officer, world, ask, disk):
    """Then the folder is there, and empty: what is stored in it would be hidden by the disk."""
    file = make(ask())  # two letters; then the disk was full
    subprocess.run(["mount", "--move", disk, _beside(disk)], check=True)

    assert try_again(officer, file) == "failed"
    assert NO_STORAGE in page_of(officer, file)
    assert not list(storage.STORE.files())
    answer = officer.get(f"{CENTRE}letters/{file.pk}/download/", follow=True)
    assert "Stored letters cannot be read at the moment" in answer.content.decode()
    assert who_gets_in(world) == [False, False, True, True, True]

    subprocess.run(["mount", "--move", _beside(disk), disk], check=True)
    mount("-o", "remount,size=1m", disk)
    assert try_again(officer, file) == "ready"
    assert each_has_one_live_login_of(file)


def test_letters_are_not_called_ready_when_some_of_them_are_not_there(world, ask, letters_folder):
    file = make(ask())
    path = letters_folder / file.parts.get().stored_as
    path.rename(letters_folder / "away")
    LetterFile.objects.filter(pk=file.pk).update(state="queued")

    assert make(file).state == "failed"
    assert NO_STORAGE in file.error

    (letters_folder / "away").rename(path)
    LetterFile.objects.filter(pk=file.pk).update(state="queued")
    assert make(file).state == "ready"


def _beside(disk: Path) -> Path:
    beside = disk.parent / "elsewhere"
    beside.mkdir(exist_ok=True)
    return beside
