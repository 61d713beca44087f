"""The board's desk: every act audited, grades untold, holds, corrections, access shut at once."""

import pytest

from centres.models import AuditEvent, Release, SubcentreLink, User
from results.models import Result, ResultChange
from tests.builders import make_login

POST = {"_save": "Save"}


@pytest.fixture
def board(client, world):
    client.force_login(world.board)
    return client


def events() -> list[AuditEvent]:
    return list(AuditEvent.objects.order_by("pk"))


def test_holding_a_release_is_audited(board, world):
    release = Release.objects.first()
    board.post("/board/centres/release/", {"action": "hold", "_selected_action": [str(release.pk)]})

    release.refresh_from_db()
    assert release.held is True
    (event,) = events()
    assert (event.by, event.action, event.series) == ("board", "board_changed", "June 2026")
    assert (event.old, event.new) == ({"held": False}, {"held": True})


def test_letting_go_is_audited_and_touches_no_other(board, world):
    Release.objects.update(held=True)
    release = Release.objects.first()
    board.post(
        "/board/centres/release/", {"action": "let_go", "_selected_action": [str(release.pk)]}
    )

    assert Release.objects.filter(held=True).count() == Release.objects.count() - 1
    assert len(events()) == 1


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


def test_a_corrected_grade_keeps_what_it_was_and_the_trail_does_not_tell_it(board, world):
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    board.post(
        f"/board/results/result/{result.pk}/change/",
        {
            "entry": result.entry_id,
            "grade": "B",
            "pum": "",
            "reason": "Review of marking",
            "changes-TOTAL_FORMS": 0,
            "changes-INITIAL_FORMS": 0,
            **POST,
        },
    )

    result.refresh_from_db()
    assert result.grade == "B"
    change = ResultChange.objects.get()
    assert (change.old_grade, change.reason, change.by) == ("A", "Review of marking", "board")
    (event,) = events()
    assert event.centre == "MAIN1"
    assert event.new == {"grade": "changed", "reason": "Review of marking"}


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
