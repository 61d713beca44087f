"""Search finds a name however it is typed, in a list and in the database alike."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centres.models import Candidate
from core.folding import folded
from core.searching import LONGEST, MOST_WORDS, finding, found, patterns
from tests.builders import make_candidate

FINDS = [  # what is typed, whom it finds
    ("ېٵ", "ېٵ"),  # a high hamza behind two letters that some sign writes as one
    ("smith", "SMITH: Ann"),
    ("ann smi", "SMITH: Ann"),  # order, and parts
    ("nunez zoe", "NÚÑEZ: Zoë"),
    ("NÚÑEZ", "NUNEZ: Zoe"),
    ("munoz", "MUN\u0303OZ: Ana"),  # decomposed
    ("muller", "MÜLLER:\u00a0Jürgen"),
    ("garcia lopez", "GARCÍA  LÓPEZ: Ana"),
    ("garcialopez", "GARCÍA LÓPEZ: Ana"),
    ("garcía lópez", "GARCÍALÓPEZ: Ana"),
    ("abdul-rahman", "ABDULRAHMAN: Ali"),
    ("abdulrahman", "ABDUL RAHMAN: Ali"),
    ("obrien", "O’BRIEN: Ann"),
    ("o'brien", "OBRIEN: Ann"),
    ("o`brien", "OʼBRIEN: Ann"),
    ("Ó Briain", "O'BRIAIN: Aoife"),
    ("strauss", "STRAUß: Eva"),
    ("straus", "STRAUß: Eva"),
    ("großmann", "GROSSMANN: Jörg"),
    ("aesir", "ÆSIR: Pål"),
    ("lukasz wojcik", "WÓJCIK: Łukasz"),
    ("isil", "ÖZGÜR: Işıl"),
    ("İBRAHİM", "IBRAHIM: Ali"),
    ("علیرضا", "محمدی: علی\u200cرضا"),  # with and without the sign that does not join
    ("علی رضا", "محمدی: علی\u200cرضا"),
    ("علي", "کریم: علی"),  # Arabic and Persian yeh, kaf and heh
    ("على", "کریم: عَلِي"),
    ("كريم", "کریم: علی"),
    ("کریم", "كريم: علي"),
    ("زهره", "فاطمه: زهرہ"),
    ("هاجره", "نقوی: ہاجرہ"),
    ("فاطمة", "فاطمه: زهرہ"),
    ("احمد", "أَحْمَد: علي"),  # hamza and vowel signs
    ("أحمد", "احمد: علي"),
    ("مؤمن", "مومن: علي"),
    ("علا", "علاء: محمد"),
    ("علاء", "علا: محمد"),
    ("محمد", "محـــمّد: علي"),  # a stretched line
    ("عبدالرحمن", "عبد الرحمن: علي"),
    ("خان", "خاں: علی"),
    ("تاناكا", "تاناكا: ي"),
    ("さとう", "サトウ: タロウ"),
    ("サトウ", "さとう: たろう"),
    ("ｻﾄｳ", "サトウ: タロウ"),
    ("がく", "ｶﾞｸ: ﾀﾛｳ"),
    ("きょうこ", "ｷﾖｳｺ: ﾐ"),
    ("smith", "ＳＭＩＴＨ: Ann"),
    ("ＳＭＩＴＨ", "SMITH: Ann"),
    ("IVANOVA", "ІVАNОVА: Anna"),  # Cyrillic among Latin letters
    ("ІVАNОVА", "IVANOVA: Anna"),
    ("POTAPOB", "ПОТАПОВ: Петр".replace("П", "P", 1).replace("П", "P", 1)),
    ("петр", "ИВАНОВ: Пётр"),
    ("NIKOΣ", "ΠΑΠΠΑΣ: Νίκος"),  # Latin among Greek letters
    ("παππασ", "ΠΑΠΠΆΣ: Νίκος"),
    ("김", "김민수"),
    ("김민수", "김: 민수"),
    ("婷", "王: 婷"),
    ("रोहन", "SHARMA: रोहन"),
]
MISSES = [
    ("lia", "ALI: Amir"),  # not across words from within one
    ("smyth", "SMITH: Ann"),
    ("ann jones", "SMITH: Ann"),
    ("10", "MARIO: Ana"),  # a digit is no letter here
    ("30", "ЗОЯ: Анна"),
    ("علي", "حسن: محمد"),
    ("ぎ", "サトウ"),
]


@pytest.mark.parametrize(("typed", "name"), FINDS)
def test_a_name_is_found_however_it_is_typed(typed, name):
    assert found(typed, name)
    assert found(f" {typed.lower()}  ", name) and found(typed.upper(), name)
    assert found(unicodedata.normalize("NFD", typed), name) or "김" in typed
    assert found(name, name)


@pytest.mark.parametrize(("typed", "name"), MISSES)
def test_another_name_is_not_found(typed, name):
    assert not found(typed, name)


def test_the_database_finds_the_same(world):
    names = sorted({name for _, name in FINDS + MISSES})
    rows = {
        name: make_candidate(world.main, world.series, f"{number:04}", name=name).pk
        for number, name in enumerate(names, 1000)
    }
    for typed in {typed for typed, _ in FINDS + MISSES} | {"o'", "x" * LONGEST, "[", "a-z", "\\"}:
        there = Candidate.objects.filter(pk__in=rows.values()).filter(finding(typed, "name"))
        expected = {pk for name, pk in rows.items() if found(typed, name)}
        assert set(there.values_list("pk", flat=True)) == expected, typed


def test_words_of_a_search_may_stand_in_several_fields(world):
    one = make_candidate(world.main, world.series, "1234", name="NÚÑEZ: Zoë")
    both = finding("zoe ۱۲۳۴", "number", "name")
    assert list(Candidate.objects.filter(both)) == [one]
    assert not Candidate.objects.filter(finding("zoe 4321", "number", "name"))


@pytest.mark.parametrize("digits", ["٠٤٢١", "۰۴۲۱", "०४२१", "０４２１", "0421"])
def test_a_number_is_found_in_the_digits_of_any_script(digits):
    assert found(digits, "0421 SMITH: Ann")
    assert not found(digits, "0422 SMITH: Ann")


def written(*points: range) -> st.SearchStrategy[str]:
    signs = [chr(point) for some in points for point in some]
    return st.text(st.sampled_from(signs) | st.sampled_from("abß '’-09\u200c\u0301"), max_size=12)


LATIN, OTHERS = range(0xC0, 0x250), (range(0x391, 0x460), range(0x5D0, 0x5EB), range(0x620, 0x6D4))


@settings(deadline=None, max_examples=60)
@given(st.one_of(*map(written, (LATIN, *OTHERS))))
def test_whatever_is_typed_finds_itself_and_its_fold(text):
    assert found(text, text)
    assert found(folded(text), text) and found(text, folded(text))


def test_no_more_words_are_looked_for_than_anybody_types():
    assert len(patterns("a b c d e f g h i j k l m n o p q r s t u v w x y z")) == MOST_WORDS
    assert patterns("a A á") == patterns("a")
    assert patterns("’ - .") == []
