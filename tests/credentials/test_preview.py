"""A sample of the very letter, before anything is made: real facts, and no login."""

import datetime as dt
import re

import pytest

from centres.models import AuditEvent, Status
from centres.terms import Contact
from core.pdf.layout import CannotPrint
from credentials.letters.letter import Printing
from credentials.letters.preview import CannotPreview, sample_letter
from credentials.models import LetterFile
from tests.builders import arrange, give, make_candidate, make_login, make_series
from tests.letters import text, texts

CENTRE = "/candidate-results/2026-06/MAIN1/"
PREVIEW = CENTRE + "letters/preview/"
GROUPED = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


def page_of(world, centre=None, **facts) -> str:
    [page] = texts(sample_letter(centre or world.main, world.series, **facts))
    return page


def test_it_says_what_the_letter_will_say_and_holds_no_login(world):
    world.open_all()
    arrange(world.main, world.series, delay=dt.timedelta(hours=3))

    page = page_of(world)
    for fact in (
        "SAMPLE",
        "0001",
        "BLOGGS: Fred",
        "MAIN1",
        "Exams Office",
        "13 August 2026, 15:00",
    ):
        assert fact in page
    assert not GROUPED.search(page)


def test_it_is_the_first_who_can_have_a_letter_or_whom_one_names(world):
    second = make_candidate(world.main, world.series, "0002", name="SECOND: Ann")
    arrange(world.main, world.series, status=Status.SELECTED, selected=(second,))

    assert "SECOND: Ann" in page_of(world)
    assert "BLOGGS: Fred" in page_of(world, number="0001")


def test_it_can_be_had_before_anybody_has_access_and_before_the_contact_is_known(world):
    arrange(world.main, world.series, status=Status.NONE, contact=Contact())

    assert "Ask —" in page_of(world)


def test_who_has_no_valid_entry_or_is_anothers_has_none(world):
    world.open_all()
    world.candidate.entries.update(withdrawn=True)
    make_candidate(world.stranger_centre, world.series, "0077")

    for number in ("", "0001", "0077"):
        with pytest.raises(CannotPreview, match="has a valid entry"):
            sample_letter(world.main, world.series, number=number)


def test_where_the_main_centre_gave_no_access_there_is_none(world):
    world.open_all()
    give(world.associate, world.series, access=False)

    with pytest.raises(CannotPreview, match="The main centre has not given"):
        sample_letter(world.associate, world.series)


def test_a_character_that_no_font_has_is_named(world):
    make_candidate(world.main, world.series, "0002", name="\N{EGYPTIAN HIEROGLYPH A001}")

    with pytest.raises(CannotPrint, match="0002 cannot be printed"):
        sample_letter(world.main, world.series, number="0002")


def test_it_comes_in_another_language_and_in_large_print(world):
    assert "MUESTRA" in page_of(world, printing=Printing(language="es", large=True)).upper()


# The page


def test_the_preview_is_a_pdf_that_opens_and_leaves_nothing_behind(officer, world):
    before = AuditEvent.objects.count()
    answer = officer.get(PREVIEW)

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="sample-letter-2026-06-MAIN1.pdf"'
    assert "no-store" in answer["Cache-Control"]
    assert "object-src 'self'" in answer["Content-Security-Policy"]
    assert "BLOGGS: Fred" in texts(answer.content)[0]
    assert not LetterFile.objects.exists()
    assert AuditEvent.objects.count() == before


def test_the_centres_page_and_the_page_that_asks_lead_to_it(officer, world):
    make_candidate(world.main, world.series, "0002")

    assert f'href="{PREVIEW}"' in text(officer.get(CENTRE))
    asked = text(officer.post(CENTRE + "credentials/create/", {"candidate": ["0002"]}))
    assert f'href="{PREVIEW}?candidate=0002"' in asked


def test_it_can_be_had_before_credentials_can_be_created(client, world):
    later = make_series(2027, 3, credentials_from=dt.date(2127, 3, 25))
    make_candidate(world.main, later)
    arrange(world.main, later)
    client.force_login(world.officer)
    centre = "/candidate-results/2027-03/MAIN1/"

    asked = text(client.post(centre + "credentials/create/"))
    assert "can be created from 25 March 2127" in asked
    assert f'href="{centre}letters/preview/?candidate=0001"' in asked
    assert texts(client.get(centre + "letters/preview/").content)


def test_what_cannot_be_printed_is_said_on_the_centres_page(officer, world):
    make_candidate(world.main, world.series, "0002", name="\N{EGYPTIAN HIEROGLYPH A001}")

    answer = officer.get(PREVIEW, {"candidate": "0002"}, follow=True)
    assert "The letter of candidate 0002 cannot be printed" in text(answer)
    assert answer.redirect_chain == [(CENTRE, 302)]


def test_an_associates_officer_cannot_look_at_another_centres_letter(client, world):
    world.open_all()
    make_login(world.candidate)
    client.force_login(world.associate_officer)

    assert client.get(PREVIEW).status_code == 404
    mine = "/candidate-results/2026-06/ASC01/letters/preview/"
    assert "ASC01" in texts(client.get(mine).content)[0]


def test_a_number_that_cannot_be_one_shows_nobody_elses_letter(officer, world):
    assert officer.get(PREVIEW, {"candidate": "00001"}).status_code == 404
    assert "no such candidate" in text(officer.get(PREVIEW, {"candidate": "9"}, follow=True))
