"""Keys in keys.json rotate by a command, and running processes take the new ones up."""

import datetime as dt
import json
import os

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import second_factor
from centres.models import AuditEvent
from core.models import KeyChange
from core.only_grows import lifted
from credentials.logins.authentication import sign_in
from credentials.models import Credentials
from portal import key_rotation
from portal.key_rotation import KINDS, CannotRotate, unmoved
from portal.keys import KeyRing, load_or_make
from tests.builders import make_login

MASTER, PEPPER = KINDS["master"], KINDS["pepper"]


@pytest.fixture
def rings(settings, tmp_path):
    """The settings as they are where keys are made and kept in a file."""
    path = tmp_path / "keys.json"
    load_or_make(path)
    settings.PEPPER_KEYS = KeyRing("PEPPER_KEYS", path)
    settings.MASTER_KEYS = KeyRing("MASTER_KEYS", path)
    return path


@pytest.fixture
def rested(rings):
    """As if the keys had last been changed yesterday."""

    def rested():
        yesterday = timezone.now() - dt.timedelta(days=1)
        os.utime(rings, (yesterday.timestamp(), yesterday.timestamp()))
        with lifted():
            KeyChange.objects.update(at=yesterday)

    return rested


def run(*words: str) -> None:
    call_command("keys", *words, verbosity=0)


def test_a_new_pepper_is_in_use_at_once_and_no_login_is_lost(rings, world):
    world.open_all()
    username, password, row = make_login(world.candidate)

    run("rotate", "pepper")

    assert list(KeyRing("PEPPER_KEYS", rings)) == ["2", "1"]
    assert sign_in(username, password) == row
    assert Credentials.objects.get(pk=row.pk).pepper_id == "1"
    assert make_login(world.candidate)[2].pepper_id == "2"
    assert AuditEvent.objects.filter(action="keys_rotated").count() == 1


def test_once_more_goes_on_with_what_is_left_and_makes_no_other_key(rings, world, issue):
    world.open_all()
    issue()
    key_rotation.put_new_key_in_use(MASTER)  # and killed before it moved anything

    run("rotate", "master")

    assert list(KeyRing("MASTER_KEYS", rings)) == ["2", "1"]
    assert unmoved(MASTER) == 0


def test_second_factors_move_to_the_new_master_key(rings, world):
    adapter = second_factor.SecondFactorAdapter()
    encrypted = {
        "secret": adapter.encrypt("SECRET"),
        "used_mask": 3,
        "codes": [adapter.encrypt("a")],
    }
    one = Authenticator.objects.create(user=world.officer, type="totp", data=encrypted)

    run("rotate", "master")

    one.refresh_from_db()
    assert second_factor.needing_master_keys() == {"2": 1}
    assert adapter.decrypt(one.data["secret"]) == "SECRET"
    assert adapter.decrypt(one.data["codes"][0]) == "a"
    assert one.data["used_mask"] == 3


def test_a_key_that_something_needs_refuses_to_leave(rings, world, rested):
    world.open_all()
    make_login(world.candidate)
    run("rotate", "pepper")
    rested()

    with pytest.raises(CommandError, match=r"still needed \(logins that still work: 1\)\. It can"):
        run("retire", "pepper", "1")
    assert "1" in KeyRing("PEPPER_KEYS", rings)


def test_a_pepper_leaves_when_the_logins_that_needed_it_have_ended(rings, world, rested):
    world.open_all()
    make_login(world.candidate)
    run("rotate", "pepper")
    username, password, row = make_login(world.candidate)
    rested()

    run("retire", "pepper", "1")

    assert list(KeyRing("PEPPER_KEYS", rings)) == ["2"]
    assert sign_in(username, password) == row


def test_nor_does_the_one_in_use_or_one_that_was_in_use_a_moment_ago(rings, db, rested):
    with pytest.raises(CommandError, match="Key 1 is in use"):
        run("retire", "master", "1")
    run("rotate", "master")
    with pytest.raises(CommandError, match="a moment ago"):
        run("retire", "master", "1")
    with pytest.raises(CommandError, match="no master key 7"):
        run("retire", "master", "7")

    rested()
    run("retire", "master", "1")
    assert list(KeyRing("MASTER_KEYS", rings)) == ["2"]


