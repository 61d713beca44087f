"""What is encrypted opens with its key alone, in its own place alone (rule 17)."""

import pytest

from core import encryption
from core.encryption import CannotOpen


def test_what_is_sealed_can_be_opened_with_its_key_and_its_place_alone():
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


def test_the_same_letters_sealed_twice_look_different():
    assert encryption.encrypt(b"k" * 32, b"x", aad=b"") != encryption.encrypt(
        b"k" * 32, b"x", aad=b""
    )
