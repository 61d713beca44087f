"""Rule 17: letters at rest."""

import uuid

import pytest

from core.encryption import CannotOpen
from credentials.letters import storage
from credentials.models import LetterFile
from storage.store import store

pytestmark = pytest.mark.usefixtures("storages")


def letter_file(**fields) -> LetterFile:
    made = LetterFile(total=1, **fields)
    _, made.master_key_id, made.wrapped_key = storage.new_key(made.pk)
    return made


def test_a_key_unwraps_for_its_own_file_alone(db):
    file_id = uuid.uuid4()
    data_key, master_key_id, wrapped = storage.new_key(file_id)
    own = LetterFile(pk=file_id, total=1, master_key_id=master_key_id, wrapped_key=wrapped)
    other = LetterFile(total=1, master_key_id=master_key_id, wrapped_key=wrapped)

    assert len(data_key) == 32
    assert data_key not in wrapped
    assert storage.unwrap(own) == data_key
    with pytest.raises(CannotOpen):
        storage.unwrap(other)


def test_an_older_master_key_still_opens_and_a_lost_one_does_not(settings, db):
    file = letter_file()
    settings.MASTER_KEYS = {"new": b"n" * 32, **settings.MASTER_KEYS}
    assert len(storage.unwrap(file)) == 32
    assert storage.new_key(uuid.uuid4())[1] == "new"

    settings.MASTER_KEYS = {"new": b"n" * 32}
    with pytest.raises(CannotOpen, match="not among those of this server"):
        storage.unwrap(file)


def test_without_the_wrapped_key_there_is_nothing_to_open(db):
    file = letter_file()
    file.wrapped_key = None

    with pytest.raises(CannotOpen, match="has been deleted"):
        storage.unwrap(file)


def test_parts_cannot_change_places_or_files(world, issue):
    world.open_all()
    first, second = issue(world.main), issue(world.stranger_centre)
    letters = store("letters")
    name = first.parts.get().stored_as
    mine, other = letters.read(name), letters.read(second.parts.get().stored_as)
    assert storage.letters_in(first)

    letters.replace(name, other)
    with pytest.raises(CannotOpen, match="damaged"):
        storage.letters_in(first)

    letters.replace(name, mine)
    first.parts.update(number=2)
    with pytest.raises(CannotOpen, match="damaged"):
        storage.letters_in(first)


def test_missing_letters_are_said_to_be_missing(world, issue):
    world.open_all()
    file = issue(world.main)
    store("letters").delete(file.parts.get().stored_as)

    with pytest.raises(CannotOpen, match="cannot be read at the moment"):
        storage.letters_in(file)


def test_only_their_owner_may_read_the_stored_letters(world, issue, letters_folder):
    world.open_all()
    part = letters_folder / issue(world.main).parts.get().stored_as

    assert part.stat().st_mode & 0o777 == 0o600
    assert {one.stat().st_mode & 0o777 for one in (part.parent, letters_folder)} == {0o700}
