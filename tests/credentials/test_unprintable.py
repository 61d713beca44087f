"""A name that cannot be printed stops nobody else's letter, and is named, with the way on (rule 14)."""

import unicodedata

import pytest
from django.test import Client

from centres.models import AuditEvent, Candidate
from core.pdf.coverage import code, missing_in, with_stand_ins
from core.pdf.layout import MissingCharacter
from credentials.associates.batch_plan import Which, plan_many
from credentials.associates.batch_progress import progress_of
from credentials.associates.batch_request import request_for_many
from credentials.letters import letter_parts
from credentials.letters.eligibility import CannotCreate
from credentials.letters.issuing import plan
from credentials.letters.letter import Printing
from credentials.letters.pdf import FITS, _template, shared_facts
from credentials.letters.preview import sample_letter
from credentials.models import Credentials, LetterFile
from tests.builders import BEFORE, World, make_candidate, make_login
from tests.credentials.test_letters import letter
from tests.credentials.test_tasks import works
from tests.letters import logins_in, make, pages_of, texts

THAANA = "އަޙްމަދު: އަލީ"
NOT_IN_OUR_FONT = "\N{CJK UNIFIED IDEOGRAPH-20BB7}田: 花子"
PAGE = "/candidate-results/2026-06/MAIN1/"


@pytest.fixture
def six(world, monkeypatch) -> World:
    """MAIN1 with six candidates, two letters in a part; 0003 and 0004 make one that cannot be printed."""
    monkeypatch.setattr(letter_parts, "LETTERS", 2)
    world.open_all()
    for number in (2, 5, 6):
        make_candidate(world.main, world.series, f"{number:04}", name=f"BLOGGS: Number {number}")
    make_candidate(world.main, world.series, "0003", name=THAANA)
    make_candidate(world.main, world.series, "0004", name=NOT_IN_OUR_FONT)
    return world


@pytest.fixture
def officer(six) -> Client:
    client = Client()
    client.force_login(six.officer)
    return client


def of(world: World):
    return Candidate.objects.filter(centre=world.main).order_by("number")


def test_all_others_have_their_letters_and_both_are_named_with_their_characters(six, issue):
    file = issue()

    assert (file.state, file.done, file.total, file.error) == ("ready", 4, 6, "")
    assert file.unprintable == {
        str(of(six).get(number="0003").pk): "އަޙްމދުލީ",
        str(of(six).get(number="0004").pk): "\U00020bb7",
    }
    assert [part.letters for part in file.parts.all()] == [2, 2]
    assert len(pages_of(file)) == 4
    assert all(map(works, logins_in(file)))
    event = AuditEvent.objects.get(action="credentials_created")
    assert event.new == {"letters": 4, "names that cannot be printed": 2}


def test_nobody_loses_a_login_for_a_letter_that_could_not_be_made(six, ask):
    old = [make_login(candidate) for candidate in of(six)]

    make(ask())

    assert [works(login) for login in old] == [False, False, True, True, False, False]
    assert Credentials.objects.live().count() == 6


def test_the_page_that_asks_names_them_before_anything_is_made(six, officer):
    make_login(of(six).get(number="0003"))
    planned = plan(centre=six.main, series=six.series, candidates=of(six), at=BEFORE)
    assert (len(planned.new), len(planned.replaced), planned.left_out) == (4, 0, 2)

    html = officer.post(f"{PAGE}credentials/create/").content.decode()

    assert "2 names cannot be printed." in html
    assert f"<bdi>0003 {THAANA}</bdi>: <bdi>އ</bdi> (U+0787), <bdi>ަ</bdi> (U+07A6)" in html
    assert f"<bdi>0004 {NOT_IN_OUR_FONT}</bdi>: <bdi>\U00020bb7</bdi> (U+20BB7)</li>" in html
    assert "Ask the awarding body to have the names spelt in letters that can be printed" in html
    assert not LetterFile.objects.under_way().exists()


def test_the_file_and_the_centres_page_name_them_afterwards(six, officer, issue):
    file = issue()

    for page in (PAGE, f"{PAGE}letters/{file.pk}/", f"{PAGE}letters/{file.pk}/progress/"):
        html = officer.get(page).content.decode()
        assert "2 names cannot be printed." in html
        assert "(U+0787)" in html and "(U+20BB7)" in html
        assert "create credentials for these candidates" in html
    assert "4 of 6 letters ready." in html
    assert officer.get(PAGE).content.decode().count("Cannot be printed</span>") == 2


def test_asking_for_them_alone_says_the_same_and_makes_nothing(six, officer, ask):
    html = officer.get(f"{PAGE}credentials/create/?only=0004").content.decode()

    assert "There is nobody to make a letter for." in html
    assert "1 name cannot be printed." in html and "(U+20BB7)" in html
    assert 'name="counted"' not in html
    with pytest.raises(
        CannotCreate, match=r"candidate 0003: .*U\+0787.*candidate 0004: .*U\+20BB7"
    ):
        ask(candidates=of(six).filter(number__in=["0003", "0004"]))
    assert not LetterFile.objects.exists()


