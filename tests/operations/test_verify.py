"""Verify sees what is missing, damaged or unknown, and nothing where all is well."""

import os

import pytest
from django.core.management import call_command

from core.encrypted_files import keep
from core.models import EncryptedFile
from credentials.logins import secret
from credentials.models import Credentials, LetterFile, LetterPart
from operations.verify import verify
from tests.builders import make_load
from tests.storages import name_of, path_of


@pytest.fixture(autouse=True)
def made(world, issue, encrypted_folder) -> LetterFile:
    """A letter file, and another encrypted file."""
    world.open_all()
    make_load(world.board)
    return issue()


def faults() -> list[str]:
    return verify().faults


def test_where_all_is_well_it_counts_and_says_so(capsys):
    call_command("verify")

    said = capsys.readouterr().out
    assert "Letters: 1. Logins that work: 1 on them, and 0 more." in said
    assert "Everything is there and whole." in said


def test_its_exit_status_says_when_it_is_not(made, letters_folder, capsys):
    (letters_folder / made.parts.get().stored_as).unlink()

    with pytest.raises(SystemExit) as ended:
        call_command("verify")
    assert ended.value.code == 1
    assert "1 logins are on no readable letter" in capsys.readouterr().out


@pytest.mark.parametrize("damage", [b"", b"not what was written"])
def test_a_part_of_letters_that_is_damaged(made, letters_folder, damage):
    (letters_folder / made.parts.get().stored_as).write_bytes(damage)

    said = " ".join(faults())
    assert "part 1 of letter file" in said
    assert "1 logins are on no readable letter" in said


def test_a_login_that_is_on_another_candidates_letter():
    Credentials.objects.update(printed_number="0077")

    assert "1 logins are on no readable letter" in " ".join(faults())


def test_a_login_that_no_letter_prints():
    pepper_id, digest = secret.current_digest(secret.make())
    Credentials.objects.update(digest=digest, pepper_id=pepper_id)

    assert "1 logins are on no readable letter" in " ".join(faults())


def test_letters_that_were_destroyed_in_their_time_are_none(made, letters_folder, capsys):
    (letters_folder / made.parts.get().stored_as).unlink()
    LetterFile.objects.update(wrapped_key=None, state="destroyed")

    call_command("verify")
    assert "and 1 more" in capsys.readouterr().out


def test_a_byte_of_a_file_that_is_another():
    path = path_of(EncryptedFile.objects.get())
    stored = bytearray(path.read_bytes())
    stored[-1] ^= 1
    path.write_bytes(stored)

    [said] = faults()
    assert "damaged" in said


def test_a_file_that_is_not_there():
    path_of(EncryptedFile.objects.get()).unlink()

    assert any("it is not there" in said for said in faults())


def test_a_file_that_no_row_knows():
    unknown = keep([b"x"])
    os.utime(path_of(unknown), (0, 0))
    EncryptedFile.objects.filter(pk=unknown.pk).delete()

    [said] = faults()
    assert name_of(unknown) in said and "no row knows it" in said


def test_a_row_of_letters_that_went_with_its_part(made):
    LetterPart.objects.all().delete()

    assert "1 logins are on no readable letter" in " ".join(faults())
