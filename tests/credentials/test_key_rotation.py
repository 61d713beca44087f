"""Rule 17: master keys and peppers rotate while candidates sign in and letters are read."""

import pytest
from django.db import connection

from credentials.letters import storage
from credentials.logins import secret
from credentials.logins.authentication import sign_in
from credentials.models import Credentials
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


def test_a_login_needs_its_own_pepper_and_none_of_the_others(logins, settings):
    ended, live = logins
    settings.PEPPER_KEYS = NEW
    for username, password, row in live:
        assert sign_in(username, password) == row
        assert row.pepper_id == "1"
    assert sign_in(*ended[:2]) is None

    settings.PEPPER_KEYS = {"2": NEW["2"]}
    for username, password, _ in live:
        assert sign_in(username, password) is None


@pytest.mark.parametrize("many", range(1, 5))
def test_a_sign_in_is_one_query_however_many_peppers_there_are(
    logins, settings, django_assert_num_queries, many
):
    """And the digests that it asks for are as many as the peppers, whatever was typed."""
    _, [(username, password, row), *_] = logins
    settings.PEPPER_KEYS = {f"{9 - new}": bytes([new]) * 32 for new in range(1, many)} | OLD

    with django_assert_num_queries(1):
        assert sign_in(username, password) == row
    with django_assert_num_queries(2):  # and whether the peppers are the site's
        assert sign_in(username, "nonsense") is None
    assert len(secret.digests(secret.make())) == many


def test_a_new_login_is_under_the_new_pepper_alone(logins, world, settings):
    settings.PEPPER_KEYS = NEW
    username, password, row = make_login(world.candidate)

    assert row.pepper_id == "2"
    assert sign_in(username, password) == row
    assert bytes(row.digest) == secret.digests(secret.read(username, password))[0]


def test_letter_files_are_wrapped_anew_and_then_do_not_need_the_old_key(world, settings, issue):
    settings.MASTER_KEYS = OLD
    world.open_all()
    file, destroyed = issue(), issue(world.stranger_centre)
    type(destroyed).objects.filter(pk=destroyed.pk).update(wrapped_key=None, master_key_id="")
    letters = storage.letters_in(file)
    settings.MASTER_KEYS = NEW
    assert storage.KEYS.needing() == {"1": 1}

    assert sum(storage.KEYS.move()) == 1

    assert storage.KEYS.needing() == {"2": 1}
    settings.MASTER_KEYS = {"2": NEW["2"]}
    file.refresh_from_db()
    assert storage.letters_in(file) == letters


def test_a_file_whose_key_is_gone_stays_as_it_is_and_holds_no_other_back(world, settings, issue):
    settings.MASTER_KEYS = {"lost": b"l" * 32}
    world.open_all()
    file = issue()
    settings.MASTER_KEYS = OLD
    other = issue(world.stranger_centre)
    settings.MASTER_KEYS = NEW

    assert sum(storage.KEYS.move()) == 1
    assert storage.KEYS.needing() == {"lost": 1, "2": 1}

    settings.MASTER_KEYS = {"lost": b"l" * 32, "2": NEW["2"]}
    for one in (file, other):
        one.refresh_from_db()
        assert storage.letters_in(one)


def test_a_pepper_that_comes_while_somebody_signs_in_shuts_nobody_out(logins, settings):
    _, [(username, password, row), *_] = logins

    def rotate_first(execute, *query):
        if settings.PEPPER_KEYS == OLD:  # the digests are in this query already
            settings.PEPPER_KEYS = NEW
        return execute(*query)

    with connection.execute_wrapper(rotate_first):
        assert sign_in(username, password) == row
    assert Credentials.objects.get(pk=row.pk).pepper_id == "1"


def test_peppers_named_in_another_order_shut_nobody_out(logins, settings):
    """As on a server whose environment was put back."""
    _, live = logins
    settings.PEPPER_KEYS = {"1": NEW["1"], "2": NEW["2"]}

    for username, password, row in live:
        assert sign_in(username, password) == row
