"""Rules 8 to 11: what applies to a centre in a series."""

import datetime as dt

from centres.models import Centre, ContactChoice
from centres.terms import Contact, terms_for, terms_for_all
from tests.builders import (
    CONTACT,
    IGCSE,
    IGCSE_RELEASE,
    arrange,
    give,
    make_centre,
    set_defaults,
)

HOUR = dt.timedelta(hours=1)
OWN = Contact("Associate’s office", "", "office@asc01.example.org")


def test_an_ordinary_centre_has_access_and_its_own_delay_and_contact(world):
    arrange(world.stranger_centre, world.series, contact=OWN, delay=HOUR)

    terms = terms_for(world.stranger_centre, world.series)

    assert terms.access is True
    assert terms.delay == HOUR
    assert terms.contact == OWN
    assert terms.visible_from[IGCSE] == IGCSE_RELEASE + HOUR


def test_an_associate_centre_has_nothing_until_its_main_centre_gives_it(world):
    terms = terms_for(world.associate, world.series)

    assert terms.access is False
    assert terms.delay == dt.timedelta()
    assert terms.contact == Contact()


def test_with_use_defaults_the_first_row_applies_and_the_own_row_sleeps(world):
    give(world.associate, world.series, access=False, delay=HOUR)
    set_defaults(world.main, world.series, use_defaults=True, access=True, delay=2 * HOUR)

    terms = terms_for(world.associate, world.series)

    assert terms.access is True
    assert terms.delay == 2 * HOUR
    assert terms.contact == CONTACT


def test_use_defaults_reaches_a_centre_attached_later(world):
    set_defaults(world.main, world.series, use_defaults=True, access=True, delay=HOUR)

    later = make_centre("ASC03", main=world.main)

    assert terms_for(later, world.series).access is True
    assert terms_for(later, world.series).delay == HOUR


def test_without_use_defaults_each_row_stands_for_itself(world):
    set_defaults(world.main, world.series, use_defaults=False, access=True, delay=2 * HOUR)
    give(world.associate, world.series, access=True, delay=HOUR)

    assert terms_for(world.associate, world.series).delay == HOUR
    assert terms_for(world.associate2, world.series).access is False


def test_centre_defined_names_the_associate_centres_own_contact(world):
    set_defaults(world.main, world.series)
    arrange(world.associate, world.series, contact=OWN)
    give(world.associate, world.series, contact_choice=ContactChoice.CENTRE_DEFINED)

    assert terms_for(world.associate, world.series).contact == OWN


def test_an_associate_centres_own_delay_is_never_read(world):
    give(world.associate, world.series, delay=HOUR)
    arrange(world.associate, world.series, delay=5 * HOUR)

    assert terms_for(world.associate, world.series).delay == HOUR


def test_the_main_centres_own_candidates_are_not_under_its_subcentre_defaults(world):
    set_defaults(world.main, world.series, use_defaults=True, access=False, delay=HOUR)

    assert terms_for(world.main, world.series).access is True
    assert terms_for(world.main, world.series).delay == dt.timedelta()


def test_many_centres_take_as_many_queries_as_one(world, django_assert_num_queries):
    with django_assert_num_queries(2):
        terms_for(world.main, world.series)
    with django_assert_num_queries(2):
        assert len(terms_for_all(Centre.objects.all(), world.series)) == 4
