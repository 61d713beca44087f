"""Encrypted files, in a folder and in S3: in pieces, each in its own place, of any size."""

import hashlib
import os
import random
import zipfile

import pytest

from core import encrypted_files
from core.encrypted_files import (
    PIECE,
    STORED,
    Busy,
    Writer,
    begin,
    drop,
    keep,
    open_stored,
    stream,
)
from core.encryption import OVERHEAD, CannotOpen
from core.models import EncryptedFile
from tests.storages import all_that_lies, is_there, path_of, raw, replace_raw

SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE]


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storages")]


def some(size: int) -> bytes:
    return random.Random(size).randbytes(size)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_kept_comes_back_and_its_digest_is_known(size):
    data = some(size)
    stored = EncryptedFile.objects.get(pk=keep([data[:10], data[10:]]).pk)

    assert b"".join(stream(stored)) == data
    assert (stored.size, stored.sha256) == (size, hashlib.sha256(data).hexdigest())
    assert open_stored(stored).read() == data
    assert size < 32 or data[:32] not in raw(stored)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [100_001, PIECE, 2 * PIECE])
def test_it_grows_from_its_end_in_any_number_of_goes(size, step):
    data, stored = some(size), begin()
    for at in range(0, size, step):
        with Writer(EncryptedFile.objects.get(pk=stored.pk)) as writer:
            assert writer.size == at
            writer.write(data[at : at + step])
            writer.save()
    with Writer(EncryptedFile.objects.get(pk=stored.pk)) as writer:
        writer.finish()

    stored.refresh_from_db()
    assert b"".join(stream(stored)) == data
    encrypted_files.know_digest(stored)
    assert EncryptedFile.objects.get().sha256 == hashlib.sha256(data).hexdigest()


def test_any_range_can_be_read():
    data = some(3 * PIECE + 5)
    stored = keep([data])
    for start, stop in [(0, 1), (5, PIECE + 7), (PIECE, 2 * PIECE), (PIECE - 1, len(data) + 9)]:
        assert b"".join(stream(stored, start, stop)) == data[start:stop]
    reader = open_stored(stored)
    reader.seek(-5, os.SEEK_END)
    assert reader.read() == data[-5:]


def test_a_library_that_seeks_can_read_it(tmp_path):
    with zipfile.ZipFile(tmp_path / "made.zip", "w") as made:
        made.writestr("one.txt", "one")
        made.writestr("large.bin", some(2 * PIECE))
    stored = keep([(tmp_path / "made.zip").read_bytes()])

    with open_stored(stored) as file, zipfile.ZipFile(file) as found:
        assert found.read("one.txt") == b"one"
        assert found.testzip() is None


def altered(stored: bytes) -> dict[str, bytes]:
    first, second, rest = stored[:STORED], stored[STORED : 2 * STORED], stored[2 * STORED :]
    return {
        "cut inside a piece": stored[:-1],
        "cut at a piece": first + second,
        "swapped": second + first + rest,
        "a piece missing": first + rest,
        "one twice": first + first + rest,
        "one bit": stored[:-1] + bytes([stored[-1] ^ 1]),
        "more behind": stored + b"x",
        "empty": b"",
    }


@pytest.mark.parametrize("what", altered(b"x"))
def test_what_is_not_as_it_was_is_refused(what):
    stored = keep([some(2 * PIECE + 9)])
    replace_raw(stored, altered(raw(stored))[what])

    with pytest.raises(CannotOpen, match="damaged"):
        b"".join(stream(stored))


def test_a_file_that_was_cut_is_refused_whatever_its_row_says():
    stored = keep([some(2 * PIECE + 9)])
    EncryptedFile.objects.update(size=2 * PIECE)
    replace_raw(stored, raw(stored)[: 2 * STORED])
    stored.refresh_from_db()

    with pytest.raises(CannotOpen, match="damaged"):
        b"".join(stream(stored))


def test_a_piece_of_another_file_is_refused():
    one, other = keep([some(2 * PIECE)]), keep([some(2 * PIECE + 1)])
    replace_raw(one, raw(other)[:STORED] + raw(one)[STORED:])

    with pytest.raises(CannotOpen, match="damaged"):
        b"".join(stream(one))


