"""The six steps of a series, by state, and what is next (rules 4 to 19)."""

import datetime as dt
import itertools

import pytest

from centres.access import acting_for
from centres.models import ContactChoice, Release, SubcentreDefaults
from centres.terms import Contact
from credentials.models import LetterFile
from overview.how_far import how_far
from overview.reading import reading_of
from overview.steps import Line, State, line_of
from overview.to_do import Key
from tests.builders import (
    AFTER,
    BEFORE,
    IGCSE_RELEASE,
    arrange,
    give,
    make_candidate,
    make_centre,
    make_login,
    set_defaults,
)

HOUR = dt.timedelta(hours=1)
TOO_EARLY = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def line(world, user=None, centre="MAIN1", at=BEFORE) -> Line:
    return line_of(reading_of(acting_for(user or world.officer, "2026-06", centre), at=at))


def states(told: Line) -> dict[str, str]:
    return {step.key.value: step.state.slug for step in told.steps}


def step(told: Line, key: Key):
    return next(one for one in told.steps if one.key is key)


@pytest.fixture
def opened(world):
    world.open_all()
    return world


@pytest.fixture
def made(opened):
    """Everybody has a letter, and every file was downloaded."""
    for number in ("MAIN1", "ASC01", "ASC02", "OTH01"):
        downloaded(make_login(opened.candidates[number]))
    return opened


def downloaded(login) -> None:
    login[2].letter_file.downloads.create(by="officer", letters=1, whole=True)


def test_the_steps_stand_in_the_order_of_the_work(opened):
    assert [one.key.value for one in line(opened).steps] == [
        "Access",
        "Agreement",
        "Contact",
        "Letters",
        "Downloaded",
        "Released",
    ]


def test_a_main_centre_is_counted_in_centres_and_then_in_candidates(opened):
    make_candidate(opened.associate, opened.series, "0002")
    told = line(opened)
    assert [(one.figure, one.out_of) for one in told.steps] == [
        ("2", "2 centres"),
        ("3", "3 with yours"),
        ("3", "3 with yours"),
        ("0", "4"),
        ("0", "0"),
        ("0", "2"),
    ]
    assert step(told, Key.LETTERS).note == "4 to make"


def test_when_all_is_done_nothing_is_next(made):
    told = line(made)
    assert set(states(told).values()) == {"done", "later"}
    assert states(told)["Released"] == "later"
    assert step(told, Key.RELEASED).note == "11 August, in 10 days"
    assert (told.next, told.after) == (None, [])
    assert told.told == "Nothing is to be done now."
    assert told.sentence == "Results can be seen in 10 days."
    assert states(line(made, at=AFTER))["Released"] == "done"


def test_next_is_where_most_candidates_wait(opened):
    for number in range(2, 6):
        make_login(make_candidate(opened.associate, opened.series, f"000{number}"))
    told = line(opened)
    assert told.next.action == "Download 4 letters"
    assert states(told)["Downloaded"] == "next"
    assert states(told)["Letters"] == "needs"
    assert [one.action for one in told.after] == [
        "Create credentials for 2",
        "Create credentials for 1",
    ]


def test_next_leads_to_the_page_that_asks_with_all_that_it_counted(opened):
    make_candidate(opened.associate, opened.series, "0002")
    ask = line(opened).next.ask
    assert ask.address == "/candidate-results/2026-06/MAIN1/attached-centres/create/"
    assert (ask.which, ask.centres) == ("new", ("ASC01", "ASC02"))


def test_outdated_letters_come_after_and_say_that_logins_still_work(made):
    give(made.associate, made.series, delay=HOUR)
    told = line(made)
    assert told.next.words == "1 letter at 1 Associate Centre is outdated"
    assert told.next.ask.which == "outdated"
    assert told.next.why.startswith("The logins still work")
    assert step(told, Key.LETTERS).note == "1 outdated"


def test_a_letter_to_be_made_anew_is_not_downloaded_and_not_done(opened):
    make_login(opened.associate_candidate)
    give(opened.associate, opened.series, delay=HOUR)
    told = line(opened)
    assert (step(told, Key.DOWNLOADED).figure, states(told)["Downloaded"]) == ("0", "later")


def test_where_the_contact_is_missing_no_letters_are_urged(opened):
    give(opened.associate, opened.series, contact_choice=ContactChoice.CENTRE_DEFINED)
    arrange(opened.associate, opened.series, contact=Contact())
    for number in range(2, 9):
        make_candidate(opened.associate, opened.series, f"000{number}")
    told = line(opened)
    assert told.next.words == "The contact is missing at 1 Associate Centre"
    assert states(told)["Contact"] == "next"
    assert [one.action for one in told.after] == [
        "Create credentials for 1",
        "Create credentials for 1",
    ]


def test_to_give_no_access_is_a_choice_and_never_amber(opened):
    give(opened.associate, opened.series, access=False)
    for number in range(2, 9):
        make_candidate(opened.associate, opened.series, f"000{number}")
    told = line(opened)
    assert step(told, Key.ACCESS).state is State.DONE
    assert step(told, Key.ACCESS).note == "1 without access"
    assert (step(told, Key.ACCESS).done, step(told, Key.ACCESS).of) == (1, 2)
    assert not any("access" in one.words for one in (told.next, *told.after))


