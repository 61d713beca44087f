"""Boxes: the private half alone opens them, in their own place, unchanged (rule 28)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sealed import boxes
from sealed.boxes import CannotOpenBox
from sealed.models.in_words import fingerprint

PRIVATE, PUBLIC = boxes.new_pair()


@settings(max_examples=30, deadline=None)
@given(plain=st.binary(max_size=3_000), about=st.text(max_size=60))
def test_what_is_closed_opens_again(plain, about):
    box = boxes.close(PUBLIC, plain, about=about)

    assert boxes.open_box(PRIVATE, box, about=about) == plain


def test_no_box_looks_like_another_of_the_same():
    assert boxes.close(PUBLIC, b"A*", about="x") != boxes.close(PUBLIC, b"A*", about="x")


def test_a_box_is_as_long_as_what_is_in_it_and_1136_bytes():
    for many in (0, 1, 96, 5_000):
        assert len(boxes.close(PUBLIC, b"x" * many, about="x")) == many + 1136


def test_another_key_does_not_open_it():
    box = boxes.close(PUBLIC, b"A*", about="x")

    with pytest.raises(CannotOpenBox):
        boxes.open_box(boxes.new_pair()[0], box, about="x")


def test_it_takes_both_schemes_of_the_right_key():
    box, (other, _) = boxes.close(PUBLIC, b"A*", about="x"), boxes.new_pair()

    for mixed in (PRIVATE[:64] + other[64:], other[:64] + PRIVATE[64:]):
        with pytest.raises(CannotOpenBox):
            boxes.open_box(mixed, box, about="x")


def test_a_box_does_not_open_as_something_else():
    box = boxes.close(PUBLIC, b"A*", about="share of the first")

    with pytest.raises(CannotOpenBox):
        boxes.open_box(PRIVATE, box, about="share of the second")


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_box_that_was_altered_or_cut_is_refused(data):
    box = boxes.close(PUBLIC, b"A*" * 20, about="x")
    at = data.draw(st.integers(0, len(box) - 1))
    flipped = data.draw(st.integers(1, 255))
    altered = data.draw(
        st.sampled_from(
            [
                box[:at] + bytes([box[at] ^ flipped]) + box[at + 1 :],
                box[:at],
                box[: at + 1] + box[at:],
            ]
        )
    )

    with pytest.raises(CannotOpenBox):
        boxes.open_box(PRIVATE, altered, about="x")


def test_no_private_half_at_all_opens_nothing():
    with pytest.raises(CannotOpenBox):
        boxes.open_box(b"", boxes.close(PUBLIC, b"A*", about="x"), about="x")


def test_the_public_half_follows_from_the_private():
    assert boxes.public_of(PRIVATE) == PUBLIC
    assert (len(PRIVATE), len(PUBLIC)) == (96, 1216)


def test_a_fingerprint_tells_two_keys_apart_and_can_be_read_aloud():
    one, other = fingerprint(PUBLIC), fingerprint(boxes.new_pair()[1])

    assert one == fingerprint(memoryview(PUBLIC)) != other
    assert [len(part) for part in one.split("-")] == [4, 4, 4, 4]
