"""What is sealed opens with its key alone, in its own place alone (rule 17)."""

import pytest

from core import encryption
from core.encryption import CannotOpen


def test_what_is_sealed_can_be_opened_with_its_key_and_its_place_alone():
    key, other_key = b"k" * 32, b"o" * 32
    sealed = encryption.seal(key, b"letters", aad=b"here")

    assert b"letters" not in sealed
    assert encryption.open_(key, sealed, aad=b"here") == b"letters"
    for wrong in [
        (other_key, sealed, b"here"),
        (key, sealed, b"there"),
        (key, sealed[:-1] + bytes([sealed[-1] ^ 1]), b"here"),
        (key, sealed[:20], b"here"),
        (key, b"", b"here"),
    ]:
        with pytest.raises(CannotOpen):
            encryption.open_(wrong[0], wrong[1], aad=wrong[2])


def test_the_same_letters_sealed_twice_look_different():
    assert encryption.seal(b"k" * 32, b"x", aad=b"") != encryption.seal(b"k" * 32, b"x", aad=b"")
