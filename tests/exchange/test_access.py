"""Who sees which exchange, and who may put files there (rule 13)."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from exchange.access import exchange_for, exchange_for_upload
from exchange.models import Side
from tests.builders import make_centre, make_officer


def side(user, centre, other) -> str | None:
    try:
        return exchange_for(user, centre, other).side
    except Http404:
        return None


def test_with_the_board_are_the_centres_own_staff_and_those_of_its_main_centre(world):
    for user in (world.associate_officer, world.officer, world.viewer):
        assert side(user, "ASC01", "board") == Side.CENTRE
    assert side(world.board, "ASC01", "board") == Side.ABOVE
    assert side(world.stranger, "ASC01", "board") is None


def test_with_its_main_centre_an_associate_is_alone_and_the_board_is_not_asked(world):
    assert side(world.associate_officer, "ASC01", "MAIN1") == Side.CENTRE
    assert side(world.officer, "ASC01", "MAIN1") == Side.ABOVE
    other = make_officer("officer.asc02", world.associate2)
    for user in (world.board, world.stranger, other):
        assert side(user, "ASC01", "MAIN1") is None


def test_who_is_on_the_staff_of_both_stands_on_the_main_centres_side(world):
    both = make_officer("both", world.main, world.associate)
    assert side(both, "ASC01", "MAIN1") == Side.ABOVE


@pytest.mark.parametrize(
    ("centre", "other"),
    [
        ("MAIN1", "ASC01"),
        ("OTH01", "MAIN1"),
        ("ASC01", "OTH01"),
        ("NONE9", "board"),
        ("ASC01", "BOARD"),
    ],
)
def test_there_is_no_exchange_between_others(world, centre, other):
    for user in (world.officer, world.board, world.stranger):
        assert side(user, centre, other) is None


def test_a_link_that_was_dissolved_takes_the_exchange_with_it(world):
    world.associate.main_link.delete()
    assert side(world.officer, "ASC01", "MAIN1") is None
    assert side(world.officer, "ASC01", "board") is None
    assert side(world.associate_officer, "ASC01", "board") == Side.CENTRE


def test_viewers_see_and_upload_nothing(world):
    assert not exchange_for(world.viewer, "ASC01", "MAIN1").may_upload
    with pytest.raises(PermissionDenied):
        exchange_for_upload(world.viewer, "ASC01", "MAIN1")
    assert exchange_for_upload(world.officer, "ASC01", "MAIN1").may_upload
    assert exchange_for_upload(world.board, "OTH01", "board").may_upload


def test_each_side_names_the_other(world):
    make_centre("ASC03", main=world.main)
    assert exchange_for(world.officer, "ASC03", "MAIN1").partner == "ASC03 Made-up School ASC03"
    assert exchange_for(world.officer, "ASC03", "board").partner == "Cambridge International"
    assert exchange_for(world.board, "ASC03", "board").partner == "ASC03 Made-up School ASC03"
