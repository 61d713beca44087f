"""Names, compared: what is folded away, and what is not (rules 22, 23 and 24)."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from centres.names import agree_in_given_names, may_be_one_name, parts, share_a_part, words

LATIN = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9).filter(
    lambda word: parts(word) == frozenset({word.upper()}) and len(words(word)) == 1
)
ANY_NAME = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
A_NAME = st.lists(LATIN, min_size=2, max_size=4).map(
    lambda some: f"{some[0]}: {' '.join(some[1:])}"
)


@given(ANY_NAME, ANY_NAME)
def test_whoever_comes_first_makes_no_difference(one, other):
    for compare in (share_a_part, agree_in_given_names, may_be_one_name):
        assert compare(one, other) == compare(other, one)


@given(ANY_NAME)
def test_a_name_shares_a_part_with_itself(name):
    assert share_a_part(name, name)


@given(A_NAME)
def test_case_order_and_spacing_do_not_count(name):
    some = words(name)
    for other in (name.upper(), " ".join(reversed(some)), "".join(some), "-".join(some)):
        assert share_a_part(name, other)


@given(A_NAME, st.sampled_from("\u0301\u0308\u0327\u0304"))
def test_accents_do_not_count(name, accent):
    accented = "".join(one + accent if one.isalpha() else one for one in name)

    for written in (accented, unicodedata.normalize("NFC", accented)):
        assert words(written) == words(name)


@given(st.lists(LATIN, min_size=4, max_size=4, unique=True))
def test_names_without_a_word_in_common_share_no_part(some):
    one, other = f"{some[0]}: {some[1]}", f"{some[2]}: {some[3]}"
    assume(parts(one).isdisjoint(parts(some[2]) | parts(some[3])))
    assume("".join(some[2:]) not in parts(one))

    assert not share_a_part(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÁLVAREZ: José", "Alvarez: Jose"),
        ("SMITH-JONES: D'Arcy", "Smith Jones: Darcy"),
        ("McDONALD: Ann", "Mc Donald: Ann"),
        ("ŁUKASZ: Wójcik", "Wojcik Lukasz"),
        ("IVANOVA: Anna", "ІVАNОVА: Аnnа"),  # letters of the Cyrillic script among the Latin
        ("ИВАНОВ: Пётр", "Иванов: Петр"),
        ("علي: كريم", "علی: کریم"),  # Arabic and Persian letters
        ("علیرضا", "علی\u200cرضا"),
        ("زهره", "زهرہ"),
        ("ΠΑΠΠΑΣ: Νίκος", "Παππάς: Νικος"),
        ("王: 小明", "王小明"),
        ("김: 민수", "김민수"),
        ("ÖZGÜR: Işıl", "Ozgur: Isil"),
        ("GROß: Jörg", "GROSS: Jorg"),
    ],
)
def test_one_name_written_otherwise_is_one_name(one, other):
    assert share_a_part(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SMITH: Anna", "OKAFOR: Chidi"),
        ("SMITH: J", "JONES: J"),  # an initial is no part
        ("DE LA CRUZ: Juan", "DE LA ROSA: Pedro"),  # nor is a particle
        ("AL-HASSAN: Omar", "AL-RASHID: Yusuf"),
        ("王: 小明", "李: 大伟"),
        ("कुमार: राम", "शर्मा: सीता"),
        ("", "SMITH: Anna"),
    ],
)
def test_different_names_share_no_part(one, other):
    assert not share_a_part(one, other)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("BLOGGS: Fred", "SMITH: Fred", True),  # married, adopted
        ("BLOGGS: Fred James", "BLOGGS: Fred", True),
        ("BLOGGS: Fred James", "BLOGGS: James Fred", True),
        ("BLOGGS: José", "Bloggs: jose", True),
        ("BLOGGS: Fred J", "BLOGGS: Fred", True),
        ("BLOGGS: Anna", "BLOGGS: Beth", False),
        ("IQBAL: Muhammad Ali", "IQBAL: Muhammad Hassan", False),  # twins
        ("IQBAL: Muhammad Abdul", "IQBAL: Muhammad Hassan", False),
        ("BLOGGS: Fred J", "BLOGGS: Fred James", True),
        ("BLOGGS: Fred J", "BLOGGS: Fred Bob", False),
        ("BLOGGS: J", "BLOGGS: J", False),  # John and Jane
        ("BLOGGS: J", "BLOGGS: John", False),
        ("Anna Bloggs", "BLOGGS: Anna", True),
        ("Anna Bloggs", "BLOGGS: Beth", False),
        ("Anna Bloggs", "Beth Bloggs", False),
        ("Anna Bloggs", "Bloggs Anna", True),
        ("BLOGGS:", "BLOGGS:", False),
        ("王: 小明", "王: 小明", True),
        ("王: 小明", "王: 小红", False),
    ],
)
def test_given_names_agree_when_those_of_one_are_all_among_the_other_s(one, other, agree):
    assert agree_in_given_names(one, other) is agree


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        ("SMYTH: Jon", "SMITH: John", True),
        ("MOHAMED", "MUHAMMAD", True),
        ("GARCIA", "GRACIA", True),
        ("SMITH: Anna", "OKAFOR: Chidi", False),
        ("LEE: Bo", "LI: Bao", False),  # too short to tell a slip from another name
        ("", "OKAFOR: Chidi", False),
    ],
)
def test_a_name_spelt_otherwise_may_be_one(one, other, may_be):
    assert may_be_one_name(one, other) is may_be