def test_when_a_name_is_corrected_its_letter_is_made_by_the_same_way(six, ask, issue):
    issue()
    of(six).filter(number="0004").update(name="YOSHIDA: Hanako")

    file = make(ask(candidates=of(six).filter(number__in=["0003", "0004"])))

    assert (file.state, file.done, file.total) == ("ready", 1, 2)
    [page] = pages_of(file)
    assert "YOSHIDA: Hanako" in page


def test_a_name_corrected_while_the_letters_are_made_is_printed(six, ask):
    file = ask()
    of(six).filter(number="0003").update(name="AHMED: Ali")

    make(file)

    assert (file.state, file.done) == ("ready", 5)


def test_a_name_that_is_spoilt_while_the_letters_are_made_is_left_out(six, ask):
    file = ask(candidates=of(six).filter(number="0001"))
    of(six).filter(number="0001").update(name=THAANA)

    make(file)

    assert (file.state, file.done) == ("failed", 0)
    assert file.error.startswith(
        "No letter could be made, as these names cannot be printed: candidate 0001: "
    )
    assert "(U+0787)" in file.error and "Ask the awarding body" in file.error


def test_letters_for_many_centres_are_made_for_all_others_and_each_centre_is_named(
    six, officer, letters_folder, django_capture_on_commit_callbacks
):
    make_candidate(six.associate, six.series, "0009", name=THAANA)
    about = {"main": six.main, "series": six.series, "numbers": ["ASC01", "ASC02"]}
    planned = plan_many(**about, which=Which.ALL, at=BEFORE)
    assert [one.number for one in planned.with_unprintable[0].unprintable] == ["0009"]
    assert (len(planned.made), planned.new, planned.replaced) == (2, 2, 0)

    html = officer.post(
        f"{PAGE}attached-centres/create/", {"which": "all", "centre": ["ASC01", "ASC02"]}
    ).content.decode()
    assert "ASC01: 1 name cannot be printed." in html and f"<bdi>0009 {THAANA}</bdi>" in html

    with django_capture_on_commit_callbacks(execute=True):
        batch = request_for_many(
            **about, by=six.officer, which=Which.ALL, counted=planned.counted, at=BEFORE
        )
    for file in batch.files.all():
        make(file)
    progress = progress_of(batch)
    assert [(file.state, file.done, file.total) for file in progress.files] == [
        ("ready", 1, 2),
        ("ready", 1, 1),
    ]
    html = officer.get(f"{PAGE}attached-centres/letters/{batch.pk}/").content.decode()
    assert "1 cannot be printed</span>" in html
    assert "ASC01: 1 name cannot be printed." in html and f"<bdi>0009 {THAANA}</bdi>" in html


def test_the_sample_is_of_somebody_whose_name_can_be_printed(six):
    of(six).filter(number="0001").update(name=THAANA)

    [page] = texts(sample_letter(six.main, six.series))

    assert "0002 BLOGGS: Number 2" in page


def test_the_name_of_the_centre_is_nobodys_own_and_stops_all(six, ask):
    six.main.name = f"School {THAANA}"
    six.main.save()

    file = make(ask())

    assert (file.state, file.done, file.unprintable) == ("failed", 0, {})
    assert "the fonts of this service lack a character" in file.error


def test_what_the_fonts_are_said_to_have_pango_finds_and_nothing_else():
    """Every script: each letter that there is of the Basic Multilingual Plane, each 7th beyond."""
    one = letter()
    slot = _template(shared_facts(one), Printing(), FITS[0], "ltr", False, 1).slots["name-0"]
    differ = []
    for point in [*range(0x20, 0x3400, 3), *range(0xA000, 0xD7FF, 5), *range(0xF900, 0x1F000, 7)]:
        character = chr(point)
        if unicodedata.category(character) in ("Cn", "Co", "Cs"):
            continue
        try:
            slot.line(f"A{character}B")
            found = ""
        except MissingCharacter:
            found = character
        if found != missing_in(f"A{character}B"):
            differ.append(code(character))
    assert [one for one in differ if one not in ("U+0890", "U+0891")] == []


def test_what_cannot_be_printed_has_a_stand_in_and_what_can_stays():
    assert with_stand_ins(f"1010 {THAANA}!") == "1010 [?]: [?]!"
    assert with_stand_ins(NOT_IN_OUR_FONT) == "[?]田: 花子"
    assert with_stand_ins("NÚÑEZ: 王 शर्मा") == "NÚÑEZ: 王 शर्मा"
