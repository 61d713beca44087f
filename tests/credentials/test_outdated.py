"""Rule 12: a letter is outdated exactly when what it says differs from what holds."""

import datetime as dt
import json

from hypothesis import given
from hypothesis import strategies as st

from centres.models import Candidate, Centre, ContactChoice, Entry, Release
from centres.terms import Contact, Terms
from credentials.letters.outdated import (
    count_outdated,
    outdated_in,
    outdated_in_files,
    reasons,
    says,
)
from credentials.logins.authentication import sign_in
from credentials.models import Credentials
from tests.builders import (
    A_LEVEL,
    CONTACT,
    IGCSE,
    IGCSE_RELEASE,
    arrange,
    give,
    make_candidate,
    make_login,
    set_defaults,
)

HOUR = dt.timedelta(hours=1)

instants = st.datetimes(
    min_value=dt.datetime(2020, 1, 1),
    max_value=dt.datetime(2040, 1, 1),
    timezones=st.timezones(),
    allow_imaginary=False,
).map(lambda at: at.replace(microsecond=0))
names = st.sampled_from([IGCSE, A_LEVEL, "Cambridge O Level"])
contacts = st.builds(Contact, *[st.sampled_from(["", "one", "two"])] * 3)
all_terms = st.builds(
    Terms,
    access=st.booleans(),
    delay=st.timedeltas(dt.timedelta(), dt.timedelta(days=40)),
    contact_choice=st.sampled_from(ContactChoice),
    contact=contacts,
    visible_from=st.dictionaries(names, instants),
)


@given(all_terms, st.sets(names), all_terms, st.sets(names))
def test_a_letter_is_outdated_exactly_when_it_says_something_else(one, entered, other, now_entered):
    said, holds = says(one, entered), says(other, now_entered)

    def meaning(terms, entered):
        seen = {name: at.timestamp() for name, at in terms.visible_from.items() if name in entered}
        return terms.contact, seen

    assert bool(reasons(said, holds)) == (meaning(one, entered) != meaning(other, now_entered))
    assert bool(reasons(said, holds)) == (said != holds)


@given(all_terms, st.lists(names), st.timezones())
def test_what_a_letter_says_survives_json_and_does_not_depend_on_zone_or_order(
    terms, entered, zone
):
    said = says(terms, entered)
    elsewhere = Terms(
        terms.access,
        terms.delay,
        terms.contact_choice,
        terms.contact,
        {name: at.astimezone(zone) for name, at in terms.visible_from.items()},
    )

    assert json.loads(json.dumps(said)) == said
    assert says(elsewhere, reversed(entered)) == said
    assert json.dumps(says(elsewhere, [*entered, *entered])) == json.dumps(said)


def test_reasons_are_plain_sentences():
    said = {
        "contact": {"name": "A", "telephone": "", "email": "a@example.org"},
        "visible_from": {IGCSE: "2026-08-13T05:00:00+00:00", A_LEVEL: "2026-08-11T05:00:00+00:00"},
    }
    holds = {
        "contact": {"name": "B", "telephone": "", "email": "a@example.org"},
        "visible_from": {
            IGCSE: "2026-08-14T05:00:00+00:00",
            "Cambridge O Level": "2026-08-13T05:00:00+00:00",
        },
    }
    assert reasons(said, holds) == [
        f"The letter gives 13 August 2026, 05:00 UTC for {IGCSE}; "
        "it is now 14 August 2026, 05:00 UTC.",
        f"The letter gives 11 August 2026, 05:00 UTC for {A_LEVEL}, which no longer applies.",
        "The letter gives no time for Cambridge O Level; it is now 13 August 2026, 05:00 UTC.",
        "The contact has changed.",
    ]


def test_a_letter_is_outdated_while_its_delay_is_another_and_no_longer(world):
    world.open_all()
    make_login(world.associate_candidate)
    assert outdated_in(world.associate, world.series) == {}

    give(world.associate, world.series, delay=HOUR)
    found = outdated_in(world.associate, world.series)
    assert list(found) == [world.associate_candidate.pk]
    assert any(
        "11:00 Karachi time (UTC+5)" in reason for reason in found[world.associate_candidate.pk]
    )

    give(world.associate, world.series)
    assert outdated_in(world.associate, world.series) == {}


def test_another_contact_outdates_and_use_defaults_with_the_same_values_does_not(world):
    world.open_all()
    make_login(world.associate_candidate)
    set_defaults(world.main, world.series, use_defaults=True, access=True)
    assert outdated_in(world.associate, world.series) == {}

    set_defaults(world.main, world.series, contact=Contact("New", "", "new@example.org"))
    assert outdated_in(world.associate, world.series) == {
        world.associate_candidate.pk: ["The contact has changed."]
    }


