"""What is encrypted opens with its key alone, in its own place alone (rule 17)."""

import pytest
from django.db import transaction

from core import encrypted_files, encryption
from core.encryption import CannotOpen
from core.models import EncryptedFile


def test_what_is_encrypted_can_be_opened_with_its_key_and_its_place_alone():
    key, other_key = b"k" * 32, b"o" * 32
    encrypted = encryption.encrypt(key, b"letters", aad=b"here")

    assert b"letters" not in encrypted
    assert encryption.decrypt(key, encrypted, aad=b"here") == b"letters"
    for wrong in [
        (other_key, encrypted, b"here"),
        (key, encrypted, b"there"),
        (key, encrypted[:-1] + bytes([encrypted[-1] ^ 1]), b"here"),
        (key, encrypted[:20], b"here"),
        (key, b"", b"here"),
    ]:
        with pytest.raises(CannotOpen):
            encryption.decrypt(wrong[0], wrong[1], aad=wrong[2])


def test_the_same_letters_encrypted_twice_look_different():
    assert encryption.encrypt(b"k" * 32, b"x", aad=b"") != encryption.encrypt(
        b"k" * 32, b"x", aad=b""
    )


@pytest.mark.parametrize("is_destroyed", [True, False])
def test_a_row_that_somebody_holds_is_waited_for_and_moved_only_if_it_is_still_there(
    first, second, settings, encrypted_folder, is_destroyed
):
    stored = encrypted_files.keep([b"made up"])
    settings.MASTER_KEYS = {"new": b"n" * 32, **settings.MASTER_KEYS}

    def hold() -> None:
        with transaction.atomic():
            held = EncryptedFile.objects.select_for_update().get()
            if is_destroyed:
                encrypted_files.destroy(held)

    first.begin(hold, until="FOR UPDATE")
    second.begin(lambda: list(encrypted_files.KEYS.move()))
    second.waits_for(first)
    first.finish()

    assert second.finish() == ([] if is_destroyed else [1])
    stored.refresh_from_db()
    assert stored.is_destroyed == is_destroyed
    assert stored.master_key_id == ("" if is_destroyed else "new")
