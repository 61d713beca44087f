"""Rule 9: whoever loses access loses the login, at once and for good."""

import datetime as dt

import pytest
from django.db import transaction

from centres.access_changes import NobodyEndsLogins, access_changed, rolled_back
from centres.models import (
    AuditEvent,
    Candidate,
    Centre,
    Status,
    SubcentreArrangement,
    SubcentreLink,
)
from centres.status import arrangement_for, edit_status
from credentials.logins.authentication import sign_in
from credentials.models import Credentials
from tests.builders import (
    CONTACT,
    arrange,
    give,
    make_candidate,
    make_login,
    make_series,
    set_defaults,
)


@pytest.fixture(autouse=True)
def _open(world):
    world.open_all()


def remove_access(world):
    def act():
        give(world.associate, world.series, access=False)
        return access_changed(by=world.officer)

    return act


def test_logins_without_access_are_revoked_for_good(world):
    login = make_login(world.associate_candidate)

    remove_access(world)()

    credentials = login[2]
    credentials.refresh_from_db()
    assert credentials.revoked_because == Credentials.Reason.ACCESS_REMOVED
    give(world.associate, world.series)
    assert sign_in(*login[:2]) is None


def test_nobody_else_is_touched(world):
    for candidate in world.candidates.values():
        make_login(candidate)

    remove_access(world)()

    live = Credentials.objects.live().values_list("candidate__centre__number", flat=True)
    assert sorted(live) == ["ASC02", "MAIN1", "OTH01"]


def test_one_audit_row_for_each_centre_says_how_many(world):
    make_login(make_candidate(world.associate, world.series, "0002"))
    for candidate in world.candidates.values():
        make_login(candidate)

    set_defaults(world.main, world.series, use_defaults=True, access=False)
    access_changed(by=world.officer)

    events = AuditEvent.objects.filter(action="credentials_revoked").order_by("centre")
    assert [(one.by, one.centre, one.series, one.new) for one in events] == [
        ("officer.main", "ASC01", "June 2026", {"revoked": 2}),
        ("officer.main", "ASC02", "June 2026", {"revoked": 1}),
    ]


def test_when_the_act_fails_nothing_is_revoked(world):
    login = make_login(world.associate_candidate)

    with pytest.raises(RuntimeError), transaction.atomic():
        remove_access(world)()
        raise RuntimeError

    assert sign_in(*login[:2]) is not None
    assert not AuditEvent.objects.exists()


def test_an_act_that_takes_nothing_away_leaves_no_trace(world):
    make_login(world.candidate)

    arrange(world.main, world.series)
    access_changed(by=world.officer)

    assert not AuditEvent.objects.exists()


def test_what_would_be_lost_is_what_is_lost(world):
    for candidate in (
        *world.candidates.values(),
        make_candidate(world.associate, world.series, "2"),
    ):
        make_login(candidate)

    assert rolled_back(remove_access(world)).ended == {"ASC01": 2}

    before = Credentials.objects.live().count()
    assert remove_access(world)().ended == {"ASC01": 2}
    assert before - Credentials.objects.live().count() == 2


def test_asking_what_would_be_lost_changes_nothing(world):
    login = make_login(world.associate_candidate)

    rolled_back(remove_access(world))

    assert SubcentreArrangement.objects.get(link__associate=world.associate).give_access is True
    assert sign_in(*login[:2]) is not None
    assert not AuditEvent.objects.exists()


def test_asking_raises_what_the_act_raises(world):
    def act():
        raise LookupError

    with pytest.raises(LookupError):
        rolled_back(act)


def test_a_status_for_selected_candidates_shuts_out_the_others(world):
    second = make_candidate(world.main, world.series, "0002")
    stored, lost = make_login(world.candidate), make_login(second)

    def act():
        arrange(world.main, world.series, status=Status.SELECTED, selected=(world.candidate,))
        return access_changed(by=world.officer)

    assert rolled_back(act).ended == {"MAIN1": 1}
    act()
    assert (sign_in(*stored[:2]) is None, sign_in(*lost[:2]) is None) == (False, True)


def test_only_the_series_and_centres_named_are_looked_at(world):
    march = make_series(2026, 3, releases={})
    other = make_login(make_candidate(world.main, march))[2]  # has no access, and never had
    own = make_login(world.candidate)[2]
    everywhere = Candidate.objects.values_list("centre", flat=True)

    arrange(world.main, world.series, status=Status.NONE)
    access_changed(by="test", series=world.series, centres=Centre.objects.filter(number="ASC01"))
    assert Credentials.objects.live().filter(pk__in=[own.pk, other.pk]).count() == 2

    access_changed(by="test", series=world.series)
    assert list(Credentials.objects.live()) == [other]

    access_changed(by="test", centres=Centre.objects.filter(pk__in=everywhere))
    assert not Credentials.objects.live().exists()


def test_one_centre_or_three_take_as_many_queries(world, django_assert_num_queries):
    for centres in ([world.main], [world.main, world.associate, world.stranger_centre]):
        for centre in centres:
            arrange(centre, world.series)
            for candidate in Candidate.objects.filter(centre=centre):
                make_login(candidate)
            arrange(centre, world.series, status=Status.NONE)
        before = Credentials.objects.live().count()

        with django_assert_num_queries(12):  # five of them let go of counts that are kept
            access_changed(by="test")

        assert before - Credentials.objects.live().count() == len(centres)


def test_a_detached_centres_logins_end_before_its_delay_is_forgotten(world):
    """An unattached centre has its own delay, which is none: results would show too early."""
    world.open_all()
    give(world.associate, world.series, delay=dt.timedelta(hours=9000))
    _, _, credentials = make_login(world.associate_candidate)
    _, _, untouched = make_login(world.candidates["ASC02"])

    def detach():
        SubcentreLink.objects.get(associate=world.associate).delete()
        return access_changed(by="board", detached=[world.associate.pk])

    assert rolled_back(detach).ended == {"ASC01": 1}
    detach()

    credentials.refresh_from_db()
    untouched.refresh_from_db()
    assert credentials.revoked_at is not None
    assert untouched.revoked_at is None


def test_where_nobody_ends_logins_no_access_is_taken_away(world, settings):
    make_login(world.candidate)
    settings.WHEN_ACCESS_CHANGES = []

    with pytest.raises(NobodyEndsLogins), transaction.atomic():
        edit_status(
            centre=world.main,
            series=world.series,
            by=world.officer,
            version=arrangement_for(world.main, world.series).version,
            status=Status.NONE,
            agreed=False,
            contact=CONTACT,
            delay=dt.timedelta(),
        )

    assert arrangement_for(world.main, world.series).status == Status.ALL