def test_authenticators_hold_a_master_key_back_until_they_are_moved(rings, world, rested):
    encrypted = {"secret": second_factor.SecondFactorAdapter().encrypt("SECRET")}
    Authenticator.objects.create(user=world.officer, type="totp", data=encrypted)
    key_rotation.put_new_key_in_use(MASTER)
    rested()

    with pytest.raises(CannotRotate, match=r"\(second factors of staff: 1\)\. Move them"):
        key_rotation.retire(MASTER, "1")

    list(key_rotation.move(MASTER))
    rested()
    key_rotation.retire(MASTER, "1")
    assert list(MASTER.keys) == ["2"]


def test_keys_from_the_environment_are_left_to_whoever_keeps_them(settings, db):
    settings.PEPPER_KEYS = {"1": b"o" * 32}

    with pytest.raises(CommandError, match=r"PEPPER_KEYS in the environment(.|\n)*key 2: echo 2:"):
        run("rotate", "pepper")


def test_nothing_moves_with_the_keys_of_another_site(rings, world, settings, issue):
    """As when DATA_DIR is forgotten: a pepper that only the command has would end every login."""
    world.open_all()
    issue()
    username, password, row = make_login(world.candidate)
    right = settings.PEPPER_KEYS
    other = rings.parent / "elsewhere" / "keys.json"
    load_or_make(other)
    settings.PEPPER_KEYS = KeyRing("PEPPER_KEYS", other)
    settings.MASTER_KEYS = KeyRing("MASTER_KEYS", other)
    before = other.read_text()

    for words in (["rotate", "pepper"], ["rotate", "pepper", "--move"], ["rotate", "master"]):
        with pytest.raises(CommandError, match="not those of the site"):
            run(*words)

    assert other.read_text() == before
    settings.PEPPER_KEYS = right
    assert sign_in(username, password) == row


def test_what_cannot_be_opened_is_named_and_keeps_nothing_else_back(rings, world, issue):
    world.open_all()
    damaged, file = issue(world.stranger_centre), issue()
    type(file).objects.filter(pk=damaged.pk).update(wrapped_key=b"x" * 60)
    encrypted = second_factor.SecondFactorAdapter().encrypt("SECRET")
    for user, text in ((world.officer, encrypted), (world.stranger, encrypted[:-8] + "AAAAAAA=")):
        Authenticator.objects.create(user=user, type="totp", data={"secret": text})

    with pytest.raises(CommandError, match="letter files: 1, second factors of staff: 1"):
        run("rotate", "master")

    assert MASTER.needed == {"2": 2, "1": 2}


def test_a_key_rests_from_the_last_move_too(rings, world, rested):
    encrypted = {"secret": second_factor.SecondFactorAdapter().encrypt("SECRET")}
    Authenticator.objects.create(user=world.officer, type="totp", data=encrypted)
    key_rotation.put_new_key_in_use(MASTER)
    rested()
    list(key_rotation.move(MASTER))

    with pytest.raises(CannotRotate, match="a moment ago"):
        key_rotation.retire(MASTER, "1")


def test_what_is_recorded_names_keys_by_their_ids_and_tells_none(rings, db):
    run("rotate", "pepper")
    run("rotate", "master")

    recorded = AuditEvent.objects.filter(action="keys_rotated").values_list("by", "subject", "new")
    assert set(map(str, recorded)) == {
        "('command: keys', 'Pepper keys', {'in use': '2'})",
        "('command: keys', 'Master keys', {'in use': '2'})",
    }


def test_more_peppers_than_a_sign_in_can_look_for_are_refused(rings, db):
    for _ in range(3):
        key_rotation.put_new_key_in_use(PEPPER)

    with pytest.raises(CannotRotate, match="4 pepper keys already"):
        key_rotation.put_new_key_in_use(PEPPER)


def test_status_tells_what_needs_which_key_and_no_key(rings, world, capsys):
    world.open_all()
    make_login(world.candidate)
    call_command("keys", "status")

    told = capsys.readouterr().out
    assert "1 (in use) is needed by logins that still work: 1" in told
    for text in json.loads(rings.read_text()).values():
        assert text.partition(":")[2] not in told or not text.partition(":")[2]


def test_status_tells_since_when_a_key_is_used_and_who_still_needs_the_older(rings, world, capsys):
    world.open_all()
    make_login(world.candidate)
    run("rotate", "pepper")
    at = dt.datetime(2026, 8, 1, 9, 30, tzinfo=dt.UTC)
    with lifted():
        KeyChange.objects.filter(key_id="2").update(at=at)

    call_command("keys", "status")

    told = capsys.readouterr().out
    assert (
        "2 (in use, used since 2026-08-01 09:30 UTC) is needed by logins that still work: 0" in told
    )
    assert "1 (older) is needed by logins that still work: 1" in told
