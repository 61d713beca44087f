"""Letters on paper, and as files to send on: one side of a sheet, blank backs, one file for each candidate."""

import io
import re
import zipfile
from dataclasses import replace

import pikepdf
import pypdf
import pytest
from django.test import Client

from centres.models import AuditEvent
from core.pdf.layout import CannotPrint, weasyprint
from credentials.letters.downloads import AT_ONCE, Choice, download
from credentials.letters.letter import Printing
from credentials.letters.letter_files import letter_files_of
from credentials.letters.pdf import make_grouped_pdf, make_pdf, pdf_in_pieces
from credentials.letters.storage import letters_in
from credentials.models import LetterDownload
from tests.builders import make_candidate
from tests.credentials.test_letters import LETTER, LONG_NAMES, letter
from tests.letters import login_on, texts

CENTRE = "/candidate-results/2026-06/MAIN1/"
BACKS = Printing(blank_backs=True)
COVERED = Printing(cover_sheet=True)


@pytest.fixture
def officer(world):
    client = Client()
    client.force_login(world.officer)
    return client


@pytest.fixture
def three(world, issue):
    world.open_all()
    make_candidate(world.main, world.series, "0002", name="OKAFOR: Chidi")
    make_candidate(world.main, world.series, "0003", name="ABELE: Anna")
    return issue()


def catalogue(pdf: bytes):
    return pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]


def some(many: int) -> list:
    return [letter(candidate_number=f"{number:04}") for number in range(1, many + 1)]


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


# --- One side of each sheet ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "printing", [Printing(), COVERED, Printing(sample=True), Printing("ar", large=True)]
)
def test_a_file_asks_for_one_side_of_each_sheet(printing):
    preferences = catalogue(make_grouped_pdf([("11A", [LETTER])], printing))["/ViewerPreferences"]

    assert preferences == {"/DisplayDocTitle": True, "/Duplex": "/Simplex"}


def test_each_page_can_have_a_blank_back_and_then_asks_for_both_sides():
    letters = some(30)
    pdf = make_grouped_pdf([("11A", letters)], replace(BACKS, cover_sheet=True))

    pages = texts(pdf)
    assert len(pages) == 2 * (2 + 30)
    assert "".join(pages[1::2]) == ""
    assert ["Letters to be collected" in page for page in pages[:4:2]] == [True, True]
    assert [page for page in pages[4::2] if "Keep this letter safe" not in page] == []
    assert catalogue(pdf)["/ViewerPreferences"]["/Duplex"] == "/DuplexFlipLongEdge"
    assert [len(page) for page in texts(make_pdf(letters))] == [len(page) for page in pages[4::2]]


def test_with_blank_backs_every_letter_is_still_tagged_as_its_own():
    with pikepdf.open(io.BytesIO(make_pdf(some(70), BACKS))) as pdf:
        assert pdf.check_pdf_syntax() == []
        fronts, backs = list(pdf.pages)[::2], list(pdf.pages)[1::2]
        assert [page.StructParents for page in fronts] == list(range(70))
        assert [
            key for page in backs for key in page.keys() & {"/StructParents", "/Contents"}
        ] == []
        owners = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)
        for at, page in enumerate(fronts):
            assert {tag.Pg.objgen for tag in owners[at]} == {page.objgen}
        assert pdf.Root.StructTreeRoot.ParentTreeNextKey == 70


def test_the_download_offers_blank_backs_and_says_so_in_the_record(three, officer):
    page = f"{CENTRE}letters/{three.pk}/"
    assert "Blank back after each page" in officer.get(page).text

    answer = officer.get(f"{page}download/", {"blank_backs": "on"})
    assert len(texts(answer.content)) == 6
    assert AuditEvent.objects.get(action="letters_downloaded").new == {
        "letters": 3,
        "blank_backs": True,
    }


# --- One file for each candidate -----------------------------------------------------------------


def test_each_candidates_letter_is_a_file_named_by_the_number_alone(three, officer):
    page = f"{CENTRE}letters/{three.pk}/"
    assert "One file for each candidate (zip)" in officer.get(page).text
    answer = officer.get(f"{page}download/", {"each": "on"})

    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].endswith('.zip"')
    assert answer.headers["Cache-Control"] == "no-store, private"
    files = unpacked(answer.content)
    assert list(files) == ["0001.pdf", "0002.pdf", "0003.pdf"]
    stored = {one.candidate_number: one for one in letters_in(three)}
    for name, pdf in files.items():
        [text] = texts(pdf)
        assert login_on(text) == (stored[name[:4]].username, stored[name[:4]].password)
        assert catalogue(pdf)["/ViewerPreferences"]["/Duplex"] == "/Simplex"


