"""What each Associate Centre has and needs (rules 7 to 15)."""

import datetime as dt

import pytest

from centres.models import Candidate, ContactChoice, Status
from centres.terms import Contact
from credentials.associates.needs import (
    EVERYTHING,
    Need,
    filters,
    needs_of_associates,
    searched,
    shown,
)
from credentials.letters.issuing import request_letters
from credentials.models import Credentials, LetterFile
from tests.between_queries import after_query
from tests.builders import (
    AFTER,
    BEFORE,
    arrange,
    give,
    make_candidate,
    make_centre,
    make_login,
    set_defaults,
)
from tests.letters import make

HOUR = dt.timedelta(hours=1)
TOO_EARLY = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def row(world, number="ASC01", at=BEFORE):
    return next(
        one
        for one in needs_of_associates(world.main, world.series, at=at)
        if one.centre.number == number
    )


def needs(world, **where) -> set[Need]:
    return set(row(world, **where).needs)


@pytest.fixture
def opened(world):
    world.open_all()
    return world


def download(credentials):
    credentials.letter_file.downloads.create(by="officer", letters=1, whole=True)


def test_every_associate_centre_is_there_in_order_and_nobody_elses(world):
    other = make_centre("MAIN2")
    make_centre("ASC00", main=other)

    rows = needs_of_associates(world.main, world.series, at=BEFORE)
    assert [one.centre.number for one in rows] == ["ASC01", "ASC02"]


def test_without_access_that_is_all_that_a_centre_needs(world):
    assert needs(world) == {Need.ACCESS}


def test_with_access_and_no_candidates_it_needs_a_status_and_a_contact(world):
    give(world.associate, world.series)
    assert needs(world) == {Need.STATUS, Need.CONTACT}

    set_defaults(world.main, world.series)
    assert needs(world) == {Need.STATUS}


def test_without_a_valid_entry_in_the_series_it_needs_nothing(world):
    world.associate_candidate.entries.update(withdrawn=True)

    assert needs(world) == set()
    assert row(world).letters.entered == 0


def test_the_contact_that_is_missing_may_be_the_main_centres_or_its_own(opened):
    set_defaults(opened.main, opened.series, contact=Contact())
    give(opened.associate2, opened.series, contact_choice=ContactChoice.CENTRE_DEFINED)
    assert Need.CONTACT in needs(opened)
    assert Need.CONTACT not in needs(opened, number="ASC02")
    assert row(opened).terms.contact_choice == ContactChoice.DEFAULT

    arrange(opened.associate2, opened.series, contact=Contact())
    assert Need.CONTACT in needs(opened, number="ASC02")


def test_letters_are_counted_for_who_has_access_and_a_valid_entry(opened):
    second = make_candidate(opened.associate, opened.series, "0002")
    make_candidate(opened.associate, opened.series, "0003").entries.update(withdrawn=True)
    make_candidate(opened.associate, opened.series, "0004")
    arrange(
        opened.associate,
        opened.series,
        status=Status.SELECTED,
        selected=(opened.associate_candidate, second),
    )
    make_login(second)

    letters = row(opened).letters
    assert (letters.entered, letters.with_access, letters.made) == (3, 2, 1)
    assert Need.LETTERS in needs(opened)
    make_login(opened.associate_candidate)
    assert Need.LETTERS not in needs(opened)


def test_before_the_day_of_the_series_letters_are_not_needed_yet(opened):
    assert needs(opened) == {Need.LETTERS}
    assert needs(opened, at=TOO_EARLY) == set()


def test_outdated_letters_need_new_ones(opened):
    make_login(opened.associate_candidate)
    assert Need.OUTDATED not in needs(opened)
    give(opened.associate, opened.series, delay=HOUR)

    assert needs(opened) == {Need.OUTDATED}
    letters = row(opened).letters
    assert (letters.outdated, letters.not_downloaded, letters.downloaded) == (1, 0, 0)
    assert Need.OUTDATED not in needs(opened, number="ASC02")


def test_letters_wait_until_somebody_has_downloaded_their_file(opened):
    _, _, credentials = make_login(opened.associate_candidate)
    assert needs(opened) == {Need.DOWNLOAD}
    assert row(opened).letters.not_downloaded == 1

    download(credentials)
    assert needs(opened) == set()
    assert row(opened).letters.downloaded == 1


