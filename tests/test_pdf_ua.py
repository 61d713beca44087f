"""PDF/UA-1: every PDF that this service makes can be read by who cannot see it.

`page-validation`, which knows nothing of us, looks at each by every rule that a machine can check.
"""

import io
import re
from dataclasses import fields, replace

import page
import pypdf
import pytest
from django.conf import settings

from centres.models import Release
from credentials.letters.letter import Printing
from credentials.letters.pdf import make_grouped_pdf, make_pdf
from credentials.letters.preview import sample_letter
from guidance import handout
from guidance.pdf import guidance_pdf
from results.exports.build import pdf_of
from results.exports.selection import Selection
from sealed import sheet
from tests.builders import AFTER, IGCSE, STAFF_AT, arrange, make_candidate, trust
from tests.core.test_pdf_stamping import TEXTS
from tests.credentials.test_letters import NAMES, letter
from tests.sealed.cast import make_keyholder
from tests.tracked import text_of, tracked

# How a PDF is made of rows; which rows, tests/results and tests/credentials ask both databases.
pytestmark = pytest.mark.one_database

LANGUAGES = [code for code, _ in settings.LANGUAGES]
OPTIONS = [one.name for one in fields(Printing) if one.type in (bool, "bool")]
RULES = 104
# Who makes a PDF with `core.pdf`: each is looked at here.
MAKERS = {
    "credentials/letters/pdf.py",
    "guidance/handout.py",
    "guidance/pdf.py",
    "results/exports/build.py",
    "results/exports/pdf.py",
    "sealed/sheet.py",
}


def failures(pdf: bytes) -> list[str]:
    """Of all the rules, what does not pass."""
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    assert report.rules.total == RULES
    return [f"{one.rule_id}: {one.message}" for one in report.failures]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("option", ["", *OPTIONS, "all"])
def test_letters_pass_in_every_language_however_they_are_printed(language, option):
    chosen = OPTIONS if option == "all" else [option] if option else []
    printing = Printing(language=language, **dict.fromkeys(chosen, True))
    names = [NAMES[0], "محمد: عبد الرحمن", "王: 小明", "शर्मा: प्रिया क्षत्रिय", "ศรีสุข: ที่นี่", "W" * 120]
    letters = [letter(candidate_name=name, centre_name="School, مدرسة, 学校") for name in names]

    assert failures(make_grouped_pdf([("11A", letters), ("हिन्दी 2", letters[:1])], printing)) == []


def test_letters_pass_in_every_script():
    letters = [letter(candidate_name=name) for name in [*NAMES, *TEXTS]]

    assert failures(make_pdf(letters)) == []


def test_hundreds_of_letters_in_one_file_pass():
    letters = [letter(candidate_name=f"BLOGGS: Fred {at}") for at in range(300)]

    assert failures(make_grouped_pdf([("", letters)], Printing(cover_sheet=True))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_passes(world, language):
    arrange(world.main, world.series)

    sample = sample_letter(world.main, world.series, printing=Printing(language=language))

    assert failures(sample) == []


@pytest.fixture
def school(world) -> Selection:
    """A broadsheet of two strips, with names in every script and one that cannot be printed."""
    for number, name in enumerate([*NAMES, *TEXTS, "Clingon \U00012000"], 2):
        codes = [f"{449 + number % 12:04}", "9702"]
        grades = dict.fromkeys(codes, "B")
        make_candidate(world.main, world.series, f"{number:04}", name=name, grades=grades)
    return Selection(world.officer, world.main, world.series)


@pytest.mark.parametrize("together", [3, 100])
@pytest.mark.parametrize("what", ["broadsheet", "statements"])
def test_what_staff_download_passes_in_one_part_and_in_many(school, what, together):
    assert failures(pdf_of(what, school, at=AFTER, pum=True, together=together)) == []


@pytest.mark.parametrize("what", ["broadsheet", "statements"])
def test_what_is_restricted_or_empty_passes(world, what):
    trust(world.officer)
    Release.objects.filter(qualification__name=IGCSE).update(staff_at=STAFF_AT)
    restricted = Selection(world.officer, world.main, world.series)

    assert failures(pdf_of(what, restricted, at=STAFF_AT)) == []
    assert failures(pdf_of(what, replace(restricted, numbers=("9999",)), at=AFTER)) == []


@pytest.mark.parametrize("what", ["broadsheet", "statements"])
def test_a_line_in_joined_letters_says_its_text_on_what_staff_download_too(school, what):
    pages = pypdf.PdfReader(io.BytesIO(pdf_of(what, school, at=AFTER))).pages
    said = b"/ActualText<FEFF%b>" % "محمد: عبد الرحمن".encode("utf-16-be").hex().encode()

    assert any(said in page.get_contents().get_data() for page in pages)


def test_the_whole_of_guidance_passes():
    assert failures(guidance_pdf()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_for_candidates_passes(language):
    assert failures(handout.sheet_pdf(language)) == []


def test_the_sheet_of_a_keyholder_passes(db):
    keyholder = make_keyholder("keyholder.1")
    printed = sheet.pdf(keyholder.holder, keyholder.passphrase)

    assert printed and failures(printed) == []


def test_no_other_file_makes_a_pdf():
    makes = re.compile(
        r"\bimport .*\b(?:tagged|written|StampedPages|Binding)\b|write_pdf\(|reportlab"
    )
    ours = [path for path in tracked() if path.endswith(".py") and not path.startswith("tests/")]

    found = {path for path in ours if "pdf" in text_of(path) and makes.search(text_of(path))}
    assert {path for path in found if not path.startswith("core/pdf/")} == MAKERS
