"""Find a centre, candidate or person: by name without accents, by number, by UCI; posted, in constant queries."""

import pytest

from accounts.models import User
from centres.models import Candidate, Centre
from tests.builders import make_candidate, make_centre, make_series

URL = "/board/search/"
UCI = "MAIN1026001XK"


@pytest.fixture
def named(world):
    Candidate.objects.filter(pk=world.candidate.pk).update(name="NÚÑEZ: Zoë", uci=UCI)
    Centre.objects.filter(pk=world.main.pk).update(name="Colegio de Ávila")
    User.objects.filter(pk=world.officer.pk).update(name="Łukasz Żak")
    return world


def found(board, search: str, **more: str) -> tuple[list[str], list[str], list[str]]:
    """Centres, candidates and people."""
    all_three = board.post(URL, {"search": search, **more}).context["found"]
    return (
        [one.number for one in all_three.centres],
        [f"{one.centre.number} {one.number}" for one in all_three.candidates],
        [one.username for one in all_three.people],
    )


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("nunez zoe", ([], ["MAIN1 0001"], [])),
        ("NUNEZ 0001", ([], ["MAIN1 0001"], [])),
        ("main1 0001", ([], ["MAIN1 0001"], [])),
        (UCI.lower(), ([], ["MAIN1 0001"], [])),
        ("colegio avila", (["MAIN1"], [], [])),
        ("lukasz zak", ([], [], ["officer.main"])),
        ("officer main zak", ([], [], ["officer.main"])),
        ("nobody at all", ([], [], [])),
        ("", ([], [], [])),
    ],
)
def test_it_finds_each_however_it_is_typed(board, named, typed, is_found):
    assert found(board, typed) == is_found


def test_candidates_are_of_the_series_that_is_chosen(board, named):
    other = make_series(2025, 11)
    make_candidate(named.main, other, "0007", name="NÚÑEZ: Ana")
    assert found(board, "nunez", series=other.slug)[1] == ["MAIN1 0007"]
    assert found(board, "nunez", series="2026-06")[1] == ["MAIN1 0001"]


def test_no_name_stands_in_an_address_and_none_is_looked_for_from_one(board, named):
    page = board.get(f"{URL}?search=nunez").content.decode()
    assert "NÚÑEZ" not in page
    page = board.post(URL, {"search": "nunez"}).content.decode()
    assert 'method="get"' not in page and "?search=" not in page
    assert "/board/candidates/2026-06/MAIN1/0001/" in page


def test_it_says_what_it_looked_through_and_that_nothing_is_there(board, named):
    page = board.post(URL, {"search": "nobody at all"}).content.decode()
    assert "Searched all centres" in page and "candidates of June 2026" in page
    assert "Nothing found" in page
    assert "Searched" not in board.get(URL).content.decode()


@pytest.mark.parametrize("many", [1, 3])
def test_it_takes_the_same_queries_however_many_are_found(
    board, named, many, django_assert_num_queries
):
    for number in range(many):
        centre = make_centre(f"NEW{number}1")
        Centre.objects.filter(pk=centre.pk).update(name=f"Made-up again {number}")
        make_candidate(centre, named.series, f"{number + 1:04}", name=f"MADE-UP: Again {number}")
        User.objects.create(username=f"again.{number}", name="Made-up Again")
    board.post(URL, {"search": "made-up again"})
    with django_assert_num_queries(15):
        page = board.post(URL, {"search": "made-up again"})
    assert len(page.context["found"].candidates) == many