def test_of_letters_that_are_not_downloaded_those_wait_that_are_not_outdated(opened):
    second = make_candidate(opened.associate, opened.series, "0002")
    third = make_candidate(opened.associate, opened.series, "0003")
    file = make_login(opened.associate_candidate)[2].letter_file
    make_login(second)
    make_login(third)
    Credentials.objects.live().update(letter_file=file)
    third.entries.update(withdrawn=True)

    letters = row(opened).letters
    assert (letters.live, letters.outdated, letters.not_downloaded) == (3, 1, 2)


@pytest.mark.parametrize(
    ("state", "waiting"),
    [
        (LetterFile.State.QUEUED, 0),
        (LetterFile.State.RUNNING, 0),
        (LetterFile.State.READY, 1),
        (LetterFile.State.FAILED, 1),
        (LetterFile.State.DESTROYED, 0),
    ],
)
def test_letters_wait_to_be_downloaded_when_they_can_be(opened, state, waiting):
    make_login(opened.associate_candidate)
    LetterFile.objects.update(state=state)

    assert row(opened).letters.not_downloaded == waiting
    assert (Need.DOWNLOAD in needs(opened)) is bool(waiting)


def test_a_download_before_the_last_letters_of_a_file_were_made_is_not_of_the_whole(opened):
    _, _, credentials = make_login(opened.associate_candidate)
    download(credentials)
    credentials.created_at = AFTER + dt.timedelta(days=3650)
    credentials.save()

    assert needs(opened) == {Need.DOWNLOAD}


def test_a_file_of_which_no_login_works_need_not_be_downloaded(opened):
    make_login(opened.associate_candidate)
    _, _, newer = make_login(opened.associate_candidate)
    download(newer)

    assert needs(opened) == set()


def test_what_is_being_made_is_not_needed_any_more(opened):
    file = LetterFile.objects.create(
        centre=opened.associate, series=opened.series, asked_by="officer", total=1
    )

    assert needs(opened) == set()
    assert row(opened).under_way == file
    LetterFile.objects.update(state=LetterFile.State.FAILED)
    assert needs(opened) == {Need.LETTERS}
    assert (row(opened).under_way, row(opened).failed) == (None, True)


def test_filters_count_and_show_what_needs_something(opened):
    make_login(opened.associate_candidate)
    rows = needs_of_associates(opened.main, opened.series, at=BEFORE)

    assert {one.slug: one.count for one in filters(rows)} == {
        "needs-something": 2,
        "no-access": 0,
        "no-candidates": 0,
        "contact-missing": 0,
        "letters-not-made": 1,
        "outdated": 0,
        "not-downloaded": 1,
        "all": 2,
    }

    def numbers(slug: str) -> list[str]:
        return [one.centre.number for one in shown(rows, slug)]

    assert numbers("letters-not-made") == ["ASC02"]
    assert numbers("not-downloaded") == ["ASC01"]
    assert numbers("outdated") == []
    assert numbers("no such filter") == numbers(EVERYTHING) == ["ASC01", "ASC02"]


def test_a_search_looks_in_numbers_and_names_whatever_the_accents(world):
    make_centre("ASC03", main=world.main)
    world.associate2.name = "Colegio Ñandú"
    world.associate2.save()
    rows = needs_of_associates(world.main, world.series, at=BEFORE)

    assert [one.centre.number for one in searched(rows, "nandu colegio")] == ["ASC02"]
    assert [one.centre.number for one in searched(rows, "asc03")] == ["ASC03"]


@pytest.mark.parametrize("centres", [1, 3])
def test_one_centre_or_three_take_as_many_queries(centres, world, django_assert_num_queries):
    world.open_all()
    world.associate2.main_link.delete()
    for number in range(2, centres + 1):
        centre = make_centre(f"ASC1{number}", main=world.main)
        give(centre, world.series)
        arrange(centre, world.series)
        make_login(make_candidate(centre, world.series))
    make_login(world.associate_candidate)

    with django_assert_num_queries(8):
        assert len(needs_of_associates(world.main, world.series, at=BEFORE)) == centres


@pytest.mark.parametrize("ready_after", range(1, 9))
def test_a_centre_whose_letters_become_ready_while_it_is_looked_at_does_not_need_any(
    opened, letters_folder, ready_after
):
    candidates = Candidate.objects.filter(centre=opened.associate)
    file = request_letters(
        centre=opened.associate,
        series=opened.series,
        by=opened.officer,
        candidates=candidates,
        at=BEFORE,
    )

    with after_query(ready_after, lambda: make(file)):
        assert Need.LETTERS not in needs(opened)
    assert Credentials.objects.live().count() == 1
