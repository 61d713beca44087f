"""Passphrases: seven words of a list, typed in any way, that alone unlock the key of their owner (rule 28)."""

import math
from itertools import pairwise

import pytest
from django.conf import settings
from django.test import override_settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from portal import settings as of_the_site
from sealed import passphrases
from sealed.passphrases import WrongPassphrase

WORDS = "Correct horse yo-yo battery staple zoom abacus".split()
ABOUT = "private key of keyholder 1"


@pytest.fixture(scope="module")
def locked():
    return passphrases.lock(b"private", " ".join(WORDS), about=ABOUT)


def unlock(locked, passphrase, about=ABOUT):
    salt, memory, key = locked
    return passphrases.unlock(key, passphrase, salt=salt, memory=memory, about=about)


def test_seven_words_of_a_list_have_ninety_bits():
    words = passphrases._words()

    assert len(words) == len(set(words)) == 7776
    assert 7 * math.log2(len(words)) > 90
    assert len(passphrases.new().split()) == 7


def test_hardly_two_choices_of_words_have_the_same_letters():
    """For the letters alone count: but for yoyo and yo-yo no two words are the same, and none begins another."""
    words = sorted("".join(filter(str.isalpha, word)) for word in passphrases._words())

    same = [one for one, two in pairwise(words) if two.startswith(one)]
    assert same == ["yoyo"]


def test_a_new_one_is_another_each_time():
    made = {passphrases.new() for _ in range(200)}

    assert len(made) == 200
    assert len({word for one in made for word in one.split()}) > 1_000


@hypothesis_settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_however_it_is_typed_it_unlocks(locked, data):
    typed = "".join(
        data.draw(st.sampled_from([word, word.upper(), word.title(), word.replace("-", "")]))
        + data.draw(st.sampled_from([" ", "", "-", "  ", "\n", "\u00a0", ". "]))
        for word in WORDS
    )

    assert unlock(locked, typed) == b"private"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ".join(WORDS[:6]),
        " ".join([*WORDS, "abacus"]),
        " ".join(reversed(WORDS)),
        " ".join(WORDS).replace("horse", "house"),
    ],
)
def test_another_does_not(locked, typed):
    with pytest.raises(WrongPassphrase):
        unlock(locked, typed)


def test_nor_the_right_one_where_the_key_stands_in_anothers_place(locked):
    with pytest.raises(WrongPassphrase):
        unlock(locked, " ".join(WORDS), about="private key of keyholder 2")


@pytest.mark.parametrize("change", [0, 1, 2])
def test_nor_where_salt_memory_or_key_was_altered(locked, change):
    altered = list(locked)
    altered[change] = altered[1] * 2 if change == 1 else flipped(altered[change])

    with pytest.raises(WrongPassphrase):
        unlock(altered, " ".join(WORDS))


def flipped(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def test_the_same_words_lock_two_keys_apart():
    one, other = (passphrases.lock(b"private", "same words", about=ABOUT) for _ in range(2))

    assert one[0] != other[0] and one[2] != other[2]


def test_a_try_takes_a_quarter_of_a_gibibyte_and_what_the_key_was_made_with():
    assert of_the_site.PASSPHRASE_MEMORY == 256 * 1024
    locked = passphrases.lock(b"private", "seven words", about=ABOUT)
    with override_settings(PASSPHRASE_MEMORY=2 * settings.PASSPHRASE_MEMORY):
        assert unlock(locked, "seven words") == b"private"
        assert passphrases.lock(b"private", "seven words", about=ABOUT)[1] == 2 * locked[1]
