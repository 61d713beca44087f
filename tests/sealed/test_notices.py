"""What keyholders and the board are told of sealed results: wrong tries, and louder by the hour what stays sealed."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from centres.models import Release
from core.jobs import State
from sealed import keyholders, notices
from sealed.models import Keyholder, Opening, Seal
from sealed.refused import Refused
from tests.builders import A_LEVEL_RELEASE, make_board_operator, make_series
from tests.sealed.cast import Cast, give_file, make_ring, make_seal

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
BEFORE = A_LEVEL_RELEASE - 10 * DAY
WRONG = "zebra umbrella yoghurt quartz walnut xylophone violin"


@pytest.fixture
def ring(db, settings) -> list[Cast]:
    settings.HAS_MAIL = True
    with time_machine.travel(BEFORE, tick=False):
        return make_ring()


@pytest.fixture
def seal(ring) -> Seal:
    with time_machine.travel(BEFORE, tick=False):
        one = make_seal(make_series(), ring[0].user)
        give_file(one, "series\n2026-06\n", by=ring[0].user)
        return one


@pytest.fixture
def told(mailoutbox, django_capture_on_commit_callbacks):
    """told(act): the subjects of what it has mailed, by who it is to."""

    def run(act) -> dict[str, list[str]]:
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        found: dict[str, list[str]] = {}
        for one in mailoutbox:
            found.setdefault(one.to[0].partition("@")[0], []).append(one.subject)
        return found

    return run


def words(at: dt.datetime) -> list[str]:
    return [one.words for one in notices.notices(at)]


def try_wrongly(one: Cast, at: dt.datetime = BEFORE) -> None:
    with pytest.raises(Refused):
        keyholders.unlock(one.user, WRONG, at=at)


def test_a_wrong_try_is_mailed_to_the_other_keyholders_and_says_nothing_of_what_was_typed(
    ring, told, mailoutbox
):
    make_board_operator("operator")
    found = told(lambda: try_wrongly(ring[0]))

    assert found.keys() == {"keyholder.2", "keyholder.3"}
    assert "keyholder.1" in mailoutbox[0].body and "last right one: 1" in mailoutbox[0].body
    assert not any(word in mailoutbox[0].body for word in (*WRONG.split(), ring[0].passphrase))


def test_a_wrong_try_stands_on_the_home_until_the_right_passphrase_is_given(ring):
    for _ in range(2):
        try_wrongly(ring[0])
    [one] = notices.notices(BEFORE)
    assert one.urgent and "given 2 times for keyholder.1" in one.words

    keyholders.unlock(ring[0].user, ring[0].passphrase, at=BEFORE)
    assert words(BEFORE) == []


def test_where_the_board_has_no_mail_the_home_says_it_alone(ring, told, settings):
    settings.HAS_MAIL = False
    assert told(lambda: try_wrongly(ring[0])) == {}
    assert "given once for keyholder.1" in words(BEFORE)[0]


def test_who_has_not_tried_for_thirty_days_is_named(ring):
    late = BEFORE + 30 * DAY + HOUR
    keyholders.unlock(ring[2].user, ring[2].passphrase, at=BEFORE + DAY)

    assert words(BEFORE + 30 * DAY - HOUR) == []
    assert words(late) == ["Not tried for 30 days: the passphrase of keyholder.1, keyholder.2."]
    assert [str(one) for one in keyholders.not_tried(late)] == ["keyholder.1", "keyholder.2"]


def test_a_keyholder_who_can_sign_in_no_more_is_named(ring):
    ring[1].user.is_active = False
    ring[1].user.save()
    assert "keyholder.2 is a keyholder and cannot sign in any more" in words(BEFORE)[0]


def test_the_board_is_reminded_louder_by_the_hour_each_time_once(seal, told):
    """A worker that looks every ten minutes, from four days before staff's instant to three days after."""
    make_board_operator("operator")
    reminded = []
    at = A_LEVEL_RELEASE - 4 * DAY
    while at <= A_LEVEL_RELEASE + 3 * DAY:
        found = told(lambda at=at: notices.remind(at))
        if found:
            assert found.keys() == {"keyholder.1", "keyholder.2", "keyholder.3", "operator"}
            assert all(len(each) == 1 for each in found.values())
            reminded.append(round((A_LEVEL_RELEASE - at) / HOUR))
        at += HOUR / 6
    assert reminded == [72, 48, 24, 12, *range(6, -25, -1), -48, -72]


