"""Who may act for whom (rules 1, 2 and 13)."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from centres.access import acting_for, managed_centres, series_for
from centres.models import Centre, Entry
from tests.builders import erase, make_centre, make_series


def numbers(centres) -> list[str]:
    return [centre.number for centre in centres]


def test_a_main_centres_officer_acts_for_its_own_and_every_attached_centre(world):
    assert numbers(managed_centres(world.officer)) == ["ASC01", "ASC02", "MAIN1"]

    acting = acting_for(world.officer, "2026-06", "ASC01")
    assert acting.centre == world.associate
    assert acting.home == world.main
    assert acting.acts_for_associate is True


def test_an_associate_centres_officer_acts_for_that_centre_alone(world):
    assert acting_for(world.associate_officer, "2026-06", "ASC01").acts_for_associate is False

    for number in ("ASC02", "MAIN1", "OTH01"):
        with pytest.raises(Http404):
            acting_for(world.associate_officer, "2026-06", number)


@pytest.mark.parametrize("number", ["MAIN1", "ASC01", "NONE1", "MAIN1\0"])
def test_to_a_stranger_another_centre_looks_like_none(world, number):
    with pytest.raises(Http404):
        acting_for(world.stranger, "2026-06", number)


@pytest.mark.parametrize("slug", ["2026-11", "2026-13", "June 2026x", "", "2026-6"])
def test_a_series_that_cannot_be_chosen_looks_like_none(world, slug):
    make_series(2026, 11)
    with pytest.raises(Http404):
        acting_for(world.officer, slug, "MAIN1")


def test_staff_without_the_right_are_told_so_and_not_that_it_does_not_exist(world):
    with pytest.raises(PermissionDenied):
        acting_for(world.viewer, "2026-06", "MAIN1")


def test_a_series_without_a_valid_entry_cannot_be_chosen(world):
    centres = Centre.objects.filter(number="MAIN1")
    assert list(series_for(centres)) == [world.series]

    Entry.objects.update(withdrawn=True)
    assert list(series_for(centres)) == []


def test_for_a_main_centre_an_entry_at_one_of_its_associates_is_enough(world):
    erase(Entry.objects.filter(candidate__centre=world.main))

    assert list(series_for(Centre.objects.filter(number="MAIN1"))) == [world.series]
    assert acting_for(world.officer, "2026-06", "MAIN1").centre == world.main


def test_the_rights_over_a_centre_end_when_it_is_detached(world):
    assert acting_for(world.officer, "2026-06", "ASC01")
    world.associate.main_link.delete()

    with pytest.raises(Http404):
        acting_for(world.officer, "2026-06", "ASC01")


def test_a_centre_attached_later_is_under_the_main_centre_at_once(world):
    make_centre("ASC09", main=world.main)

    assert acting_for(world.officer, "2026-06", "ASC09").acts_for_associate is True
