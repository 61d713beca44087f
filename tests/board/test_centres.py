"""The board's Centres: the list with its filters, one centre, and its main centre, which takes two people."""

import pytest

from centres.models import AuditEvent, Centre, SubcentreLink
from core import jobs
from loading.models import LoadedFile
from tests.builders import make_board_operator, make_centre, make_login

URL = "/board/centres/"


def link(number: str) -> str:
    found = SubcentreLink.objects.filter(associate__number=number).select_related("main").first()
    return found.main.number if found else ""


def looked_at() -> LoadedFile:
    """After a worker's turn."""
    jobs.run("loading.LoadedFile", str(LoadedFile.objects.get().pk))
    return LoadedFile.objects.get()


def test_it_filters_by_kind_and_finds_without_accents(board, world):
    make_centre("NEW11")
    Centre.objects.filter(number="NEW11").update(name="Colégio São João")
    for asked, numbers in [
        ("kind=main", ["MAIN1"]),
        ("kind=associate", ["ASC01"]),
        ("search=colegio sao", ["NEW11"]),
        ("search=zzz", []),
    ]:
        page = board.get(f"{URL}?{asked}").context["page"]
        assert [one.number for one in page if one.number in ("MAIN1", "ASC01", "NEW11")] == numbers


def test_a_link_is_changed_once_somebody_else_applies_what_was_looked_at(board, world, client):
    """The same gate as for a file: whoever asks for it does not apply it (rule 26)."""
    make_login(world.associate_candidate)
    page = board.get(f"{URL}ASC01/main-centre/").content.decode()
    assert "What ends with it" in page and "June 2026: 1 login works now" in page

    answer = board.post(f"{URL}ASC01/main-centre/", {"main_centre": ""})
    load = looked_at()
    assert answer.url == f"/board/loading/{load.pk}/"
    assert (load.kind, load.needs_second_person, load.found["bad"]) == ("centres", True, 0)
    assert link("ASC01") == "MAIN1"

    counted = {"counted": load.counted}
    said = board.post(f"/board/loading/{load.pk}/apply/", counted, follow=True)
    assert "somebody else at the board must apply it" in said.content.decode()
    assert link("ASC01") == "MAIN1"

    client.force_login(make_board_operator("board.second"))
    client.post(f"/board/loading/{load.pk}/apply/", counted)
    assert looked_at().applied_at
    assert link("ASC01") == ""
    assert AuditEvent.objects.filter(subject="main centre", new={"main_centre": ""}).exists()


@pytest.mark.parametrize(
    ("number", "typed", "said"),
    [
        ("ASC01", "main1", "This is what ASC01 has already."),
        ("ASC01", "ASC01", "A centre cannot be attached to itself."),
        ("ASC01", "NONE9", "There is no centre with the number NONE9."),
        ("NEW11", "ASC01", "ASC01 is an Associate Centre of MAIN1"),
        ("MAIN1", "NEW11", "MAIN1 has Associate Centres of its own."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_begun(board, world, number, typed, said):
    make_centre("NEW11")
    page = board.post(f"{URL}{number}/main-centre/", {"main_centre": typed}).content.decode()
    assert said in page
    assert not LoadedFile.objects.exists()


@pytest.mark.parametrize("many", [1, 3])
@pytest.mark.parametrize("url", [URL, f"{URL}MAIN1/", f"{URL}MAIN1/main-centre/"])
def test_the_pages_take_the_same_queries_however_many(
    board, world, url, many, django_assert_max_num_queries
):
    for number in range(many):
        new = make_centre(f"NEW{number}1")
        SubcentreLink.objects.create(main=world.main, associate=new)
    board.get(url)
    with django_assert_max_num_queries(13):
        board.get(url)
