"""Names whose letters were lost (“M?LLER”) or encoded twice (“MÃœLLER”) are told before they are applied."""

import pytest

from accounts.models import User
from tests.loading.files import SAMPLE, faults, load, load_sample
from tests.loading.test_workflow import URL, give, page

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("encrypted_folder"),
]

ENTRIES = (SAMPLE / "entries.csv").read_text(encoding="utf-8")


@pytest.fixture
def sample(db) -> None:
    load_sample("centres", "syllabuses", "series", "entries")


TWICE = {
    "NÚÑEZ: Siobhán": "NÃšÃ‘EZ: SiobhÃ¡n",
    "MÜLLER: Zoë": "MÃœLLER: ZoÃ«",
    "NGUYỄN: Tomás": "NGUYá»„N: TomÃ¡s",
    "ŁUKASZ: Renée": "Å\u201aUKASZ: RenÃ©e",
    "ИВАНОВА: Анна": "ИВАНОВА: Ð\u0090Ð½Ð½Ð°".replace("\u0090", "\u2018"),
    "中村: 花": "ä¸\xadæ\u201d: x".replace("\xad", "\u2018"),
    "MÜLLER: Jürgen": "MÜLLER: J√ºrgen",
}


def about(name: str) -> bytes:
    head = ENTRIES.splitlines()[0]
    return f"{head}\nJune 2026,TH682,9001,{name},2009-03-04,,5090,BX,valid\n".encode()


@pytest.mark.parametrize("name", TWICE.values())
def test_a_name_that_was_encoded_twice_is_told_before_it_is_applied(sample, name):
    lines = load("entries", about(name), dry_run=True).splitlines()

    assert lines[:2] == ["Names with garbled letters: 1", f"line 2: “{name}”"]


@pytest.mark.parametrize("name", ["M?LLER: Jan", "????: ????", "NU?EZ: Jos?"])
def test_a_name_that_lost_letters_is_told(sample, name):
    lines = load("entries", about(name), dry_run=True).splitlines()

    assert lines[:2] == ["Names with lost letters: 1", f"line 2: “{name}”"]


@pytest.mark.parametrize(
    "name",
    [
        *("SÃO: São", "JOÃO: Irmã", "ÅSTRÖM: Åsa", "D’É: Renée’s", "ÑANDÚ: Ñ", "BEYONCÉ’S: É–É"),
        *("中村: 花子", "Ðóra: Þór", "ŁUKASZ: Zoë", "NGUYỄN: Ánh", "ÀÂÃ: ãâà", "علي: زهرة"),
        *("D’Été: L’Âme", "IVÁN: «El»", "Ó’BRIEN: Ü", "KŘÍŽ: Tomáš", "BÝŠA: ÚŽAS", *TWICE),
    ],
)
def test_a_right_name_is_not_told(sample, name):
    assert load("entries", about(name), dry_run=True).startswith("Would be: 1 created")


def test_a_name_in_which_twice_encoded_letters_cannot_be_printed_is_refused_for_that(sample):
    """í and Ł become what no name may hold."""
    for name in ("MarÃ\xada", "Å\x81UKASZ"):
        [fault] = faults("entries", about(name))
        assert (
            "has garbled letters, because a program opened the file wrongly and saved it" in fault
        )


def test_who_applies_names_with_spoilt_letters_says_that_they_are_right(board, colleague, world):
    content = (
        "number,name,country,time_zone,main_centre\n"
        "MAIN1,Ã‰cole Made-up,Nowhere,UTC,\nNEW01,Col?gio,Nowhere,UTC,\n"
    )
    given = give(board, content.encode())
    assert given.found["to_look_at"] == {
        "Names with lost letters": 1,
        "Names with garbled letters": 1,
    }
    html = page(board, given)
    assert "Line 2: “Ã‰cole Made-up”; stored is “" in html
    asked = board.get(f"{URL}{given.pk}/apply/").content.decode()
    assert "These names are right as they stand" in asked

    refused = board.post(f"{URL}{given.pk}/apply/", follow=True).content.decode()
    assert "Upload a better file, or tick that the names are right." in refused
    given.refresh_from_db()
    assert given.applied_by == ""
    board.post(f"{URL}{given.pk}/apply/", {"names_are_right": "on"})
    given.refresh_from_db()
    assert given.applied_by == "board"


def test_a_spoilt_name_that_is_stored_already_is_not_told_again(sample):
    load("entries", about("M?LLER: Jan"))

    assert load("entries", about("M?LLER: Jan"), dry_run=True).startswith("Would be: 0 created")


def test_names_of_staff_and_titles_are_looked_at_too(sample):
    staff = "username,name,email,centre,role\nann,RenÃ©e,ann@example.org,TH682,viewer\n"
    assert "Names with garbled letters: 1" in load("staff", staff)
    assert User.objects.get(username="ann").name == "RenÃ©e"
    titles = "code,title,qualification\n0999,Fran?ais,Cambridge IGCSE\n"
    assert "Names with lost letters: 1" in load("syllabuses", titles)