def test_nothing_is_read_before_it_is_whole():
    stored = begin()
    with Writer(stored) as writer:
        writer.write(b"half")
        writer.save()

    for read in (stream, open_stored):
        with pytest.raises(CannotOpen, match="not whole"):
            read(stored)


def test_of_two_who_write_the_second_is_refused():
    stored = begin()
    with Writer(stored), pytest.raises(Busy):
        Writer(EncryptedFile.objects.get(pk=stored.pk))


def test_what_another_has_made_whole_since_is_not_written_to():
    stored = begin()
    with Writer(EncryptedFile.objects.get(pk=stored.pk)) as writer:
        writer.write(b"whole")
        writer.finish()

    with pytest.raises(Busy):
        Writer(stored)
    assert b"".join(stream(EncryptedFile.objects.get(pk=stored.pk))) == b"whole"


def test_what_another_has_dropped_since_is_not_written_to_and_nothing_stays_open():
    stored = begin()
    drop(EncryptedFile.objects.get(pk=stored.pk))
    open_before = len(os.listdir("/proc/self/fd"))

    with pytest.raises(CannotOpen, match="destroyed"):
        Writer(stored)
    assert len(os.listdir("/proc/self/fd")) == open_before
    assert all_that_lies() == []


@pytest.mark.parametrize("act", [Writer.save, Writer.finish])
def test_what_is_dropped_while_it_is_written_cannot_be_kept(act):
    stored = begin()
    with Writer(stored) as writer, pytest.raises(CannotOpen, match="destroyed"):
        writer.write(b"some")
        drop(EncryptedFile.objects.get(pk=stored.pk))
        act(writer)


def test_killed_while_it_wrote_it_goes_on_from_what_was_saved(encrypted_folder):
    data, stored = some(PIECE + 500), begin()
    with Writer(stored) as writer:
        writer.write(data)
        writer.save()
    with path_of(stored).open("r+b") as file:  # cut in the middle of writing the second piece anew
        file.truncate(STORED + 100)

    with Writer(EncryptedFile.objects.get(pk=stored.pk)) as writer:
        assert writer.size == PIECE
        writer.write(data[PIECE:])
        writer.finish()
    assert b"".join(stream(EncryptedFile.objects.get(pk=stored.pk))) == data


def test_when_it_cannot_be_made_nothing_is_left():
    def failing():
        yield b"x" * 100
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError):
        keep(failing())
    assert not EncryptedFile.objects.exists()
    assert all_that_lies() == []


def test_what_is_destroyed_cannot_be_read_and_is_gone(django_capture_on_commit_callbacks):
    stored = keep([b"secret"])
    with django_capture_on_commit_callbacks(execute=True):
        encrypted_files.destroy(stored)

    with pytest.raises(CannotOpen, match="destroyed"):
        stream(stored)
    assert not is_there(stored)


def test_what_is_dropped_is_off_the_disk_and_its_row_gone(django_capture_on_commit_callbacks):
    stored = keep([b"secret"])
    gone = EncryptedFile(pk=stored.pk)
    with django_capture_on_commit_callbacks(execute=True):
        encrypted_files.drop(stored)

    assert not is_there(gone)
    assert not EncryptedFile.objects.exists()


def test_files_move_to_the_master_key_in_use(settings):
    stored = keep([b"x"])
    settings.MASTER_KEYS = {"new": b"n" * 32, **settings.MASTER_KEYS}
    assert list(encrypted_files.KEYS.move()) == [1]
    assert encrypted_files.KEYS.needing() == {"new": 1}

    settings.MASTER_KEYS = {"new": b"n" * 32}
    stored.refresh_from_db()
    assert b"".join(stream(stored)) == b"x"


def test_only_their_owner_may_read_the_stored_bytes(encrypted_folder):
    stored = keep([b"x"])
    assert path_of(stored).stat().st_mode & 0o777 == 0o600
    assert path_of(stored).stat().st_size == 1 + OVERHEAD
