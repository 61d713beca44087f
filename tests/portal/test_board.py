"""The board's desk: every act audited, grades untold, staff, access shut at once."""

import pytest

from centres import audit
from centres.models import Release, SubcentreLink, Syllabus, User
from tests.builders import A_LEVEL, IGCSE, make_login, make_qualification, make_series
from tests.portal.desk import POST, events


@pytest.mark.parametrize("path", ["centres/release/{release}/change/", "centres/release/add/"])
def test_no_release_is_changed_or_added_there_by_one_person(board, world, path):
    release = Release.objects.first()
    answer = board.post(
        "/board/" + path.format(release=release.pk),
        {
            "series": release.series_id,
            "qualification": release.qualification_id,
            "candidates_at_0": "2026-08-15",
            "candidates_at_1": "05:00:00",
            **POST,
        },
    )
    assert answer.status_code == 403
    assert events() == []


def test_nor_with_its_series_which_is_not_deleted_either(board, world):
    before = list(Release.objects.values())
    release = world.series.releases.first()
    board.post(
        f"/board/centres/series/{world.series.pk}/change/",
        {
            "year": 2026,
            "month": 6,
            "credentials_from": "2026-03-26",
            "releases-TOTAL_FORMS": 1,
            "releases-INITIAL_FORMS": 1,
            "releases-0-id": release.pk,
            "releases-0-series": world.series.pk,
            "releases-0-qualification": release.qualification_id,
            "releases-0-candidates_at_0": "2026-08-15",
            "releases-0-candidates_at_1": "05:00:00",
            "releases-0-DELETE": "on",
            **POST,
        },
    )
    board.post(f"/board/centres/series/{world.series.pk}/delete/", {"post": "yes"})

    assert list(Release.objects.values()) == before
    assert [event.new for event in events()] == [{"credentials_from": "2026-03-26"}]


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


def test_nobody_releases_a_result_alone_by_moving_it_to_what_is_released_already(board, world):
    """Neither its syllabus to another qualification, nor its candidate or entry elsewhere."""
    entry = world.candidate.entries.get(syllabus__code="0580")
    other = make_series(2025, 11)
    a_level = make_qualification(A_LEVEL)

    syllabus, candidate = entry.syllabus, entry.candidate
    board.post(
        f"/board/centres/syllabus/{syllabus.pk}/change/",
        {"code": "0580", "title": "Mathematics", "qualification": a_level.pk},
    )
    board.post(
        f"/board/centres/candidate/{candidate.pk}/change/",
        {
            "centre": candidate.centre_id,
            "series": other.pk,
            "number": candidate.number,
            "name": "Renamed",
            "uci": candidate.uci,
            "date_of_birth": "",
            "entries-TOTAL_FORMS": "0",
            "entries-INITIAL_FORMS": "0",
        },
    )
    board.post(
        f"/board/centres/entry/{entry.pk}/change/",
        {
            "candidate": world.associate_candidate.pk,
            "syllabus": Syllabus.objects.get(code="9702").pk,
            "option_code": "BX",
        },
    )

    for row in (entry, syllabus, candidate):
        row.refresh_from_db()
    assert (syllabus.title, syllabus.qualification.name) == ("Mathematics", IGCSE)
    assert (candidate.name, candidate.series) == ("Renamed", world.series)
    assert (entry.option_code, entry.candidate, entry.syllabus) == ("BX", candidate, syllabus)
