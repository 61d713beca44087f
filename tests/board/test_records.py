"""The board's admin: to look up what is stored, and to change next to nothing; the password at every POST."""

import pytest

from accounts.models import User
from centres.models import Qualification, Release
from tests.board.events import POST, events
from tests.builders import (
    A_LEVEL,
    PASSWORD,
    make_board_operator,
    make_login,
    make_qualification,
)
from tests.letters import an_hour_passes


@pytest.mark.parametrize("path", ["centres/release/{release}/change/", "centres/release/add/"])
def test_no_release_is_changed_or_added_there_by_one_person(board, world, path):
    release = Release.objects.first()
    answer = board.post(
        "/board/records/" + path.format(release=release.pk),
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
        f"/board/records/centres/series/{world.series.pk}/change/",
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
    board.post(f"/board/records/centres/series/{world.series.pk}/delete/", {"post": "yes"})

    assert list(Release.objects.values()) == before
    assert str(world.series.__class__.objects.get().credentials_from) == "2026-03-25"
    assert events() == []


def test_neither_digests_nor_wrapped_keys_are_shown(board, world):
    _, _, credentials = make_login(world.candidate)
    html = board.get(
        f"/board/records/credentials/credentials/{credentials.pk}/change/"
    ).content.decode()
    assert "0001 BLOGGS: Fred" in html
    assert "digest" not in html.lower()
    html = board.get(
        f"/board/records/credentials/letterfile/{credentials.letter_file_id}/change/"
    ).content.decode()
    assert "wrapped" not in html.lower()


def test_the_audit_trail_cannot_be_changed_there(board, world):
    board.post("/board/records/centres/subcentrelink/", {})
    for path in ("add/", "1/change/", "1/delete/"):
        assert board.post(f"/board/records/centres/auditevent/{path}", POST).status_code == 404
    assert events() == []


@pytest.mark.parametrize("page", ["accounts/user", "credentials/credentials", "results/result"])
def test_lists_take_a_constant_number_of_queries(board, world, page, django_assert_max_num_queries):
    for candidate in world.candidates.values():
        make_login(candidate)
    with django_assert_max_num_queries(12):
        board.get(f"/board/records/{page}/")


READ_ONLY = [
    "centres/centre",
    "centres/subcentrelink",
    "centres/syllabus",
    "centres/series",
    "centres/release",
    "centres/candidate",
    "centres/entry",
    "results/result",
]


@pytest.mark.parametrize("page", READ_ONLY)
def test_what_has_a_page_of_its_own_is_neither_changed_added_nor_deleted_there(board, world, page):
    model = board.get(f"/board/records/{page}/").context["cl"].model
    before, row = list(model.objects.values()), model.objects.first()

    assert board.get(f"/board/records/{page}/{row.pk}/change/").status_code == 200
    for path in (f"{row.pk}/change/", "add/", f"{row.pk}/delete/"):
        assert (
            board.post(f"/board/records/{page}/{path}", {"post": "yes", **POST}).status_code == 403
        )
    deleted = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    board.post(f"/board/records/{page}/", deleted)

    assert list(model.objects.values()) == before
    assert events() == []


def test_a_qualification_keeps_its_name_which_two_people_read_when_they_confirm(board, world):
    igcse, a_level = Qualification.objects.first(), make_qualification(A_LEVEL)
    board.post(
        f"/board/records/centres/qualification/{igcse.pk}/change/",
        {"name": "Something else", "grades": "A B UNGRADED", **POST},
    )

    before, igcse = igcse, Qualification.objects.get(pk=igcse.pk)
    assert (igcse.name, igcse.grades) == (before.name, "A B UNGRADED")
    assert (
        board.post(f"/board/records/centres/qualification/{a_level.pk}/delete/").status_code == 403
    )
    assert [event.action for event in events()] == ["board_changed"]


def test_a_new_qualification_is_added_there_for_no_file_holds_one(board):
    board.post(
        "/board/records/centres/qualification/add/", {"name": "New", "grades": "A B", **POST}
    )

    assert Qualification.objects.get(name="New").grades == "A B"
    assert [event.action for event in events()] == ["board_added"]


def save_user(client, user: User, **said):
    stored = {"name": user.name, "email": user.email, **POST}
    client.post(f"/board/records/accounts/user/{user.pk}/change/", {**stored, **said})
    return User.objects.get(pk=user.pk)


def test_of_a_colleague_name_and_address_are_corrected_and_no_right_is_given(board, world):
    other = make_board_operator("board.other")
    User.objects.filter(pk=other.pk).update(is_superuser=True, is_active=False)

    changed = save_user(board, other, email="new@example.org", is_active="on", username="other")

    assert (changed.email, changed.is_active) == ("new@example.org", False)
    assert changed.username == "board.other"
    (event,) = events()
    assert (event.action, event.subject) == ("board_changed", "board.other")
    assert event.new == {"email": "new@example.org"}


def test_of_staff_of_centres_nothing_is_changed_there(board, world):
    before = User.objects.values().get(pk=world.viewer.pk)
    save_user(board, world.viewer, email="new@example.org", is_superuser="on", is_staff="on")

    assert User.objects.values().get(pk=world.viewer.pk) == before
    assert events() == []


def test_no_action_of_the_admin_opens_an_account(board, world):
    for action in ("make_link", "start_recovery", "remove_second_factor", "delete_selected"):
        ticked = {"action": action, "_selected_action": [world.viewer.pk], "post": "yes"}
        page = board.post("/board/records/accounts/user/", ticked, follow=True).content.decode()
        assert "/set-password/" not in page and "/recover/" not in page
    assert User.objects.filter(pk=world.viewer.pk).exists()
    assert events() == []


def test_the_password_is_asked_for_again_at_a_post_and_nothing_typed_is_lost(board, world):
    other = make_board_operator("board.other")
    url = f"/board/records/accounts/user/{other.pk}/change/"
    an_hour_passes(board)

    asked = board.post(url, {"name": "Typed", "email": "typed@example.org", **POST})

    assert asked.url.startswith("/account/confirm/")
    assert User.objects.get(pk=other.pk).name == ""
    board.post(asked.url, {"password": PASSWORD})
    assert User.objects.get(pk=other.pk).name == "Typed"
