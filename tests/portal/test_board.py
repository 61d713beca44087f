"""The board's desk: every act audited, grades untold, staff, access shut at once."""

import pytest

from centres import audit
from centres.models import Release, SubcentreLink, User
from tests.builders import IGCSE, STAFF_AT, make_login
from tests.portal.desk import POST, events


def test_a_changed_release_time_is_audited_with_old_and_new(board, world):
    release = Release.objects.first()
    board.post(
        f"/board/centres/release/{release.pk}/change/",
        {
            "series": release.series_id,
            "qualification": release.qualification_id,
            "candidates_at_0": "2026-08-15",
            "candidates_at_1": "05:00:00",
            **POST,
        },
    )

    (event,) = events()
    assert event.new == {"candidates_at": "2026-08-15T05:00:00+00:00"}
    assert event.old["candidates_at"].startswith("2026-08-1")


def test_the_instant_of_staff_is_set_there_and_not_after_that_of_candidates(board, world):
    release = Release.objects.get(qualification__name=IGCSE)
    url = f"/board/centres/release/{release.pk}/change/"
    posted = {
        "series": release.series_id,
        "qualification": release.qualification_id,
        "candidates_at_0": "2026-08-13",
        "candidates_at_1": "05:00:00",
        "staff_at_1": "05:00:00",
        **POST,
    }
    page = board.post(url, {**posted, "staff_at_0": "2026-08-14"}).content.decode()
    assert "Staff see results before candidates, or at the same time." in page

    board.post(url, {**posted, "staff_at_0": "2026-08-12"})
    release.refresh_from_db()
    assert release.staff_at == STAFF_AT
    (event,) = events()
    assert event.new == {"staff_at": "2026-08-12T05:00:00+00:00"}


def test_a_username_that_differs_in_capitals_alone_is_refused(board, world):
    page = board.post(
        "/board/centres/user/add/",
        {
            "username": "Officer.MAIN",
            "name": "Another",
            "email": "another@example.org",
            "memberships-TOTAL_FORMS": 0,
            "memberships-INITIAL_FORMS": 0,
            **POST,
        },
    )
    assert "Somebody has this username already" in page.content.decode()


def test_a_changed_membership_is_audited_for_its_centre(board, world):
    user = world.viewer
    membership = user.memberships.get()
    board.post(
        f"/board/centres/user/{user.pk}/change/",
        {
            "username": user.username,
            "name": user.name,
            "email": user.email,
            "is_active": "on",
            "memberships-TOTAL_FORMS": 1,
            "memberships-INITIAL_FORMS": 1,
            "memberships-0-id": membership.pk,
            "memberships-0-user": user.pk,
            "memberships-0-centre": membership.centre_id,
            "memberships-0-role": "exams_officer",
            "memberships-0-may_manage_results_service": "on",
            "memberships-0-may_see_restricted_results": "on",
            **POST,
        },
    )

    (event,) = events()
    assert (event.action, event.centre) == ("board_changed", "MAIN1")
    assert event.new == {
        "role": "exams_officer",
        "may_manage_results_service": True,
        "may_see_restricted_results": True,
    }


def test_the_trail_is_found_by_action_series_and_centre(board, world):
    audit.record("invited", by=world.board, subject="officer.main")
    series, centre = world.series, world.main
    audit.record("loaded", by=world.board, series=series, centre=centre, subject="entries.csv")

    for query, found in [
        ("action=invited", "officer.main"),
        ("series=June+2026", "entries.csv"),
        ("q=MAIN1", "entries.csv"),
    ]:
        html = board.get(f"/board/centres/auditevent/?{query}").content.decode()
        assert "1 audit event" in html
        assert found in html


def test_neither_digests_nor_wrapped_keys_are_shown(board, world):
    _, _, credentials = make_login(world.candidate)
    html = board.get(f"/board/credentials/credentials/{credentials.pk}/change/").content.decode()
    assert "0001 BLOGGS: Fred" in html
    assert "digest" not in html.lower()
    html = board.get(
        f"/board/credentials/letterfile/{credentials.letter_file_id}/change/"
    ).content.decode()
    assert "wrapped" not in html.lower()


def test_a_centre_that_gets_another_main_centre_loses_what_the_first_gave(board, world):
    world.open_all()
    _, _, credentials = make_login(world.associate_candidate)
    link = SubcentreLink.objects.get(associate=world.associate)
    wanted = {"main": world.stranger_centre.pk, "associate": world.associate.pk, **POST}
    board.post(f"/board/centres/subcentrelink/{link.pk}/change/", wanted)
    link.refresh_from_db()
    assert link.main == world.main

    board.post(f"/board/centres/subcentrelink/{link.pk}/delete/", {"post": "yes"})
    board.post("/board/centres/subcentrelink/add/", wanted)

    assert SubcentreLink.objects.get(associate=world.associate).main == world.stranger_centre
    credentials.refresh_from_db()
    assert credentials.revoked_because == "access removed"
    assert "credentials_revoked" in {event.action for event in events()}


def test_deleting_is_audited(board, world):
    link = SubcentreLink.objects.get(associate=world.associate2)
    board.post(f"/board/centres/subcentrelink/{link.pk}/delete/", {"post": "yes"})

    assert [event.action for event in events()] == ["board_deleted"]
    assert events()[0].centre == "ASC02"


def test_a_new_member_of_staff_has_no_password_and_gets_a_link(board, world):
    board.post(
        "/board/centres/user/add/",
        {
            "username": "officer.new",
            "name": "New Officer",
            "email": "new@example.org",
            "memberships-TOTAL_FORMS": 0,
            "memberships-INITIAL_FORMS": 0,
            **POST,
        },
    )
    user = User.objects.get(username="officer.new")
    assert user.has_usable_password() is False

    answer = board.post(
        "/board/centres/user/",
        {"action": "make_link", "_selected_action": [str(user.pk)]},
        follow=True,
    )
    assert "/set-password/" in answer.content.decode()
    assert [event.action for event in events()] == ["board_added", "invited"]


def test_the_audit_trail_cannot_be_changed_there(board, world):
    board.post("/board/centres/subcentrelink/", {})
    for path in ("add/", "1/change/", "1/delete/"):
        assert board.post(f"/board/centres/auditevent/{path}", POST).status_code in (302, 403)
    assert events() == []


@pytest.mark.parametrize("page", ["centres/user", "credentials/credentials", "results/result"])
def test_lists_take_a_constant_number_of_queries(board, world, page, django_assert_max_num_queries):
    for candidate in world.candidates.values():
        make_login(candidate)
    with django_assert_max_num_queries(12):
        board.get(f"/board/{page}/")
