"""Qualifications: one person adds one or changes its grades; its name, by which two confirm releases, stays."""

import pytest

from centres.models import Qualification
from tests.board.events import events
from tests.builders import IGCSE, make_qualification

URL = "/board/qualifications/"


def test_a_new_one_is_added_for_no_file_holds_one(board):
    said = board.post(f"{URL}add/", {"name": "New", "grades": "A B"}, follow=True)

    assert "New is added." in said.content.decode()
    assert Qualification.objects.get(name="New").grades == "A B"
    (event,) = events()
    assert (event.action, event.subject) == ("board_added", "qualification: New")


def test_it_keeps_its_name_which_two_people_read_when_they_confirm(board, world):
    igcse = make_qualification(IGCSE)
    was = igcse.grades
    board.post(f"{URL}{IGCSE}/grades/", {"name": "Something else", "grades": "A B UNGRADED"})

    igcse.refresh_from_db()
    assert (igcse.name, igcse.grades) == (IGCSE, "A B UNGRADED")
    (event,) = events()
    assert (event.action, event.old, event.new) == (
        "board_changed",
        {"grades": was},
        {"grades": "A B UNGRADED"},
    )


def test_the_same_grades_again_are_no_change(board, world):
    board.post(f"{URL}{IGCSE}/grades/", {"grades": make_qualification(IGCSE).grades})
    assert events() == []


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"name": "", "grades": "A"}, "Enter a name."),
        ({"name": "New", "grades": ""}, "Enter grades."),
        ({"name": IGCSE, "grades": "A"}, "already exists"),
    ],
)
def test_what_is_missing_or_there_already_is_said(board, world, posted, said):
    assert said in board.post(f"{URL}add/", posted).content.decode()
    assert events() == []


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_takes_the_same_queries_however_many(
    board, world, many, django_assert_num_queries
):
    for number in range(many):
        Qualification.objects.create(name=f"Made up {number}", grades="A B")
    board.get(URL)
    with django_assert_num_queries(5):
        board.get(URL)
