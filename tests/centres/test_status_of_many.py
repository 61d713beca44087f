"""Rules 4, 9 and 13: the status of many Associate Centres, confirmed by their main centre in one go."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from centres.edit_conflict import EditConflict
from centres.models import (
    AuditEvent,
    CentreArrangement,
    ContactChoice,
    SelectedCandidate,
    Status,
)
from centres.status import AGREEMENT, edit_status
from centres.status_of_many import edit_status_of_many, status_of_many
from centres.terms import Contact
from credentials.models import Credentials
from tests.builders import (
    CONTACT,
    arrange,
    give,
    make_candidate,
    make_centre,
    make_login,
    set_defaults,
)

BOTH = ["ASC01", "ASC02"]


@pytest.fixture
def given(world):
    """Both Associate Centres have access; neither has confirmed a status."""
    set_defaults(world.main, world.series)
    for centre in (world.associate, world.associate2):
        give(centre, world.series)
    return world


def confirm(world, numbers=BOTH, **changes):
    seen = status_of_many(world.main, world.series, numbers)
    wanted = {"status": Status.ALL, "agreed": True, "version": seen.version}
    return edit_status_of_many(
        main=world.main,
        series=world.series,
        by=world.officer,
        numbers=numbers,
        **{**wanted, **changes},
    )


def statuses() -> dict[str, str]:
    return dict(CentreArrangement.objects.values_list("centre__number", "status"))


def test_all_candidates_of_each_have_access_with_the_agreement_kept_at_each(given):
    confirm(given)

    assert statuses() == {"ASC01": "all", "ASC02": "all"}
    for one in CentreArrangement.objects.all():
        assert (one.agreed_by, one.agreed_wording) == ("officer.main", AGREEMENT)
        assert one.agreed_at is not None
    events = AuditEvent.objects.filter(action="status_edited").order_by("centre")
    assert [(one.centre, one.by, one.old, one.new) for one in events] == [
        (
            number,
            "officer.main",
            {"status": "none", "agreed by": ""},
            {"status": "all", "agreed by": "officer.main"},
        )
        for number in BOTH
    ]


def test_contact_delay_language_and_selection_stay_as_they_are(given):
    delay = dt.timedelta(hours=3)
    arrange(
        given.associate,
        given.series,
        status=Status.SELECTED,
        delay=delay,
        selected=(given.associate_candidate,),
    )
    CentreArrangement.objects.update(letter_language="es", version=7)

    confirm(given, ["ASC01"])

    one = CentreArrangement.objects.get()
    assert (one.status, one.delay, one.letter_language, one.version) == ("all", delay, "es", 8)
    assert one.contact_name == CONTACT.name
    assert SelectedCandidate.objects.get().candidate == given.associate_candidate


def test_what_edit_status_refuses_at_one_centre_is_left_out_of_many(given):
    third, fourth = (make_centre(number, main=given.main) for number in ("ASC03", "ASC04"))
    give(third, given.series, contact_choice=ContactChoice.CENTRE_DEFINED)
    numbers = ["ASC01", "ASC03", fourth.number]

    seen = status_of_many(given.main, given.series, numbers)
    assert [(one.centre.number, one.lacks_access) for one in seen.left_out] == [
        ("ASC03", False),
        ("ASC04", True),
    ]
    confirm(given, numbers)
    assert statuses() == {"ASC01": "all"}

    arrange(third, given.series, status=Status.NONE)
    confirm(given, numbers)
    assert statuses() == {"ASC01": "all", "ASC03": "all"}


def test_a_centre_that_has_agreed_to_all_keeps_who_agreed(given):
    confirm(given, ["ASC01"])
    CentreArrangement.objects.update(agreed_by="officer.asc01")

    confirm(given)

    agreed = dict(CentreArrangement.objects.values_list("centre__number", "agreed_by"))
    assert agreed == {"ASC01": "officer.asc01", "ASC02": "officer.main"}
    assert AuditEvent.objects.filter(centre="ASC01").count() == 1


def test_centres_of_others_cannot_be_named(given):
    foreign = make_centre("ASC09", main=make_centre("MAIN2"))
    give(foreign, given.series)

    confirm(given, ["ASC09", "OTH01", "MAIN1"])
    assert statuses() == {}


def test_access_without_the_agreement_and_selected_candidates_are_refused(given):
    with pytest.raises(ValueError, match="agreement"):
        confirm(given, agreed=False)
    with pytest.raises(ValueError, match="ALL"):
        confirm(given, status=Status.SELECTED)
    assert statuses() == {}


@pytest.mark.parametrize("what", ["status", "access", "contact"])
def test_when_one_of_them_was_changed_meanwhile_none_is_saved(given, what):
    seen = status_of_many(given.main, given.series, BOTH)
    if what == "status":
        edit_status(
            centre=given.associate2,
            series=given.series,
            by=given.officer,
            version=0,
            status=Status.NONE,
            agreed=False,
            contact=Contact(),
            delay=dt.timedelta(),
        )
    elif what == "access":
        give(given.associate2, given.series, access=False)
    else:
        give(given.associate2, given.series, contact_choice=ContactChoice.CENTRE_DEFINED)

    with pytest.raises(EditConflict):
        confirm(given, version=seen.version)
    assert "ASC01" not in statuses()


def test_no_candidates_ends_the_logins_of_those_centres_alone(given):
    confirm(given)
    for number in BOTH:
        make_login(given.candidates[number])

    change = confirm(given, ["ASC01"], status=Status.NONE, agreed=False)

    assert change.ended == {"ASC01": 1}
    assert statuses() == {"ASC01": "none", "ASC02": "all"}
    live = Credentials.objects.live().get()
    assert live.candidate.centre == given.associate2


def test_many_centres_take_as_many_queries_as_one(given):
    def queries(numbers) -> int:
        with CaptureQueriesContext(connection) as captured:
            confirm(given, numbers)
        return len(captured)

    one = queries(["ASC01"])
    more = [make_centre(f"ASC{number:02}", main=given.main) for number in range(3, 9)]
    for centre in more:
        give(centre, given.series)
        make_login(make_candidate(centre, given.series))
    assert queries([centre.number for centre in more]) == one
