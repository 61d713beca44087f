"""The container: any content comes back whole and in any part, and nothing that was altered is read (rule 28)."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.encryption import NONCE, OVERHEAD, CannotOpen
from sealed import boxes, container
from sealed.container import COUNT, MAGIC

PRIVATE, PUBLIC = boxes.new_pair()
PIECE = 64  # bytes, here, so that files have many
HEAD = len(MAGIC) + COUNT + 1136 + 32
ABOUT = "results file 1 of seal 1"
STORED = PIECE + OVERHEAD


@pytest.fixture(autouse=True, scope="module")
def small_pieces():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(container, "PIECE", PIECE)
        patch.setattr(container, "STORED", STORED)
        yield


def written(content: bytes, length: int | None = None, about: str = ABOUT) -> bytes:
    out = io.BytesIO()
    length = len(content) if length is None else length
    container.write(out.write, memoryview(content), public=PUBLIC, about=about, length=length)
    return out.getvalue()


def opened(stored: bytes, private: bytes = PRIVATE, about: str = ABOUT):
    return container.read(io.BytesIO(stored), private=private, about=about)


contents = st.one_of(
    st.binary(max_size=5 * PIECE),
    st.sampled_from(
        [PIECE * n + d for n in (1, 2, 3) for d in (-COUNT - 1, -COUNT, -COUNT + 1, 0)]
    ).map(lambda many: bytes(i % 251 for i in range(many))),
)
more = st.one_of(st.just(0), st.integers(0, 4 * PIECE))


@settings(max_examples=80, deadline=None)
@given(content=contents, more=more)
def test_any_content_of_any_length_comes_back(content, more):
    with opened(written(content, len(content) + more)) as stream:
        assert stream.read() == content


@settings(max_examples=80, deadline=None)
@given(data=st.data(), content=contents, more=more)
def test_any_part_can_be_read_in_any_order(data, content, more):
    with opened(written(content, len(content) + more)) as stream:
        for _ in range(5):
            at = data.draw(st.integers(0, len(content) + PIECE))
            many = data.draw(st.integers(0, 3 * PIECE))
            stream.seek(at)
            assert stream.read(many) == content[at : at + many]
        assert stream.seek(0, io.SEEK_END) == len(content)


@settings(max_examples=40, deadline=None)
@given(contents=st.lists(st.binary(max_size=3 * PIECE), min_size=2, max_size=2), more=more)
def test_two_contents_of_one_length_are_stored_in_as_many_bytes(contents, more):
    length = max(map(len, contents)) + more
    one, other = (written(content, length) for content in contents)

    assert len(one) == len(other)
    assert one[len(MAGIC) + COUNT :] != other[len(MAGIC) + COUNT :]


def test_what_is_longer_than_it_may_be_is_not_cut_off():
    with pytest.raises(ValueError, match="longer"):
        written(b"x" * 10, 9)


CONTENT = bytes(range(250))  # in five pieces


def pieces() -> tuple[bytes, list[bytes]]:
    stored = written(CONTENT)
    found = [stored[at : at + STORED] for at in range(HEAD, len(stored), STORED)]
    assert len(found) == 5
    return stored[:HEAD], found


def swapped(head, of):
    return head + of[1] + of[0] + b"".join(of[2:])


def cut_at_a_piece(head, of):
    return head + b"".join(of[:3])


def cut_in_a_piece(head, of):
    return head + b"".join(of)[:-1]


def without_the_first(head, of):
    return head + b"".join(of[1:])


def with_one_twice(head, of):
    return head + of[0] + of[0] + b"".join(of[1:])


def with_more_behind(head, of):
    return head + b"".join(of) + of[-1]


def without_any(head, of):
    return head


def with_a_piece_of_another(head, of):
    return head + of[0] + pieces()[1][1] + b"".join(of[2:])


def under_the_head_of_another(head, of):
    return pieces()[0] + b"".join(of)


@pytest.mark.parametrize(
    "fault",
    [
        swapped,
        cut_at_a_piece,
        cut_in_a_piece,
        without_the_first,
        with_one_twice,
        with_more_behind,
        without_any,
        with_a_piece_of_another,
        under_the_head_of_another,
    ],
)
def test_pieces_that_were_moved_are_refused(fault):
    with pytest.raises(CannotOpen, match="damaged"):
        opened(fault(*pieces())).read()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_not_a_bit_of_it_can_be_altered(data):
    stored = bytearray(written(CONTENT))
    at = data.draw(st.integers(0, len(stored) - 1))
    stored[at] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(CannotOpen):
        opened(bytes(stored)).read()


@pytest.mark.parametrize("many", [0, 5, len(MAGIC), len(MAGIC) + 3, HEAD - 1])
def test_what_is_cut_off_in_its_head_is_damaged(many):
    with pytest.raises(CannotOpen, match="damaged"):
        opened(written(CONTENT)[:many])


def test_no_other_key_reads_it_nor_the_right_one_in_anothers_place():
    stored = written(CONTENT)

    with pytest.raises(CannotOpen):
        opened(stored, private=boxes.new_pair()[0])
    with pytest.raises(CannotOpen):
        opened(stored, about="results file 2 of seal 1")


def test_a_nonce_is_used_once():
    of = pieces()[1] + pieces()[1]

    assert len({piece[:NONCE] for piece in of}) == 10
