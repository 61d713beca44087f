"""centres.csv: centres, and who is attached to whom."""

import pytest

from centres.models import AuditEvent, Centre, SubcentreArrangement, SubcentreLink
from centres.terms import terms_for
from credentials.models import Credentials, LetterFile
from tests.builders import arrange, give, make_centre, make_series, set_defaults
from tests.loading.files import faults, load

HEADER = "number,name,country,time_zone,main_centre\n"

pytestmark = pytest.mark.django_db


def row(number: str, main: str = "", *, name: str = "School", zone: str = "UTC") -> str:
    return f"{number},{name},Nowhere,{zone},{main}\n"


def links() -> dict[str, str]:
    return dict(SubcentreLink.objects.values_list("associate__number", "main__number"))


def test_a_main_centre_may_stand_below_its_associate_centres():
    file = HEADER + row("ASC01", "MAIN1") + row("OTH01") + row("MAIN1")

    assert load("centres", file) == "3 created, 0 changed, 0 unchanged"
    assert links() == {"ASC01": "MAIN1"}
    assert load("centres", file) == "0 created, 0 changed, 3 unchanged"


def test_a_main_centre_may_be_loaded_before_and_not_stand_in_the_file_at_all():
    make_centre("MAIN1")

    load("centres", HEADER + row("ASC01", "MAIN1"))

    assert links() == {"ASC01": "MAIN1"}


def test_a_corrected_row_updates():
    load("centres", HEADER + row("MAIN1") + row("OTH01"))

    assert load(
        "centres", HEADER + row("MAIN1", name="Ñew", zone="Asia/Karachi") + row("OTH01")
    ) == ("0 created, 1 changed, 1 unchanged")
    main = Centre.objects.get(number="MAIN1")
    assert (main.name, main.time_zone) == ("Ñew", "Asia/Karachi")


def test_a_centre_is_attached_moved_and_detached_as_the_file_says():
    mains = row("MAIN1") + row("MAIN2")
    load("centres", HEADER + mains + row("ASC01"))
    assert links() == {}
    for main, expected in (("MAIN1", {"ASC01": "MAIN1"}), ("MAIN2", {"ASC01": "MAIN2"}), ("", {})):
        assert load("centres", HEADER + mains + row("ASC01", main)) == (
            "0 created, 1 changed, 2 unchanged"
        )
        assert links() == expected
    moves = AuditEvent.objects.filter(centre="ASC01", action="loaded").order_by("pk")
    assert [(move.old, move.new) for move in moves] == [
        ({"main_centre": ""}, {"main_centre": "MAIN1"}),
        ({"main_centre": "MAIN1"}, {"main_centre": "MAIN2"}),
        ({"main_centre": "MAIN2"}, {"main_centre": ""}),
    ]


def test_a_centre_that_moves_does_not_keep_what_its_former_main_centre_gave_it():
    series = make_series()
    main = make_centre("MAIN1")
    make_centre("MAIN2")
    associate = make_centre("ASC01", main=main)
    give(associate, series)
    assert terms_for(associate, series).access is True

    load("centres", HEADER + row("ASC01", "MAIN2"))

    assert terms_for(associate, series).access is False
    assert not SubcentreArrangement.objects.exists()


def test_who_loses_access_because_a_centre_is_attached_loses_the_login_too(world):
    world.open_all()
    centre = world.stranger_centre
    candidate = world.candidates["OTH01"]
    arrange(centre, world.series)
    set_defaults(world.main, world.series)
    letters = LetterFile.objects.create(
        centre=centre, series=world.series, asked_by="officer", total=1
    )
    login = Credentials.objects.create(
        candidate=candidate,
        issue_number=1,
        digest=b"d",
        pepper_id="1",
        letter_file=letters,
        says={},
    )
    attached = HEADER + row("OTH01", "MAIN1", name="Made-up School OTH01")

    assert load("centres", attached, dry_run=True) == (
        "Candidates of OTH01 who would lose their access: 1\n"
        "Would be: 0 created, 1 changed, 0 unchanged; nothing was written."
    )
    login.refresh_from_db()
    assert login.revoked_at is None

    load("centres", attached)
    login.refresh_from_db()
    assert login.revoked_because == Credentials.Reason.ACCESS_REMOVED
    assert AuditEvent.objects.get(action="credentials_revoked").by == "command: load"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (row("TH68"), "line 2, number: “TH68” is not a centre number."),
        (row("th682"), "line 2, number: “th682” is not a centre number."),
        (row("TH68٢"), "line 2, number: “TH68٢” is not a centre number."),
        (
            row("MAIN1", zone="Asia/Atlantis"),
            "line 2, time_zone: “Asia/Atlantis” is not a time zone.",
        ),
        (row("MAIN1", zone="../etc/passwd"), "line 2, time_zone: "),
        (row("MAIN1", zone=""), "line 2, time_zone: “” is not a time zone."),
        (row("MAIN1", name=""), "line 2, name: This is empty."),
        (row("MAIN1", name="=HYPERLINK"), "line 2, name: “=HYPERLINK” begins like a formula."),
        (row("ASC01", "XX999"), "line 2, main_centre: There is no centre “XX999”."),
        (row("ASC01", "XX9"), "line 2, main_centre: “XX9” is not a centre number."),
        (row("ASC01", "ASC01"), "line 2, main_centre: A centre cannot be attached to itself."),
        (
            row("ASC02", "ASC01") + row("ASC01", "MAIN1") + row("MAIN1"),
            "line 2, main_centre: “ASC02” would be attached to ASC01, which is itself attached to",
        ),
        (
            row("MAIN1") + row("MAIN1", name="Other"),
            "line 3, name: line 2 says something else of the same centre.",
        ),
        (
            row("MAIN1") + row("ASC01", "MAIN1") + row("ASC01"),
            "line 4, main_centre: line 3 says something else of the same centre.",
        ),
    ],
)
def test_a_bad_row_names_its_column_and_changes_nothing(rows, expected):
    [fault] = faults("centres", HEADER + rows)

    assert fault.startswith(expected)


def test_a_main_centre_that_has_associates_already_cannot_become_one():
    main, other = make_centre("MAIN1"), make_centre("MAIN2")
    make_centre("ASC01", main=main)

    [fault] = faults("centres", HEADER + row(other.number) + row("MAIN1", "MAIN2"))

    assert fault.startswith("line 3, main_centre: “ASC01” would be attached to MAIN1, which is")


def test_two_centres_attached_to_each_other_are_refused():
    both = faults("centres", HEADER + row("MAIN1", "MAIN2") + row("MAIN2", "MAIN1"))

    assert [fault.split(":")[0] for fault in both] == ["line 2, main_centre", "line 3, main_centre"]


def test_a_bad_row_of_a_main_centre_is_not_reported_again_for_its_associates():
    file = HEADER + row("ASC01", "MAIN1") + row("MAIN1", zone="nowhere")

    assert [fault.split(":")[0] for fault in faults("centres", file)] == ["line 3, time_zone"]


def test_centres_that_swap_their_places_are_taken():
    load("centres", HEADER + row("AAA01", "BBB01") + row("BBB01"))

    load("centres", HEADER + row("AAA01") + row("BBB01", "AAA01"))

    assert links() == {"BBB01": "AAA01"}