def test_it_is_recorded_as_the_pdf_is(three, world, officer):
    address = f"{CENTRE}letters/{three.pk}/download/"
    officer.get(address, {"each": "on"})
    officer.get(address, {"each": "on", "candidate": "0002"})

    assert list(LetterDownload.objects.values_list("letters", "whole")) == [(1, False), (3, True)]
    whole, one = AuditEvent.objects.filter(action__endswith="_downloaded").order_by("pk")
    assert (whole.action, whole.new) == (
        "letters_downloaded",
        {"letters": 3, "one file for each candidate": True},
    )
    assert (one.action, one.new) == (
        "letter_downloaded",
        {"letters": 1, "one file for each candidate": True},
    )
    [listed] = letter_files_of(world.main, world.series)
    assert len(listed.whole_downloads) == 1


def test_it_is_given_and_refused_as_the_pdf_is(three, world, officer, issue):
    issue(candidates=[world.candidate])
    address = f"{CENTRE}letters/{three.pk}/download/"

    assert list(unpacked(officer.get(address, {"each": "on"}).content)) == ["0002.pdf", "0003.pdf"]
    refused = officer.get(address, {"each": "on", "candidate": "0001"}, follow=True)
    assert "The login on the letter of 0001 no longer works" in refused.text
    stranger = Client()
    stranger.force_login(world.stranger)
    assert stranger.get(address, {"each": "on"}).status_code == 404


def test_what_is_ticked_holds_in_the_zip_too(three, officer):
    ticked = {"each": "on", "cover_sheet": "on", "blank_backs": "on", "order": "name"}
    files = unpacked(officer.get(f"{CENTRE}letters/{three.pk}/download/", ticked).content)

    assert list(files) == ["cover-sheet.pdf", "0003.pdf", "0001.pdf", "0002.pdf"]
    assert {name: len(texts(pdf)) for name, pdf in files.items()} == dict.fromkeys(files, 2)
    assert "Letters to be collected" in texts(files["cover-sheet.pdf"])[0]


def test_a_file_in_which_no_login_works_offers_that_alone_and_gives_it(three, officer, issue):
    issue()
    page = f"{CENTRE}letters/{three.pk}/"
    html = officer.get(page).text

    assert "None of the logins in this file works any more" in html
    assert "One file for each candidate" not in html
    assert re.search(r'<input type="hidden" name="ended" value="True"', html)
    answer = officer.get(f"{page}download/", {"ended": "True"})
    assert len(texts(answer.content)) == 3


# --- However many, and however long their names --------------------------------------------------


@pytest.fixture
def layouts(monkeypatch) -> list:
    """A mark for each page that WeasyPrint lays out from now on."""
    found, render = [], weasyprint().HTML.render
    monkeypatch.setattr(
        weasyprint().HTML,
        "render",
        lambda *args, **kwargs: found.append(1) or render(*args, **kwargs),
    )
    return found


def test_long_names_are_laid_out_once_for_each_number_of_lines(layouts):
    printing = Printing("pt")
    fresh = replace(LETTER, centre_name="A school that no other test has")
    names = [f"{name.strip()} {at}" for at in range(20) for name in LONG_NAMES]
    pdf = make_pdf([replace(fresh, candidate_name=name) for name in names], printing)

    assert len(texts(pdf)) == len(names)
    assert len(layouts) <= 20  # fits × directions × lines that there are


def test_many_groups_are_laid_out_once_for_each_number_of_rows(layouts):
    fresh = replace(LETTER, centre_name="Another school that no other test has")
    groups = [(f"Form {at} {'W' * (at % 40)}", [fresh] * (at % 3 + 1)) for at in range(60)]
    pdf = make_grouped_pdf(groups, COVERED)

    covers = [page for page in texts(pdf) if "collected" in page]
    assert [at for at, page in enumerate(covers) if f"Form {at}" not in page] == []
    assert len(layouts) <= 3 * 3


def test_a_long_file_is_given_letter_by_letter(world, issue):
    """No piece of it holds more than a letter: however many there are, a worker says after each that it lives."""
    world.open_all()
    many = AT_ONCE + 30
    for number in range(2, many + 1):
        make_candidate(world.main, world.series, f"{number:04}")
    file = issue()

    pieces = download(letter_file=file, by=world.officer)
    assert not isinstance(pieces, list)
    assert LetterDownload.objects.get().letters == many  # before the first is given
    found = list(pieces)
    assert len(found) == 1 + many + 1 - AT_ONCE
    assert b"".join(found) == make_pdf(letters_in(file))

    zipped = download(letter_file=file, by=world.officer, choice=Choice(each=True))
    assert len(unpacked(b"".join(found := list(zipped)))) == many
    assert len(found) == 1 + many + 1 - AT_ONCE


def test_what_no_font_can_print_is_said_before_the_first_letter_is_given():
    letters = [*some(AT_ONCE * 2), letter(candidate_number="0999", candidate_name="\U00012000")]

    with pytest.raises(CannotPrint, match="candidate 0999"):
        pdf_in_pieces([("", letters)], Printing())