def test_access_is_next_only_before_anything_was_decided(world):
    assert line(world).next.action == "Choose who has access"
    assert states(line(world))["Access"] == "next"

    set_defaults(world.main, world.series)
    SubcentreDefaults.objects.update(version=1)
    told = line(world)
    assert states(told)["Access"] == "done"
    assert told.next.action == "Give 1 candidate access"


def test_who_gave_nobody_access_is_urged_until_the_last_release(world):
    SubcentreDefaults.objects.create(main=world.main, series=world.series, version=1)
    assert states(line(world))["Agreement"] == "next"
    assert states(line(world, at=AFTER))["Agreement"] == "later"
    give(world.associate, world.series)
    assert "Edit status of 1" in [one.action for one in line(world).after]
    assert not line(world, at=AFTER).next or "status" not in line(world, at=AFTER).next.action


def test_before_the_day_of_the_series_letters_come_later(opened):
    told = line(opened, at=TOO_EARLY)
    assert (states(told)["Letters"], step(told, Key.LETTERS).note) == ("later", "From 25 March")
    assert told.next is None
    assert told.sentence == "Credentials can be created from 25 March 2026."


def test_what_is_being_made_is_next_for_nobody(opened):
    LetterFile.objects.create(
        centre=opened.stranger_centre, series=opened.series, asked_by="officer", total=1
    )
    assert line(opened, opened.stranger, "OTH01").next is None


def test_on_results_day_next_is_the_call_list(made):
    told = line(made, at=IGCSE_RELEASE + HOUR)
    assert told.next.action == "Call list"
    assert told.next.address.endswith("/MAIN1/results-day/not-seen/?together")
    assert states(told)["Released"] == "next"
    assert line(made, at=IGCSE_RELEASE + 25 * HOUR).next is None
    Release.objects.all().delete()
    assert line(made, at=IGCSE_RELEASE + HOUR).next.action == "Re-create 2"


# An Associate Centre, and an ordinary one


def test_an_associate_centre_is_counted_in_candidates_and_access_is_not_its_own(opened):
    told = line(opened, opened.associate_officer, "ASC01")
    access = step(told, Key.ACCESS)
    assert (access.state, access.note) == (State.NOT_YOURS, "Given by MAIN1")
    assert (access.figure, access.out_of) == ("1", "1 candidate")
    assert told.next.action == "Create credentials for 1"
    assert told.next.ask.address == "/candidate-results/2026-06/ASC01/credentials/create/"


def test_without_access_its_staff_can_do_nothing(opened):
    give(opened.associate, opened.series, access=False)
    told = line(opened, opened.associate_officer, "ASC01")
    assert (told.next, told.after) == (None, [])
    assert told.told == "MAIN1 has not given this centre access yet."
    assert not {"needs", "next"} & set(states(told).values())


def test_a_contact_that_the_main_centre_keeps_for_itself_is_not_the_associates(opened):
    set_defaults(opened.main, opened.series, contact=Contact())
    told = line(opened, opened.associate_officer, "ASC01")
    assert states(told)["Contact"] == "not-yours"
    assert told.next is None
    acting = line(opened, centre="ASC01")
    assert states(acting)["Contact"] == "next"
    assert acting.next.address == "/candidate-results/2026-06/MAIN1/subcentres/"


def test_an_ordinary_centre_is_alone(opened):
    told = line(opened, opened.stranger, "OTH01")
    assert states(told) == {
        "Access": "done",
        "Agreement": "done",
        "Contact": "done",
        "Letters": "next",
        "Downloaded": "later",
        "Released": "later",
    }


def test_acting_for_an_associate_counts_that_centre_alone(opened):
    make_candidate(opened.associate2, opened.series, "0002")
    told = line(opened, centre="ASC01")
    assert step(told, Key.LETTERS).note == "1 to make"
    assert states(told)["Access"] == "done"


# How far the Associate Centres are


def parts(world) -> dict[str, int]:
    reading = reading_of(acting_for(world.officer, "2026-06", "MAIN1"), at=BEFORE)
    return {part.words: part.count for part in how_far(reading.attached)}


def test_each_associate_centre_is_counted_once_by_the_first_thing_it_lacks(opened):
    assert parts(opened) == {"Letters to make": 2}
    downloaded(make_login(opened.associate_candidate))
    give(opened.associate2, opened.series, access=False)
    make_centre("ASC03", main=opened.main)
    assert parts(opened) == {"Ready": 1, "No access": 1, "No entries": 1}
    give(opened.associate, opened.series, delay=HOUR)
    assert parts(opened) == {"Outdated": 1, "No access": 1, "No entries": 1}


def test_the_parts_fill_the_drawing(opened):
    for number in range(3, 9):
        make_candidate(make_centre(f"ASC0{number}", main=opened.main), opened.series)
    reading = reading_of(acting_for(opened.officer, "2026-06", "MAIN1"), at=BEFORE)
    drawn = how_far(reading.attached)
    assert drawn[0].x == 0
    assert sum(part.width for part in drawn) == pytest.approx(100, abs=0.1)
    assert all(before.x + before.width == after.x for before, after in itertools.pairwise(drawn))
