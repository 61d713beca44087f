"""A code of the authenticator app: one step early or late, once, wherever it is asked for."""

from http import HTTPStatus

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tests.accounts.signing_in import log_in

NOW = 1_800_000_015  # in the middle of a step
CODE, CONFIRM, SET_UP = "/log-in/code/", "/account/confirm/code/", "/account/authenticator/set-up/"


def code_at(secret: str, seconds: int) -> str:
    return format_hotp_value(hotp_value(secret, seconds // 30))


@pytest.fixture
def secret(world) -> str:
    secret = generate_totp_secret()
    TOTP.activate(world.officer, secret)
    return secret


def gets_in(code: str) -> bool:
    client = Client()
    log_in(client, "officer.main")
    client.post(CODE, {"code": code})
    return client.get("/").status_code == HTTPStatus.OK


def confirms(world, code: str) -> bool:
    client = Client()
    client.force_login(world.officer)
    return client.post(CONFIRM, {"code": code}).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_is_taken_a_step_early_or_late_at_sign_in_once(world, secret, steps):
    code = code_at(secret, NOW + 30 * steps)
    with time_machine.travel(NOW, tick=False):
        assert gets_in(code)
        assert not gets_in(code)


@pytest.mark.parametrize("steps", [-2, 2])
def test_two_steps_are_too_many(world, secret, steps):
    with time_machine.travel(NOW, tick=False):
        assert not gets_in(code_at(secret, NOW + 30 * steps))


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_confirming_takes_the_same_once_too(world, secret, steps):
    code = code_at(secret, NOW + 30 * steps)
    with time_machine.travel(NOW, tick=False):
        assert confirms(world, code)
        assert not confirms(world, code)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_so_does_setting_up_an_app(client, world, settings, steps):
    settings.MFA_REQUIRED = True
    with time_machine.travel(NOW, tick=False):
        client.force_login(world.officer)
        key = client.get(SET_UP).context["form"].secret
        code = code_at(key, NOW + 30 * steps)
        client.post(SET_UP, {"code": code})
        assert Authenticator.objects.filter(user=world.officer, type="totp").exists()
        assert not gets_in(code)


def test_a_code_is_remembered_for_as_long_as_it_is_good(world, secret):
    """A code of the step to come, used now, is good for 90 seconds from here."""
    code = code_at(secret, NOW + 30)
    with time_machine.travel(NOW, tick=False) as clock:
        assert gets_in(code)
        for later in (31, 59, 74):
            clock.move_to(NOW + later)
            assert not gets_in(code)


def test_spaces_make_no_other_code_of_it(world, secret):
    code = code_at(secret, NOW)
    with time_machine.travel(NOW, tick=False):
        assert gets_in(code)
        assert not gets_in(f"{code[:3]} {code[3:]}")


def test_a_used_code_shuts_nobody_elses_out(world, secret):
    code = code_at(secret, NOW)
    TOTP.activate(world.associate_officer, secret)
    with time_machine.travel(NOW, tick=False):
        assert gets_in(code)
        client = Client()
        log_in(client, "officer.asc01")
        assert client.post(CODE, {"code": code}).status_code == HTTPStatus.FOUND


def test_a_used_code_counts_as_a_wrong_one_and_clears_no_count(world, secret):
    used, right = code_at(secret, NOW), code_at(secret, NOW + 30)
    with time_machine.travel(NOW, tick=False):
        assert gets_in(used)
        for _ in range(5):
            assert not gets_in(used)
        assert not gets_in(right)  # five wrong ones stop that person's codes


def test_the_code_itself_is_kept_nowhere(world, secret):
    code = code_at(secret, NOW)
    with time_machine.travel(NOW, tick=False):
        gets_in(code)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM cache WHERE cache_key LIKE '%code-used:%'")
        assert cursor.fetchall()
    assert cache.get(f"code-used:{code}") is None
