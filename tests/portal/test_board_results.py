"""Results at the board's desk: corrected with a reason, and never told."""

import pytest

from centres.models import Entry
from results.models import Result, ResultChange
from tests.portal.desk import POST, events


def correction(result: Result, **said: object) -> dict[str, object]:
    stored = {"grade": result.grade, "pum": "", "reason": "Review of marking"}
    return {**stored, "changes-TOTAL_FORMS": 0, "changes-INITIAL_FORMS": 0, **POST, **said}


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"grade": "ZZ"}, "This is no grade of Cambridge IGCSE"),
        ({"grade": "a"}, "This is no grade of Cambridge IGCSE"),
        ({"grade": "X", "pum": "50"}, "X, Q and Y have no PUM"),
        ({"pum": "101"}, "less than or equal to 100"),
        ({"grade": "B", "reason": ""}, "Say why it is corrected"),
    ],
)
def test_what_cannot_be_a_result_changes_nothing(board, world, said, answer):
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    page = board.post(f"/board/results/result/{result.pk}/change/", correction(result, **said))

    assert page.status_code == 200
    assert answer in page.content.decode()
    assert Result.objects.get(pk=result.pk).grade == result.grade
    assert events() == []


def test_a_result_stays_with_its_candidate(board, world):
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    other = Entry.objects.filter(candidate=world.associate_candidate).first()
    Result.objects.filter(entry=other).delete()
    url = f"/board/results/result/{result.pk}/change/"
    board.post(url, correction(result, entry=other.pk))

    assert Result.objects.get(pk=result.pk).entry.candidate == world.candidate


def test_a_save_that_changes_nothing_is_not_in_the_audit_trail(board, world):
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    board.post(f"/board/results/result/{result.pk}/change/", correction(result, reason=""))

    assert events() == []


def test_a_deleted_result_and_a_new_one_are_audited_without_their_grades(board, world):
    result = Result.objects.get(entry__candidate=world.candidate, entry__syllabus__code="0580")
    delete = {"action": "delete_selected", "_selected_action": [str(result.pk)], "post": "yes"}
    board.post("/board/results/result/", delete)
    board.post("/board/results/result/add/", correction(result, entry=result.entry_id))

    assert Result.objects.get(entry=result.entry).grade == "A"
    assert [event.action for event in events()] == ["board_deleted", "board_added"]
    assert events()[1].new["grade"] == "changed"


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
    assert event.centre == ""  # the centre's own trail would tell its staff whose grade it was
    assert event.new == {"grade": "changed", "reason": "changed"}
