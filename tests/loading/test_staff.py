"""staff.csv: people, their centres and their roles; never a password."""

import pytest
from django.utils import timezone

from accounts.models import User
from centres.models import Membership, Role
from tests.builders import make_board_operator, make_centre, make_officer
from tests.loading.files import faults, load

HEADER = "username,name,email,centre,role\n"
OFFICER = "officer.main,Zoë 李,exams@main.example.org,MAIN1,exams_officer\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def centres(db) -> None:
    make_centre("MAIN1")
    make_centre("OTH01")


def memberships() -> list[tuple]:
    fields = ("user__username", "centre__number", "role", "may_manage_results_service")
    return list(Membership.objects.order_by("pk").values_list(*fields))


def test_a_new_officer_may_manage_the_service_a_viewer_may_not_and_neither_has_a_password():
    viewer = OFFICER.replace("officer.main", "viewer.main").replace("exams_officer", "viewer")

    assert load("staff", HEADER + OFFICER + viewer) == "2 created, 0 changed, 0 unchanged"
    assert memberships() == [
        ("officer.main", "MAIN1", Role.EXAMS_OFFICER, True),
        ("viewer.main", "MAIN1", Role.VIEWER, False),
    ]
    for user in User.objects.all():
        assert not user.has_usable_password()
        assert (user.name, user.is_staff, user.is_superuser) == ("Zoë 李", False, False)


def test_somebody_may_be_on_the_staff_of_two_centres():
    assert load("staff", HEADER + OFFICER + OFFICER.replace("MAIN1", "OTH01")) == (
        "2 created, 0 changed, 0 unchanged"
    )
    assert User.objects.count() == 1
    assert [centre for _, centre, _, _ in memberships()] == ["MAIN1", "OTH01"]


def test_a_later_load_leaves_the_permission_and_the_password_alone():
    load("staff", HEADER + OFFICER)
    Membership.objects.update(may_manage_results_service=False)
    user = User.objects.get()
    user.set_password("correct horse battery staple")
    user.save()

    assert load("staff", HEADER + OFFICER) == "0 created, 0 changed, 1 unchanged"
    load("staff", HEADER + OFFICER.replace("Zoë", "Zoe"))

    assert memberships()[0][3] is False
    assert User.objects.get().check_password("correct horse battery staple")
    assert User.objects.get().name == "Zoe 李"


def test_a_changed_role_brings_the_permission_of_that_role():
    load("staff", HEADER + OFFICER)

    for role, may in (("viewer", False), ("exams_officer", True)):
        assert load("staff", HEADER + OFFICER.replace("exams_officer", role)) == (
            "0 created, 1 changed, 0 unchanged"
        )
        assert memberships() == [("officer.main", "MAIN1", role, may)]


def test_a_suspension_stays_whatever_the_file_says():
    load("staff", HEADER + OFFICER)
    Membership.objects.update(suspended_at=timezone.now())
    load("staff", HEADER + OFFICER.replace("exams_officer", "viewer"))

    assert Membership.objects.get().suspended_at


def test_who_may_see_results_in_confidence_may_stand_in_the_file_and_stays_without():
    asked = HEADER.replace("\n", ",restricted_results\n")

    def may(rows: str) -> bool:
        load("staff", rows)
        return Membership.objects.get().may_see_restricted_results

    assert may(HEADER + OFFICER) is False
    assert may(asked + OFFICER.replace("\n", ",yes\n")) is True
    assert may(HEADER + OFFICER.replace("exams_officer", "viewer")) is True
    assert may(asked + OFFICER.replace("\n", ",no\n")) is False
    [fault] = faults("staff", asked + OFFICER.replace("\n", ",perhaps\n"))
    assert fault.startswith("line 2, restricted_results: “perhaps” is not known here.")


def test_the_right_to_see_results_leaves_the_other_permission_alone():
    load("staff", HEADER + OFFICER)
    Membership.objects.update(may_manage_results_service=False)

    load("staff", HEADER.replace("\n", ",restricted_results\n") + OFFICER.replace("\n", ",yes\n"))

    assert memberships()[0][3] is False


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (OFFICER.replace("officer.main", "of ficer"), "line 2, username: “of ficer” is not a user"),
        (OFFICER.replace("officer.main", ""), "line 2, username: This is empty."),
        (OFFICER.replace("officer.main", "x" * 151), "line 2, username: This has 151 characters"),
        (OFFICER.replace("Zoë 李", ""), "line 2, name: This is empty."),
        (OFFICER.replace("@main", "@@main"), "line 2, email: “exams@@main.example.org” is not an"),
        (OFFICER.replace("exams@main.example.org", ""), "line 2, email: This is empty."),
        (OFFICER.replace("MAIN1", "XX999"), "line 2, centre: There is no centre “XX999”."),
        (OFFICER.replace("exams_officer", "boss"), "line 2, role: “boss” is not known here."),
        (OFFICER.replace("exams_officer", "Viewer"), "line 2, role: “Viewer” is not known here."),
        (
            OFFICER.replace("officer.main", "Board"),
            "line 2, username: “Board” is a board operator.",
        ),
        (OFFICER.replace("officer.main", "Elder"), "line 2, username: There is “elder” already."),
        (
            OFFICER + OFFICER.replace("officer.main", "Officer.Main"),
            "line 3, username: line 2 says something else of the same username.",
        ),
        (
            OFFICER + OFFICER.replace("MAIN1", "OTH01").replace("exams@", "other@"),
            "line 3, email: line 2 says something else of the same person.",
        ),
        (
            OFFICER + OFFICER.replace("exams_officer", "viewer"),
            "line 3, role: line 2 says something else of the same person at this centre.",
        ),
    ],
)
def test_a_bad_row_names_its_column_and_changes_nothing(rows, expected):
    make_board_operator("board")
    make_officer("elder")

    [fault] = faults("staff", HEADER + rows)

    assert fault.startswith(expected)


def test_a_username_beyond_ascii_is_found_again():
    row = OFFICER.replace("officer.main", "ÄNNE")
    load("staff", HEADER + row)

    assert load("staff", HEADER + row) == "0 created, 0 changed, 1 unchanged"
