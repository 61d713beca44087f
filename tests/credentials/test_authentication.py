"""Rules 9, 16 and 17: who may sign in."""

import uuid

import pytest

from centres.models import Status
from credentials.logins import secret
from credentials.logins.authentication import (
    end_visits,
    note_page_seen,
    note_results_seen,
    sign_in,
    still_signed_in,
)
from credentials.models import Credentials
from tests.builders import AFTER, BEFORE, arrange, give, make_login


@pytest.fixture(autouse=True)
def _open(world):
    world.open_all()


def test_the_printed_login_opens_its_candidates_credentials(world):
    username, password, credentials = make_login(world.candidate)

    assert sign_in(username, password) == credentials
    assert sign_in(username.lower().replace("-", " "), password.replace("-", "")) == credentials


def test_all_that_the_candidates_page_needs_comes_with_the_one_query(
    world, django_assert_num_queries
):
    *_, made = make_login(world.candidate)

    with django_assert_num_queries(1):
        candidate = still_signed_in(made.pk, made.issue_number, made.visits_ended).candidate
        assert (candidate.centre.number, str(candidate.series)) == ("MAIN1", "June 2026")


@pytest.mark.parametrize(
    ("username", "password"),
    [("", ""), ("nonsense", "nonsense"), ("ABCD-EFGH", "0000-0000-0000-0000"), ("\0", "x" * 5000)],
)
def test_whatever_is_typed_it_is_one_look_and_one_at_the_peppers_and_the_same_miss(
    world, django_assert_num_queries, username, password
):
    make_login(world.candidate)

    with django_assert_num_queries(2):
        assert sign_in(username, password) is None


def test_a_wrong_password_and_an_unknown_username_are_the_same_query(
    world, django_assert_num_queries
):
    username, password, _ = make_login(world.candidate)
    other = secret.make()
    asked = []
    for login in [(username, other.password), (other.username, password), ("?", "?")]:
        with django_assert_num_queries(2) as queries:
            assert sign_in(*login) is None
        asked.append(tuple(len(query["sql"]) for query in queries))
    assert len(set(asked)) == 1


def test_ones_password_does_not_go_with_anothers_username(world):
    username, _, _ = make_login(world.candidate)
    _, password, _ = make_login(world.associate_candidate)

    assert sign_in(username, password) is None


def test_a_replaced_login_no_longer_works(world):
    old = make_login(world.candidate)[:2]
    new = make_login(world.candidate)[:2]

    assert sign_in(*old) is None
    assert sign_in(*new) is not None


def test_a_login_under_an_older_pepper_still_works(world, settings):
    username, password, credentials = make_login(world.candidate)
    settings.PEPPER_KEYS = {"new": b"n" * 32, **settings.PEPPER_KEYS}

    assert sign_in(username, password) == credentials


def test_without_access_nobody_signs_in_or_stays(world):
    username, password, credentials = make_login(world.candidate)
    arrange(world.main, world.series, status=Status.NONE)

    assert sign_in(username, password) is None
    assert still_signed_in(credentials.pk, 1, 0) is None


def test_an_associate_centre_that_loses_access_shuts_its_candidates_out_at_once(world):
    username, password, credentials = make_login(world.associate_candidate)
    assert still_signed_in(credentials.pk, 1, 0) == credentials

    give(world.associate, world.series, access=False)

    assert sign_in(username, password) is None
    assert still_signed_in(credentials.pk, 1, 0) is None


def test_who_is_not_selected_has_no_access(world):
    login = make_login(world.candidate)
    arrange(world.main, world.series, status=Status.SELECTED)
    assert sign_in(*login[:2]) is None

    arrange(world.main, world.series, status=Status.SELECTED, selected=(world.candidate,))
    assert sign_in(*login[:2]) == login[2]


def test_still_signed_in_asks_for_the_issue_number_in_one_query(world, django_assert_num_queries):
    _, _, credentials = make_login(world.candidate)

    with django_assert_num_queries(1):
        found = still_signed_in(credentials.pk, 1, 0)
        assert found.candidate.centre == world.main
    assert still_signed_in(credentials.pk, 2, 0) is None
    assert still_signed_in(uuid.uuid4(), 1, 0) is None
    make_login(world.candidate)
    assert still_signed_in(credentials.pk, 1, 0) is None


def test_only_the_first_sign_in_is_written(world, django_assert_num_queries):
    make_login(world.candidate)
    found, stale = Credentials.objects.get(), Credentials.objects.get()
    with django_assert_num_queries(1):
        note_page_seen(found, at=BEFORE)
    note_page_seen(stale, at=AFTER)  # another process, which read the row before
    stored = Credentials.objects.get(pk=found.pk)
    with django_assert_num_queries(0):
        note_page_seen(stored, at=AFTER)

    assert stored.first_signed_in_at == BEFORE


def test_the_first_and_the_last_sight_of_results_are_written(world):
    _, _, credentials = make_login(world.candidate)
    note_results_seen(credentials, ["0580"], at=BEFORE)
    note_results_seen(credentials, ["0580", "9702"], at=AFTER)

    credentials.refresh_from_db()
    assert (credentials.results_first_seen_at, credentials.results_seen_at) == (BEFORE, AFTER)


def test_ended_visits_open_nothing_any_more_and_later_ones_do(world):
    username, password, credentials = make_login(world.candidate)
    end_visits(credentials.pk, 1, 0)
    end_visits(credentials.pk, 1, 0)  # the same visit, ended twice

    assert still_signed_in(credentials.pk, 1, 0) is None
    assert sign_in(username, password).visits_ended == 1
    assert still_signed_in(credentials.pk, 1, 1) == credentials


def test_a_login_that_has_ended_is_found_by_no_index(world):
    """Rule 17: it misses where a wrong one misses, so that no clock tells them apart."""
    unique = [
        one for one in Credentials._meta.constraints if "digest" in getattr(one, "fields", ())
    ]

    assert [str(one.condition) for one in unique] == ["(AND: ('revoked_at', None))"]
    assert not Credentials._meta.get_field("digest").unique
