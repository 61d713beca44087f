"""Rule 17: master keys and peppers rotate while candidates sign in and letters are read."""

import threading

import pytest
from django.db import connection, connections, transaction

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


def test_a_file_whose_key_is_gone_stays_as_it_is_and_holds_no_other_back(world, settings, issue):
    settings.MASTER_KEYS = {"lost": b"l" * 32}
    world.open_all()
    file = issue()
    settings.MASTER_KEYS = OLD
    other = issue(world.stranger_centre)
    settings.MASTER_KEYS = NEW

    assert sum(rotation.move_letter_files()) == 1
    assert rotation.needing_master_keys() == {"lost": 1, "2": 1}

    settings.MASTER_KEYS = {"lost": b"l" * 32, "2": NEW["2"]}
    for one in (file, other):
        one.refresh_from_db()
        assert vault.letters_in(one)


def test_a_pepper_that_comes_while_somebody_signs_in_shuts_nobody_out(logins, settings):
    _, [(username, password, row), *_] = logins

    def rotate_first(execute, *query):
        if settings.PEPPER_KEYS == OLD:  # the digests are in this query already
            settings.PEPPER_KEYS = NEW
            list(rotation.move_logins())
        return execute(*query)

    with connection.execute_wrapper(rotate_first):
        assert sign_in(username, password) == row
    assert Credentials.objects.get(pk=row.pk).pepper_id == "1+2"


def test_peppers_named_in_another_order_shut_nobody_out(logins, settings):
    """As on a server whose environment was put back; nor is a pepper laid over twice."""
    _, live = logins
    settings.PEPPER_KEYS = NEW
    list(rotation.move_logins())
    settings.PEPPER_KEYS = {"1": NEW["1"], "2": NEW["2"]}

    assert sum(rotation.move_logins()) == 0
    for username, password, row in live:
        assert sign_in(username, password) == row


def test_a_second_pepper_that_comes_while_the_first_is_laid_over_ends_no_login(
    logins, settings, monkeypatch
):
    """Two who rotate at once: each pepper is laid over once."""
    _, live = logins
    settings.PEPPER_KEYS = NEW
    monkeypatch.setattr(rotation, "TOGETHER", 1)
    steps = rotation.move_logins()
    next(steps)
    settings.PEPPER_KEYS = {"3": b"x" * 32, **NEW}
    list(rotation.move_logins())
    list(steps)

    for username, password, row in live:
        assert sign_in(username, password) == row


@pytest.mark.django_db(transaction=True)
def test_a_login_that_somebody_else_holds_keeps_none_of_the_others_back(logins, settings):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks no rows")
    _, live = logins
    settings.PEPPER_KEYS = NEW
    held, let_go = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Credentials.objects.select_for_update().get(pk=live[0][2].pk)
            held.set()
            let_go.wait(30)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(30)
    steps = rotation.move_logins()
    try:
        assert next(steps) == 2
    finally:
        let_go.set()
        holder.join()
    assert list(steps) == [1]
    for username, password, row in live:
        assert sign_in(username, password) == row