def test_what_is_mailed_says_how_long_is_left_and_what_to_do(seal, told, mailoutbox):
    told(lambda: notices.remind(A_LEVEL_RELEASE - 48 * HOUR))
    assert mailoutbox[0].subject == "Direct: June 2026 is still sealed, staff see it in 48 hours"
    assert "Two keyholders can open them from" in mailoutbox[0].body
    assert "three now" in mailoutbox[0].body

    told(lambda: notices.remind(A_LEVEL_RELEASE - 6 * HOUR))
    assert mailoutbox[0].subject == "Direct: open June 2026 now, staff see it in 6 hours"
    assert "Files that wait to be opened: 1. Two keyholders open them," in mailoutbox[0].body

    told(lambda: notices.remind(A_LEVEL_RELEASE + HOUR))
    assert "an hour after staff should have seen it" in mailoutbox[0].subject


def test_where_no_file_was_given_that_is_what_is_said(seal, told, mailoutbox):
    seal.files.all().delete()
    told(lambda: notices.remind(A_LEVEL_RELEASE - HOUR))
    assert "No results file of it has been given yet." in mailoutbox[0].body
    assert words(A_LEVEL_RELEASE - HOUR)[0].endswith("No results file has been given.")


def test_the_first_instant_at_which_anybody_of_a_centre_sees_results_counts(seal):
    later = Release.objects.exclude(candidates_at=A_LEVEL_RELEASE)
    later.update(staff_at=A_LEVEL_RELEASE - 2 * DAY)
    at = A_LEVEL_RELEASE - 4 * DAY
    assert "staff see its results in 2" in words(at)[0]
    assert "Two keyholders can open it from" in words(at)[0]


def test_the_home_says_it_from_72_hours_before_and_urgently_from_twelve(seal):
    assert notices.notices(A_LEVEL_RELEASE - 73 * HOUR) == []
    [one] = notices.notices(A_LEVEL_RELEASE - 71 * HOUR)
    assert not one.urgent and one.words.startswith("June 2026 is still sealed, and staff see")
    [one] = notices.notices(A_LEVEL_RELEASE - 11 * HOUR)
    assert one.urgent and one.words.endswith("Two keyholders open it.")
    [one] = notices.notices(A_LEVEL_RELEASE + HOUR)
    assert "staff should have seen its results since" in one.words


def test_a_release_that_is_put_off_is_told_of_anew(seal, told):
    assert told(lambda: notices.remind(A_LEVEL_RELEASE - 3 * HOUR))
    Release.objects.update(candidates_at=A_LEVEL_RELEASE + 30 * DAY)
    assert not told(lambda: notices.remind(A_LEVEL_RELEASE - 2 * HOUR))
    assert told(lambda: notices.remind(A_LEVEL_RELEASE + 27 * DAY))


def test_what_is_opened_or_is_being_opened_is_told_no_more(seal, told):
    at = A_LEVEL_RELEASE - HOUR
    opening = Opening.objects.create(
        seal=seal, asked_by="a", key_until=at + HOUR, key=b"a", master_key_id="1"
    )
    assert not told(lambda: notices.remind(at)) and words(at) == []

    Opening.objects.update(state=State.FAILED, key=None, error="Rows do not fit.")
    assert told(lambda: notices.remind(at))
    assert "June 2026 could not be opened: Rows do not fit." in words(at)

    opening.delete()
    Seal.objects.update(opened_at=timezone.now())
    assert not told(lambda: notices.remind(at + HOUR)) and words(at) == []


def test_two_workers_send_one_mail(seal, told):
    at = A_LEVEL_RELEASE - HOUR
    assert told(lambda: (notices.remind(at), notices.remind(at)))["keyholder.1"] == [
        "Direct: open June 2026 now, staff see it in an hour"
    ]


def test_the_right_passphrase_tells_nobody(ring, told):
    unlock = keyholders.unlock
    assert told(lambda: unlock(ring[0].user, ring[0].passphrase, at=BEFORE)) == {}
    assert Keyholder.objects.get(user=ring[0].user).tried_at == BEFORE
