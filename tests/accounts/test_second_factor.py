"""What lies in the database does not open an account."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.second_factor import SecondFactorAdapter
from core.encryption import CannotOpen


def test_an_authenticator_key_is_not_in_the_database(world):
    secret = generate_totp_secret()
    TOTP.activate(world.officer, secret)

    stored = Authenticator.objects.get(user=world.officer).data
    assert secret not in str(stored)
    assert SecondFactorAdapter().decrypt(stored["secret"]) == secret


def test_recovery_codes_are_not_in_the_database(world):
    codes = RecoveryCodes.activate(world.officer).get_unused_codes()

    stored = str(Authenticator.objects.get(user=world.officer).data)
    assert codes
    assert not any(code in stored for code in codes)


def test_a_key_that_was_encrypted_before_a_rotation_still_opens(settings):
    encrypted = SecondFactorAdapter().encrypt("key")
    settings.MASTER_KEYS = {"new": b"n" * 32, **settings.MASTER_KEYS}

    assert SecondFactorAdapter().decrypt(encrypted) == "key"
    assert SecondFactorAdapter().encrypt("key").startswith("new:")


def test_what_was_altered_does_not_open(db):
    encrypted = SecondFactorAdapter().encrypt("key")
    with pytest.raises(CannotOpen):
        SecondFactorAdapter().decrypt(encrypted[:-8] + "AAAAAAA=")
