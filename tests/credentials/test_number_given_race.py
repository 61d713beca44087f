"""A candidate number is given to somebody else while letters are put in place: whoever comes second, the
new person holds no login made for the old one, and the old one's have ended (rules 9 and 22)."""

import pytest

from centres.models import Candidate
from credentials.letters.issuing import request_letters
from credentials.logins.authentication import sign_in
from credentials.models import Credentials, LetterFile
from tests.builders import BEFORE, World, make_login
from tests.letters import logins_in, make
from tests.loading.files import load
from tests.loading.test_number_given import CHIDI, HEADER


@pytest.fixture
def world(transactional_db, letters_folder) -> World:
    """Anna is 0001 of MAIN1, and has a login."""
    world = World()
    world.open_all()
    anna = world.candidate
    anna.name, anna.date_of_birth, anna.uci = "SMITH: Anna", "2009-03-04", "633820261005R"
    anna.save()
    make_login(anna)
    return world


@pytest.fixture
def asked_for(world) -> LetterFile:
    """Letters for 0001, which nobody makes yet."""
    return request_letters(
        centre=world.main,
        series=world.series,
        by=world.officer,
        candidates=Candidate.objects.filter(pk=world.candidate.pk),
        at=BEFORE,
    )


def give_0001_to_chidi() -> str:
    return load("entries", HEADER + CHIDI)


def nobody_has_a_login_of(anna: Candidate) -> None:
    anna.refresh_from_db()
    chidi = Candidate.objects.get(centre__number="MAIN1", number="0001")
    assert anna.centre is None and chidi.name == "OKAFOR: Chidi"
    assert not Credentials.objects.filter(candidate=chidi).exists()
    assert not Credentials.objects.live().exists()


def test_letters_that_are_put_in_place_first_open_nothing_afterwards(
    world, asked_for, first, second
):
    anna = world.candidate
    first.begin(make, asked_for, until='INSERT INTO "credentials_credentials"')
    second.begin(give_0001_to_chidi)
    second.waits_for(first)
    file = first.finish()
    second.finish()

    nobody_has_a_login_of(anna)
    assert [sign_in(*login) for login in logins_in(file)] == [None]
    whys = Credentials.objects.filter(candidate=anna).order_by("issue_number")
    assert list(whys.values_list("revoked_because", flat=True)) == ["replaced", "number given"]


@pytest.mark.parametrize("where", ['UPDATE "centres_candidate"', 'INSERT INTO "centres_candidate"'])
def test_letters_that_are_put_in_place_while_the_number_is_given_open_nothing_afterwards(
    world, asked_for, first, second, where
):
    """They do not see yet that it is given, and the load that gives it looks for logins at its end."""
    anna = world.candidate
    first.begin(give_0001_to_chidi, until=where)
    second.begin(make, asked_for)
    file = second.finish()
    assert Credentials.objects.live().filter(letter_file=file).exists()
    first.finish()

    nobody_has_a_login_of(anna)
    assert [sign_in(*login) for login in logins_in(file)] == [None]


def test_letters_that_come_when_the_logins_are_about_to_end_are_not_made(
    world, asked_for, first, second
):
    anna = world.candidate
    first.begin(give_0001_to_chidi, until='FROM "centres_series" ORDER BY')
    second.begin(make, asked_for)
    second.waits_for(first)
    first.finish()
    file = second.finish()

    nobody_has_a_login_of(anna)
    assert file.total == 0 and not file.parts.exists()
