"""Every text that is marked for translation is translated into every language, whole."""

import re

import polib
import pytest

from tests.catalogues import DJANGOS, ROOMS, catalogue, languages, texts

EACH = [(room, language) for room in ROOMS for language in languages()]
MUST_STAY = re.compile(r"%\(\w+\)s|</?\w+[^>]*>")  # what is filled in, and markup
NAMED = re.compile(r"^  (.+): (.+)$", re.MULTILINE)  # a line of the glossary

each = pytest.mark.parametrize(("room", "language"), EACH)


@each
def test_a_catalogue_holds_the_texts_of_its_room_and_no_others(room, language):
    entries = polib.pofile(str(catalogue(room, language)))
    own = [entry for entry in entries if not entry.comment.startswith(DJANGOS)]

    assert sorted(entry.msgid for entry in own) == sorted(texts(room))


@each
def test_nothing_is_left_untranslated_or_in_doubt(room, language):
    entries = polib.pofile(str(catalogue(room, language)))

    assert [entry.msgid for entry in entries if not entry.translated() or entry.fuzzy] == []


@each
def test_what_is_filled_in_and_what_is_marked_up_survives_translation(room, language):
    for entry in polib.pofile(str(catalogue(room, language))):
        stored = sorted(MUST_STAY.findall(entry.msgstr))
        assert stored == sorted(MUST_STAY.findall(entry.msgid)), entry.msgid


@each
def test_the_compiled_catalogue_is_that_of_the_written_one(room, language):
    path = catalogue(room, language)

    assert path.with_suffix(".mo").read_bytes() == polib.pofile(str(path)).to_binary()


@each
def test_a_catalogue_says_whether_a_fluent_reader_has_checked_it(room, language):
    header = polib.pofile(str(catalogue(room, language))).header

    assert re.search(r"not yet checked by a fluent reader|Checked by a fluent reader", header)


@pytest.mark.parametrize("language", languages())
def test_every_room_names_things_alike(language):
    headers = [polib.pofile(str(catalogue(room, language))).header for room in ROOMS]

    assert len({tuple(NAMED.findall(header)) for header in headers}) == 1


@pytest.mark.parametrize("language", languages())
def test_the_letter_names_what_the_candidate_types_and_presses_as_the_glossary_does(language):
    entries = polib.pofile(str(catalogue("credentials", language)))
    words = dict(NAMED.findall(entries.header))
    said = {entry.msgid: entry.msgstr for entry in entries}
    [press] = [text for text in said if "Log in" in text]

    assert said["Username"].casefold() == words["username"].casefold()
    assert said["Password"].casefold() == words["password"].casefold()
    assert words["Log in"] in said[press]


@pytest.mark.parametrize("language", languages())
def test_a_text_of_two_rooms_is_translated_alike(language):
    said = {}
    for room in ROOMS:
        for entry in polib.pofile(str(catalogue(room, language))):
            assert said.setdefault(entry.msgid, entry.msgstr) == entry.msgstr, entry.msgid
