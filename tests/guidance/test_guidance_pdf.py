"""The whole of guidance as one PDF, and the page for candidates, read back by another library."""

import io
import re

import pypdf
import pytest
from django.conf import settings
from django.urls import reverse

from core.pdf.layout import weasyprint
from guidance import audiences, handout
from guidance.pdf import guidance_pdf, laid_out, written
from guidance.pictures import pictures
from guidance.topics import TOPICS

# Topics are no rows.
pytestmark = pytest.mark.one_database

LANGUAGES = [code for code, _ in settings.LANGUAGES]


@pytest.fixture(scope="module")
def document() -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(guidance_pdf()))


def spaced(text: str) -> str:
    return " ".join(text.split())


def test_the_contents_name_every_task_with_the_page_on_which_it_begins(document):
    contents = spaced(document.pages[0].extract_text())

    assert all(audience.title in contents for audience in audiences.ALL)
    for topic in TOPICS:
        [page] = re.findall(rf"{re.escape(topic.title)}[. ]*(\d+)", contents)
        assert topic.title in spaced(document.pages[int(page) - 1].extract_text())


def test_it_can_be_walked_through_by_its_outline(document):
    chapters = [entry.title for entry in document.outline if not isinstance(entry, list)]

    assert [chapter for chapter in chapters if chapter in {topic.title for topic in TOPICS}] == [
        topic.title for audience in audiences.ALL for topic in TOPICS if topic.audience == audience
    ]


def test_every_page_has_its_number(document):
    for number, page in enumerate(document.pages, 1):
        assert f"{number} / {len(document.pages)}" in page.extract_text()


def test_it_is_tagged_british_english_with_a_title(document):
    root = document.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "en-GB"
    assert document.metadata.title == "Guidance to Direct"


def test_every_picture_is_in_it_and_says_what_it_shows(document):
    said = [one["/Alt"] for one in figures(document.trailer["/Root"]["/StructTreeRoot"])]

    assert sorted(said) == sorted(one.alt for one in pictures().values())


def figures(element):
    if element.get("/S") == "/Figure":
        yield element
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(kid, dict):
            yield from figures(kid)


def test_it_is_made_once_for_everybody():
    assert guidance_pdf() is guidance_pdf()


@pytest.mark.parametrize(
    "source",
    [
        "file:///etc/hostname",
        "http://127.0.0.1/picture.png",
        "picture:../portal/icon.svg",
        "no.png",
    ],
)
def test_nothing_is_fetched_but_pictures_of_guidance(source):
    html = f'<html lang="en"><title>T</title><p><img src="{source}" alt="None">'

    with pytest.raises(weasyprint().urls.FatalURLFetchingError):
        written(laid_out(html, style_sheet="document.css"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_for_candidates_is_one_page_in_each_language(language):
    pdf = pypdf.PdfReader(io.BytesIO(handout.sheet_pdf(language)))

    assert len(pdf.pages) == 1
    assert pdf.trailer["/Root"]["/Lang"].lower() == language
    assert settings.SITE_URL + reverse("candidate_site:sign_in") in pdf.pages[0].extract_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_for_candidates_is_shown_in_each_language(language, client, world):
    client.force_login(world.viewer)
    page = client.get(reverse("guidance:for_candidates"), {"language": language}).text

    assert f'<article class="sheet" lang="{language}"' in page
    assert ('dir="rtl"' in page) == (language in ("ar", "ur"))
    assert ("See your exam results" in page) == (language == "en-gb")


@pytest.mark.parametrize("language", ["xx", "", "../ar", "EN"])
def test_a_language_that_there_is_not_is_english(language, client, world):
    client.force_login(world.viewer)
    page = client.get(reverse("guidance:for_candidates"), {"language": language})

    assert "See your exam results" in page.text


def test_the_pdfs_are_served_as_pdfs(client, world):
    client.force_login(world.viewer)
    for name in ("document", "for_candidates_pdf"):
        answer = client.get(reverse(f"guidance:{name}"))
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")


def test_a_letter_without_a_login_in_its_code_is_explained_as_such(settings):
    settings.CODE_SIGNS_IN = False

    assert "Type your username and your password." in handout.sheet("en-gb")
    settings.CODE_SIGNS_IN = True
    assert "Type your username and your password." not in handout.sheet("en-gb")
