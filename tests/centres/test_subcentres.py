"""Rules 7 to 11: Subcentre Management."""

import dataclasses
import datetime as dt

import pytest

from centres.edit_conflict import EditConflict
from centres.models import AuditEvent, ContactChoice
from centres.subcentres import Row, management_of, save
from centres.terms import terms_for
from core.only_grows import lifted
from tests.builders import CONTACT, make_centre

HOUR = dt.timedelta(hours=1)
SAVE_QUERIES = 20  # two of them look for logins that end, at centres that lose access


def change(world, **changes) -> None:
    wanted = dataclasses.replace(management_of(world.main, world.series), **changes)
    save(main=world.main, series=world.series, by=world.officer, wanted=wanted)


def test_the_page_has_a_row_for_each_associate_centre_in_order(world):
    assert list(management_of(world.main, world.series).rows) == ["ASC01", "ASC02"]


def test_a_saved_row_comes_back_and_is_in_force(world):
    row = Row(give_access=True, delay=HOUR, contact_choice=ContactChoice.CENTRE_DEFINED)
    change(world, rows={"ASC01": row})

    assert management_of(world.main, world.series).rows["ASC01"] == row
    assert terms_for(world.associate, world.series).access is True
    assert terms_for(world.associate, world.series).delay == HOUR


def test_ticking_use_defaults_never_destroys_the_rows_own_values(world):
    row = Row(give_access=True, delay=HOUR)
    change(world, rows={"ASC01": row})

    change(world, use_defaults=True, defaults=Row(give_access=True, delay=5 * HOUR))
    assert terms_for(world.associate, world.series).delay == 5 * HOUR

    change(world, use_defaults=False)
    assert management_of(world.main, world.series).rows["ASC01"] == row
    assert terms_for(world.associate, world.series).delay == HOUR


def test_the_default_contact_reaches_every_row_that_says_default(world):
    change(world, contact=CONTACT, rows={"ASC01": Row(give_access=True)})

    assert terms_for(world.associate, world.series).contact == CONTACT


def test_of_two_officers_who_save_at_once_the_second_is_told_and_nothing_is_lost(world):
    both_saw = management_of(world.main, world.series)
    first = dataclasses.replace(both_saw, rows={"ASC01": Row(give_access=True)})
    second = dataclasses.replace(both_saw, rows={"ASC01": Row(delay=HOUR)})
    save(main=world.main, series=world.series, by=world.officer, wanted=first)

    with pytest.raises(EditConflict):
        save(main=world.main, series=world.series, by=world.officer, wanted=second)

    assert management_of(world.main, world.series).rows["ASC01"] == Row(give_access=True)


def test_a_centre_attached_since_the_page_was_opened_is_left_as_it_is(world):
    wanted = management_of(world.main, world.series)
    make_centre("ASC03", main=world.main)

    save(main=world.main, series=world.series, by=world.officer, wanted=wanted)

    assert management_of(world.main, world.series).rows["ASC03"] == Row()


def test_rows_of_centres_that_are_not_attached_change_nothing(world):
    change(world, rows={"OTH01": Row(give_access=True, delay=HOUR)})

    assert terms_for(world.stranger_centre, world.series).delay == dt.timedelta()


def test_every_changed_centre_has_its_own_line_in_the_audit_trail(world):
    change(world, rows={"ASC01": Row(give_access=True, delay=HOUR)})

    assert [event.centre for event in AuditEvent.objects.order_by("pk")] == ["MAIN1", "ASC01"]
    event = AuditEvent.objects.get(centre="ASC01")
    assert event.old == {"access": False, "delay": "0:00"}
    assert event.new == {"access": True, "delay": "1:00"}
    event = AuditEvent.objects.get(centre="MAIN1")
    assert event.new == {"ASC01: give_access": True, "ASC01: delay": "1:00"}


def test_use_defaults_stands_in_the_trail_of_every_centre_that_it_changes(world):
    change(world, rows={"ASC01": Row(give_access=True, delay=HOUR)})
    with lifted():
        AuditEvent.objects.all().delete()

    change(world, use_defaults=True, defaults=Row(give_access=True, delay=HOUR))

    assert [event.centre for event in AuditEvent.objects.order_by("pk")] == ["MAIN1", "ASC02"]
    assert AuditEvent.objects.get(centre="ASC02").new == {"access": True, "delay": "1:00"}


def test_many_centres_take_as_many_queries_as_one(world, django_assert_num_queries):
    with django_assert_num_queries(3):
        management_of(world.main, world.series)
    for number in range(3, 13):
        make_centre(f"ASC{number:02}", main=world.main)
    with django_assert_num_queries(3):
        assert len(management_of(world.main, world.series).rows) == 12


@pytest.mark.parametrize("rows", [1, 3])
def test_saving_takes_as_many_queries_for_one_row_as_for_three(
    world, rows, django_assert_num_queries
):
    for number in range(3, 13):
        make_centre(f"ASC{number:02}", main=world.main)
    changed = {f"ASC{number:02}": Row(give_access=True) for number in range(1, rows + 1)}
    wanted = dataclasses.replace(management_of(world.main, world.series), rows=changed)
    with django_assert_num_queries(SAVE_QUERIES):
        save(main=world.main, series=world.series, by=world.officer, wanted=wanted)
