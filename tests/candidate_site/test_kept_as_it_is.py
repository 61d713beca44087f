"""What no browser may translate: in a page read by a machine, “E” becomes “And”, and “Rose May” two flowers.

Each grade, name, number, code and contact on a candidate's pages stands under translate="no", in every
language; and nothing else does, for what is left is there to be read.
"""

import re
from html.parser import HTMLParser

import pytest
import time_machine
from django.conf import settings

from centres.models import Syllabus
from centres.terms import Contact
from results.models import Result
from tests.builders import AFTER, BEFORE, arrange, make_candidate
from tests.results.signed_in import ask, signed_in

CODES = [code for code, _ in settings.LANGUAGES]
GRADES = {"0580": "A*", "9702": "e", "0500": "UNGRADED", "0620": "X", "0610": "Q", "0450": "Y"}
NAME, CENTRE = "MAY: Rose", "Made-up School MAIN1"
CONTACT = Contact("Mark Will", "+44 1223 555555", "will.mark@main.example.org")
KEPT = {NAME, "0042", "MAIN1", CENTRE, *GRADES, "A*(a*)", "e(e)", "UNGRADED", "87", "AX", "BY"}
KEPT |= {CONTACT.name, CONTACT.telephone, CONTACT.email}
QUALIFICATIONS = {"Cambridge IGCSE", "Cambridge International AS & A Level"}


class Texts(HTMLParser):
    """The words of a page, those under translate="no" apart."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.kept: list[str] = []
        self.read: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "link", "input", "br"):
            self.open.append((tag, ("translate", "no") in attributes))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        if text.strip() and not any(tag in ("script", "title") for tag, _ in self.open):
            (self.kept if any(no for _, no in self.open) else self.read).append(text.strip())


@pytest.fixture
def candidate(world):
    world.open_all()
    arrange(world.main, world.series, contact=CONTACT)
    made = make_candidate(world.main, world.series, "0042", name=NAME, grades=GRADES)
    Result.objects.filter(entry__candidate=made, grade="A*").update(pum=87)
    made.entries.filter(syllabus__code="0580").update(option_code="BY")
    Syllabus.objects.update(title="Mathematics")
    return made


@pytest.mark.parametrize("code", CODES)
def test_what_is_to_be_kept_stands_where_no_browser_translates(candidate, code):
    with time_machine.travel(AFTER, tick=False):
        texts = Texts(ask(signed_in(candidate), f"?language={code}").content.decode())

    assert set(texts.kept) == KEPT | QUALIFICATIONS | {settings.BOARD_NAME}
    for word in KEPT:
        assert not any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for text in texts.read)


@pytest.mark.parametrize("code", CODES)
def test_so_does_it_before_the_release(candidate, code):
    with time_machine.travel(BEFORE, tick=False):
        texts = Texts(ask(signed_in(candidate), f"?language={code}").content.decode())

    assert {NAME, "0042", "MAIN1", CENTRE, *GRADES, "BY", CONTACT.telephone} <= set(texts.kept)
