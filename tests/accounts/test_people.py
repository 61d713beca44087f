"""Who may do what to whom among the staff of centres, each act audited and told."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.http import Http404
from django.utils import timezone

from accounts import four_eyes, notifications
from accounts.models import AccountEvent, User
from accounts.people import access, acts, listing
from accounts.people.access import Rights
from accounts.people.acts import CannotAct
from accounts.sign_in import may_sign_in
from centres.access import homes_of, may_manage
from centres.models import AuditEvent, Membership, Role
from core.only_grows import lifted
from tests.builders import World, make_board_operator, make_centre, make_officer, trust

OFFICER = Rights(Role.EXAMS_OFFICER, manages=True, restricted=False)
VIEWER = Rights(Role.VIEWER, manages=False, restricted=False)
TRUSTED = Rights(Role.EXAMS_OFFICER, manages=True, restricted=True)


def member(user: User) -> Membership:
    return user.memberships.get()


def events() -> list[tuple[str, str, str, str]]:
    rows = AuditEvent.objects.order_by("pk")
    return list(rows.values_list("action", "by", "subject", "centre"))


def invite(world: World, *, by: User | None = None, centre=None, rights=OFFICER, **said):
    said = {"username": "new.officer", "name": "New Officer", "email": "", **said}
    return acts.invite(
        centre=centre or world.associate, rights=rights, by=by or world.officer, **said
    )


def refused(words: str):
    return pytest.raises(CannotAct, match=re.escape(words))


# --- Whom one reaches ----------------------------------------------------------------------------


def test_a_main_centres_officer_looks_after_its_own_and_its_attached_centres(world):
    make_officer("officer.two", world.associate)
    found = listing.centres_with_people(world.officer)

    assert [(one.number, one.staff) for one in found] == [("MAIN1", 2), ("ASC01", 2), ("ASC02", 0)]
    assert list(access.centres_of(world.associate_officer)) == [world.associate]


@pytest.mark.parametrize(
    ("who", "number", "answer"),
    [
        ("associate_officer", "MAIN1", Http404),
        ("associate_officer", "ASC02", Http404),
        ("stranger", "MAIN1", Http404),
        ("stranger", "NONE9", Http404),
        ("board", "MAIN1", Http404),
        ("viewer", "MAIN1", PermissionDenied),
        ("viewer", "ASC01", PermissionDenied),
    ],
)
def test_nobody_else_manages_people_there(who, number, answer, world):
    with pytest.raises(answer):
        access.manager_for(getattr(world, who), number)


def test_an_officer_without_the_right_manages_nobody(world):
    Membership.objects.filter(user=world.officer).update(may_manage_results_service=False)

    with pytest.raises(PermissionDenied):
        access.manager_for(world.officer, "MAIN1")


def test_the_boards_own_people_are_not_to_be_reached(world):
    board = make_board_operator("board.two")
    Membership.objects.create(user=board, centre=world.associate, role=Role.VIEWER)

    assert [one.user for one in access.people_of(world.associate)] == [world.associate_officer]
    with pytest.raises(Http404):
        access.person_of(world.associate, "board.two")
    with refused("not on the staff"):
        acts.remove(member=member(board), by=world.officer)


def test_an_associates_officer_does_nothing_to_the_main_centres_people(world):
    for act in (acts.suspend, acts.lift, acts.remove, acts.make_link):
        with refused("You can no longer manage the people of this centre"):
            act(member=member(world.viewer), by=world.associate_officer)
    with refused("You can no longer manage the people of this centre"):
        acts.change(member=member(world.viewer), rights=OFFICER, by=world.associate_officer)
    assert events() == []


# --- Inviting ------------------------------------------------------------------------------------


def test_who_is_invited_has_no_password_yet_and_gets_a_link(world):
    user, link = invite(world, email="new@example.org")

    assert not user.has_usable_password()
    assert Rights.of(member(user)) == OFFICER
    assert "/set-password/" in link
    assert events() == [
        ("person_invited", "officer.main", "new.officer", "ASC01"),
        ("invited", "officer.main", "new.officer", "ASC01"),
    ]


def test_the_link_stands_nowhere_in_the_audit_trail(world):
    _, link = invite(world)

    token = link.rstrip("/").rpartition("/")[2]
    rows = str(list(AuditEvent.objects.values()))
    assert len(token) > 30
    assert token not in rows


@pytest.mark.parametrize("taken", ["officer.oth01", "OFFICER.OTH01", "board", "officer.main"])
def test_a_username_that_anybody_has_is_taken_and_nothing_more_is_said(taken, world):
    with refused("This username is taken. Choose another."):
        invite(world, username=taken)
    assert not AuditEvent.objects.exists()
    assert User.objects.count() == 5


def test_the_invitation_itself_is_no_news_to_who_is_invited(world):
    user, _ = invite(world)
    user.refresh_from_db()

    assert not notifications.new_events(user).exists()
    acts.suspend(member=member(user), by=world.officer)
    assert [event.kind for event in notifications.new_events(user)] == ["person_suspended"]


def test_nobody_gives_a_right_that_they_have_not_themselves(world):
    with refused("you cannot give that right"):
        invite(world, rights=TRUSTED)
    with refused("you cannot give that right"):
        acts.change(member=member(world.viewer), rights=TRUSTED, by=world.officer)

    trust(world.officer)
    invite(world, rights=TRUSTED)
    acts.change(member=member(world.viewer), rights=TRUSTED, by=world.officer)
    assert member(world.viewer).may_see_restricted_results


def test_a_viewer_manages_nothing(world):
    with refused("A viewer can only look."):
        invite(world, rights=Rights(Role.VIEWER, manages=True, restricted=False))


def test_somebody_of_another_of_the_own_centres_can_be_added(world):
    acts.add(centre=world.associate2, username="officer.asc01", rights=VIEWER, by=world.officer)

    centres = {one.centre.number for one in world.associate_officer.memberships.all()}
    assert centres == {"ASC01", "ASC02"}
    assert events() == [("person_added", "officer.main", "officer.asc01", "ASC02")]


@pytest.mark.parametrize("username", ["officer.oth01", "board", "nobody", "officer.main"])
def test_nobody_else_can_be_added_whether_they_exist_or_not(username, world):
    with refused("Choose somebody from the list."):
        acts.add(centre=world.associate2, username=username, rights=VIEWER, by=world.officer)


def test_who_works_at_a_strange_centre_too_is_not_offered_to_be_added(world):
    Membership.objects.create(
        user=world.associate_officer, centre=world.stranger_centre, role=Role.VIEWER
    )

    manager = access.manager_for(world.officer, "ASC02")
    assert world.associate_officer not in access.others_for(manager)


def test_who_was_removed_elsewhere_is_not_offered_here(world):
    second = make_officer("officer.two", world.stranger_centre)
    acts.remove(member=member(second), by=world.stranger)

    assert second in access.others_for(access.manager_for(world.stranger, "OTH01"))
    assert second not in access.others_for(access.manager_for(world.officer, "MAIN1"))


# --- Role and rights -----------------------------------------------------------------------------


def test_a_change_is_audited_with_what_it_was(world):
    acts.change(member=member(world.viewer), rights=OFFICER, by=world.officer)

    event = AuditEvent.objects.get()
    assert (event.action, event.subject) == ("rights_changed", "viewer.main")
    assert event.old == {"role": "viewer", "may_manage_results_service": False}
    assert event.new == {"role": "exams_officer", "may_manage_results_service": True}


def test_saving_the_same_again_changes_nothing_and_tells_nobody(world):
    acts.change(member=member(world.viewer), rights=VIEWER, by=world.officer)

    assert events() == []


def test_nobody_raises_their_own_rights(world):
    """One who has the right at the main centre would otherwise take it at an attached one."""
    trust(world.officer)
    own = Membership.objects.create(user=world.officer, centre=world.associate, role=Role.VIEWER)

    for rights in (OFFICER, Rights(Role.VIEWER, manages=False, restricted=True)):
        with refused("You cannot raise your own rights."):
            acts.change(member=own, rights=rights, by=world.officer)


def test_nobody_lifts_their_own_suspension(world):
    own = Membership.objects.create(user=world.officer, centre=world.associate, role=Role.VIEWER)
    acts.suspend(member=own, by=world.officer)

    with refused("You cannot raise your own rights."):
        acts.lift(member=own, by=world.officer)


def test_own_rights_can_be_lowered_where_another_officer_remains(world):
    make_officer("officer.two", world.main)
    acts.change(member=member(world.officer), rights=VIEWER, by=world.officer)

    assert not may_manage(world.officer)


# --- The last officer ----------------------------------------------------------------------------


def step_back(world: World, how: str) -> None:
    own = member(world.officer)
    if how == "change":
        acts.change(member=own, rights=VIEWER, by=world.officer)
    elif how == "no longer manage":
        rights = Rights(Role.EXAMS_OFFICER, manages=False, restricted=False)
        acts.change(member=own, rights=rights, by=world.officer)
    else:
        getattr(acts, how)(member=own, by=world.officer)


STEPS = ["suspend", "remove", "change", "no longer manage"]


@pytest.mark.parametrize("how", STEPS)
def test_the_last_officer_of_a_centre_cannot_go(how, world):
    with refused("You are the last exams officer of this centre"):
        step_back(world, how)
    assert Rights.of(member(world.officer)) == OFFICER
    assert events() == []


@pytest.mark.parametrize("why", ["suspended", "invited", "has left", "a viewer", "manages nothing"])
@pytest.mark.parametrize("how", STEPS)
def test_who_cannot_take_over_does_not_count(how, why, world):
    second = make_officer("officer.two", world.main)
    if why == "suspended":
        acts.suspend(member=member(second), by=world.officer)
    elif why == "invited":
        second.set_unusable_password()
        second.save()
    elif why == "has left":
        User.objects.filter(pk=second.pk).update(is_active=False)
    elif why == "a viewer":
        second.memberships.update(role=Role.VIEWER)
    else:
        second.memberships.update(may_manage_results_service=False)

    with refused("You are the last exams officer of this centre"):
        step_back(world, how)


@pytest.mark.parametrize("how", STEPS)
def test_where_another_remains_an_officer_can_go(how, world):
    make_officer("officer.two", world.main)
    step_back(world, how)

    assert not may_manage(world.officer)


def test_a_main_centre_can_suspend_the_last_officer_of_an_associate(world):
    acts.suspend(member=member(world.associate_officer), by=world.officer)

    assert not homes_of(world.associate_officer).exists()


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_remove_each_other_at_once_do_not_leave_the_centre_without_one():
    world = World()
    second = make_officer("officer.two", world.main)
    pairs = [(world.officer, member(second)), (second, member(world.officer))]
    barrier = Barrier(2)

    def remove(by: User, one: Membership) -> str:
        try:
            barrier.wait()
            acts.remove(member=one, by=by)
            return "removed"
        except CannotAct as error:
            return str(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        answers = [one.result() for one in [threads.submit(remove, *pair) for pair in pairs]]

    assert sorted(answers) == sorted([acts.NO_LONGER, "removed"])
    left = [one for one in access.people_of(world.main) if one.manages]
    assert len(left) == 1


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_leave_at_once_do_not_both_go():
    world = World()
    second = make_officer("officer.two", world.main)
    barrier = Barrier(2)

    def leave(who: User) -> str:
        try:
            barrier.wait()
            acts.remove(member=member(who), by=who)
            return "removed"
        except CannotAct as error:
            return str(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        tried = [threads.submit(leave, who) for who in (world.officer, second)]
        answers = sorted(one.result() for one in tried)
    assert answers == sorted([acts.LAST_OFFICER, "removed"])


# --- Suspended, removed --------------------------------------------------------------------------


def test_a_suspension_holds_at_once_and_for_that_centre_alone(world):
    Membership.objects.create(
        user=world.associate_officer, centre=world.associate2, role=Role.VIEWER
    )
    at_asc01 = world.associate_officer.memberships.get(centre=world.associate)
    acts.suspend(member=at_asc01, by=world.officer)

    assert list(homes_of(world.associate_officer)) == [world.associate2]
    assert may_sign_in(world.associate_officer)
    acts.lift(member=at_asc01, by=world.officer)
    assert may_manage(world.associate_officer)
    assert [action for action, *_ in events()] == ["person_suspended", "suspension_lifted"]


def test_who_is_suspended_or_removed_everywhere_cannot_sign_in(world):
    acts.suspend(member=member(world.associate_officer), by=world.officer)
    assert not may_sign_in(world.associate_officer)
    acts.lift(member=member(world.associate_officer), by=world.officer)
    assert may_sign_in(world.associate_officer)
    acts.remove(member=member(world.associate_officer), by=world.officer)
    assert not may_sign_in(world.associate_officer)
    assert may_sign_in(world.board)


def test_a_suspended_main_centres_officer_acts_for_no_attached_centre_either(world):
    second = make_officer("officer.two", world.main)
    acts.suspend(member=member(world.officer), by=second)

    with pytest.raises(Http404):
        access.manager_for(world.officer, "ASC01")
    with refused("You can no longer manage the people of this centre"):
        invite(world)


# --- What opens an account as a whole ------------------------------------------------------------

OPENING = [acts.make_link, acts.start_recovery]


@pytest.mark.parametrize("act", OPENING)
def test_who_works_at_a_strange_centre_too_is_not_opened_from_here(act, world):
    Membership.objects.create(
        user=world.associate_officer, centre=world.stranger_centre, role=Role.VIEWER
    )

    with refused("This account opens more than you may open yourself"):
        act(
            member=world.associate_officer.memberships.get(centre=world.associate),
            by=world.officer,
        )


@pytest.mark.parametrize("act", OPENING)
def test_an_associates_officer_does_not_open_the_account_of_a_main_centres(act, world):
    both = Membership.objects.create(user=world.viewer, centre=world.associate, role=Role.VIEWER)

    with refused("This account opens more than you may open yourself"):
        act(member=both, by=world.associate_officer)


@pytest.mark.parametrize("act", OPENING)
def test_nor_that_of_who_has_a_right_that_one_has_not(act, world):
    trust(world.viewer)
    with refused("This account opens more than you may open yourself"):
        act(member=member(world.viewer), by=world.officer)

    trust(world.officer)
    assert act(member=member(world.viewer), by=world.officer)


@pytest.mark.parametrize("act", OPENING)
def test_one_s_own_account_is_looked_after_on_its_own_page(act, world):
    with refused("This is your own account."):
        act(member=member(world.officer), by=world.officer)


@pytest.mark.parametrize("order", [OPENING, OPENING[::-1]])
def test_nobody_takes_an_account_over_alone_with_both_links(order, world):
    first, second = order
    other = make_officer("officer.two", world.main)
    first(member=member(world.viewer), by=world.officer)

    with refused("You made the other link for this person"):
        second(member=member(world.viewer), by=world.officer)
    assert second(member=member(world.viewer), by=other)


@pytest.mark.parametrize("order", [OPENING, OPENING[::-1]])
def test_nor_with_a_second_account_that_they_invited_themselves(order, world):
    victim = make_officer("officer.two", world.main)
    puppet, _ = invite(world, centre=world.main, username="puppet")
    first, then = order

    first(member=member(victim), by=world.officer)
    with refused(acts.NOT_ALONE):
        then(member=member(victim), by=puppet)

    with lifted():
        AccountEvent.objects.filter(account__username="puppet").update(
            at=timezone.now() - four_eyes.SETTLED * 1.01
        )
    then(member=member(victim), by=puppet)


# --- Told ----------------------------------------------------------------------------------------


@pytest.fixture
def mailed(settings, django_capture_on_commit_callbacks):
    settings.HAS_MAIL = True

    def run(act, **arguments) -> list:
        with django_capture_on_commit_callbacks(execute=True):
            act(**arguments)
        return mail.outbox

    return run


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (acts.suspend, "Suspended"),
        (acts.remove, "Removed from the staff"),
        (acts.make_link, "Made a set-password link"),
        (acts.start_recovery, "Started the recovery of lost factors"),
    ],
)
def test_what_is_done_with_an_account_is_mailed_to_its_owner(act, words, world, mailed):
    (letter,) = mailed(act, member=member(world.viewer), by=world.officer)

    assert letter.to == ["viewer.main@example.org"]
    assert f"What: {words}" in letter.body
    assert "By: Officer officer.main (officer.main)" in letter.body
    assert "/set-password/" not in letter.body
    assert "/recover/" not in letter.body


def test_without_mail_nothing_is_mailed_and_all_is_done(world, mailed, settings):
    settings.HAS_MAIL = False

    assert mailed(acts.suspend, member=member(world.viewer), by=world.officer) == []
    assert not homes_of(world.viewer).exists()


def test_a_mail_server_that_is_away_stops_nothing(world, mailed, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    mailed(acts.suspend, member=member(world.viewer), by=world.officer)

    assert not homes_of(world.viewer).exists()
    assert "Mail to viewer.main could not be sent: ConnectionRefusedError" in caplog.text


def test_what_was_done_is_seen_until_its_owner_has_looked(world):
    acts.change(member=member(world.viewer), rights=OFFICER, by=world.officer)
    assert [event.kind for event in notifications.new_events(world.viewer)] == ["rights_changed"]

    notifications.seen(world.viewer, notifications.new_events(world.viewer))
    world.viewer.refresh_from_db()
    assert not notifications.new_events(world.viewer).exists()
    assert [event.kind for event in world.viewer.events.all()] == ["rights_changed"]


# --- Lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_staff_of_a_centre_take_one_query(count, world, django_assert_num_queries):
    for number in range(count):
        make_officer(f"officer.{number}", world.associate)

    with django_assert_num_queries(1):
        names = [str(one.user) for one in listing.listed(world.associate)]
    assert len(names) == count + 1


@pytest.mark.parametrize("attached", [1, 3])
def test_the_centres_take_one_query(attached, world, django_assert_num_queries):
    world.associate2.main_link.delete()
    for number in range(attached - 1):
        make_centre(f"ASX0{number}", main=world.main)

    with django_assert_num_queries(1):
        found = [
            (one.number, one.staff, one.officers)
            for one in listing.centres_with_people(world.officer)
        ]
    assert found[:2] == [("MAIN1", 2, 1), ("ASC01", 1, 1)]
    assert len(found) == attached + 1