def test_a_release_outdates_only_those_with_a_valid_entry_in_its_qualification(world):
    world.open_all()
    only_a_level = make_candidate(world.main, world.series, "0002", grades={"9702": "A"})
    for candidate in (world.candidate, only_a_level):
        make_login(candidate)

    Release.objects.filter(qualification__name=IGCSE).update(candidates_at=IGCSE_RELEASE + HOUR)

    assert list(outdated_in(world.main, world.series)) == [world.candidate.pk]


def test_withdrawing_from_a_qualification_outdates_a_letter_that_names_it(world):
    world.open_all()
    make_login(world.candidate)

    Entry.objects.filter(candidate=world.candidate, syllabus__code="9702").update(withdrawn=True)

    assert outdated_in(world.main, world.series)[world.candidate.pk] == [
        f"The letter gives 11 August 2026, 12:00 Bangkok time (UTC+7) for {A_LEVEL}, "
        "which no longer applies."
    ]


def test_revoked_letters_and_other_centres_do_not_count(world):
    world.open_all()
    make_login(world.candidate)
    make_login(world.candidate)  # the first is replaced
    make_login(world.stranger_centre.candidates.get())
    arrange(world.main, world.series, delay=HOUR)
    arrange(world.stranger_centre, world.series, delay=HOUR)

    assert list(outdated_in(world.main, world.series)) == [world.candidate.pk]
    centres = Centre.objects.filter(number__in=["MAIN1", "ASC01"])
    assert count_outdated(centres, world.series) == {world.main.pk: 1, world.associate.pk: 0}


def test_the_count_agrees_with_the_list(world):
    world.open_all()
    for number in range(2, 6):
        grades = {"0580": "A"} if number % 2 else {"9702": "B"}
        make_candidate(world.associate, world.series, f"{number:04}", grades=grades)
    for candidate in world.series.candidates.all():
        make_login(candidate)
    Release.objects.filter(qualification__name=IGCSE).update(candidates_at=IGCSE_RELEASE + HOUR)
    give(world.associate2, world.series, delay=HOUR)

    counts = count_outdated(Centre.objects.all(), world.series)

    assert counts == {
        centre.pk: len(outdated_in(centre, world.series)) for centre in Centre.objects.all()
    }
    assert counts[world.associate.pk] == 3


def test_one_candidate_or_five_take_three_queries(world, django_assert_num_queries):
    world.open_all()
    arrange(world.main, world.series, contact=CONTACT, delay=HOUR)
    for extra in (0, 4):
        for number in range(extra):
            make_candidate(world.main, world.series, f"{number + 2:04}")
        for candidate in world.main.candidates.all():
            make_login(candidate)
        arrange(world.main, world.series, delay=HOUR * (2 + extra))
        with django_assert_num_queries(3):
            assert len(outdated_in(world.main, world.series)) == extra + 1
        with django_assert_num_queries(3):
            count_outdated(Centre.objects.all(), world.series)


def test_a_corrected_name_makes_the_letter_outdated_and_the_login_lives(world):
    world.open_all()
    username, password, login = make_login(world.candidate)
    make_login(make_candidate(world.main, world.series, "0002", name="SMITH: Anna"))
    assert outdated_in(world.main, world.series) == {}

    Candidate.objects.filter(pk=world.candidate.pk).update(name="BLOGGS: Freda")

    centres = Centre.objects.filter(pk=world.main.pk)
    why = ["The candidate’s name was corrected."]
    assert outdated_in(world.main, world.series) == {world.candidate.pk: why}
    assert count_outdated(centres, world.series) == {world.main.pk: 1}
    assert outdated_in_files(centres, world.series) == {login.letter_file_id: 1}
    assert sign_in(username, password)

    Candidate.objects.filter(pk=world.candidate.pk).update(name="BLOGGS: Fred")
    assert outdated_in(world.main, world.series) == {}


def test_another_name_of_the_centre_makes_its_letters_outdated(world):
    world.open_all()
    make_login(world.candidate), make_login(world.associate_candidate)

    Centre.objects.filter(pk=world.main.pk).update(name="Another Made-up School")

    why = ["The centre’s name has changed."]
    assert outdated_in(world.main, world.series) == {world.candidate.pk: why}
    assert outdated_in(world.associate, world.series) == {}


def test_a_letter_that_is_made_keeps_whom_it_names(world, issue):
    world.open_all()

    issue(candidates=[world.candidate])

    login = Credentials.objects.live().get(candidate=world.candidate)
    assert (login.printed_number, login.printed_name, login.printed_centre) == (
        world.candidate.number,
        world.candidate.name,
        world.main.name,
    )
