"""Rule 17: master keys and peppers rotate while candidates sign in and letters are read."""

import pytest

from credentials import rotation, secret, vault
from credentials.models import Credentials
from credentials.sign_in import sign_in
from tests.builders import make_candidate, make_login

OLD, NEW = {"1": b"o" * 32}, {"2": b"n" * 32, "1": b"o" * 32}


@pytest.fixture
def logins(world, settings):
    """Three live logins and one that has ended, under the old pepper."""
    settings.PEPPER_KEYS = OLD
    world.open_all()
    people = [world.candidate, world.stranger_centre and world.candidates["OTH01"]]
    people.append(make_candidate(world.main, world.series, "0002"))
    ended = make_login(world.candidate)
    return ended, [make_login(candidate) for candidate in people]


def test_a_pepper_is_laid_over_the_live_logins_and_they_still_open(logins, settings):
    ended, live = logins
    settings.PEPPER_KEYS = NEW

    assert sum(rotation.move_logins()) == 3

    assert set(Credentials.objects.live().values_list("pepper_id", flat=True)) == {"1+2"}
    for username, password, row in live:
        assert sign_in(username, password) == row
    assert sign_in(*ended[:2]) is None
    assert Credentials.objects.get(pk=ended[2].pk).pepper_id == "1", "ended logins need no pepper"


def test_a_login_opens_before_between_and_after(logins, settings, monkeypatch):
    _, live = logins
    settings.PEPPER_KEYS = NEW
    monkeypatch.setattr(rotation, "TOGETHER", 1)

    for _ in rotation.move_logins():
        for username, password, row in live:
            assert sign_in(username, password) == row
    assert not rotation.logins_to_move().exists()


def test_killed_half_way_the_rest_is_moved_by_the_next_run_and_nothing_twice(
    logins, settings, monkeypatch
):
    _, live = logins
    settings.PEPPER_KEYS = NEW
    monkeypatch.setattr(rotation, "TOGETHER", 1)
    steps = rotation.move_logins()
    next(steps)
    steps.close()
    assert rotation.logins_to_move().count() == 2

    assert sum(rotation.move_logins()) == 2
    assert sum(rotation.move_logins()) == 0
    for username, password, row in live:
        assert sign_in(username, password) == row


def test_a_second_rotation_lays_another_over(logins, settings):
    _, live = logins
    for keys in (NEW, {"3": b"x" * 32, **NEW}):
        settings.PEPPER_KEYS = keys
        list(rotation.move_logins())

    assert rotation.needing_peppers() == {"1": 3, "2": 3, "3": 3}
    for username, password, row in live:
        assert sign_in(username, password) == row


def test_without_either_pepper_of_its_chain_a_login_does_not_open(logins, settings):
    _, [(username, password, _), *_] = logins
    settings.PEPPER_KEYS = NEW
    list(rotation.move_logins())

    for lacking in ("1", "2"):
        settings.PEPPER_KEYS = {name: key for name, key in NEW.items() if name != lacking}
        assert sign_in(username, password) is None


def test_a_new_login_is_under_the_new_pepper_alone(logins, world, settings):
    settings.PEPPER_KEYS = NEW
    username, password, row = make_login(world.candidate)

    assert row.pepper_id == "2"
    assert sign_in(username, password) == row
    assert bytes(row.digest) == secret.digest(secret.read(username, password), ["2"])


def test_letter_files_are_wrapped_anew_and_then_do_not_need_the_old_key(world, settings, issue):
    settings.MASTER_KEYS = OLD
    world.open_all()
    file, destroyed = issue(), issue(world.stranger_centre)
    type(destroyed).objects.filter(pk=destroyed.pk).update(wrapped_key=None, master_key_id="")
    letters = vault.letters_in(file)
    settings.MASTER_KEYS = NEW
    assert rotation.needing_master_keys() == {"1": 1}

    assert sum(rotation.move_letter_files()) == 1

    assert rotation.needing_master_keys() == {"2": 1}
    settings.MASTER_KEYS = {"2": NEW["2"]}
    file.refresh_from_db()
    assert vault.letters_in(file) == letters


def test_a_file_whose_key_is_gone_is_left_as_it_is(world, settings, issue):
    settings.MASTER_KEYS = OLD
    world.open_all()
    file = issue()
    settings.MASTER_KEYS = {"2": NEW["2"]}

    with pytest.raises(vault.CannotOpen):
        list(rotation.move_letter_files())

    settings.MASTER_KEYS = OLD
    file.refresh_from_db()
    assert vault.letters_in(file)
