"""The scanner for outcomes: whose grade stands in any bytes – files, databases, logs, the memory of processes.

It knows all rows. Where a grade of the scale begins, in capitals or small letters, as ASCII, UTF-16, UTF-32,
hexadecimal or base64, in the open or in something packed with deflate (zip, gzip, zlib), it reads on. As the file
writes it, the grade tells its row by itself, also percent-encoded. As it is stored, a row of that grade must be told
within NEAR symbols: centre and candidate number, or the primary key of the entry or the candidate in digits or as an
integer of eight bytes of either order.

It would miss: a grade as it is stored with nothing near that says whose (as how many there are of each), or farther
away than NEAR; a PUM, components or an order of candidates without the grade; what is encrypted (the thief's part,
`tests.drills.thief`) or compressed in another way – a value that PostgreSQL has compressed is seen in the dump,
where it is not; a grade in pieces that do not lie together, translated, reversed or as its place in the scale.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, takewhile

from tests.drills.looking import OVERLAP, Looking, places_of
from tests.drills.outcomes import GAPS, KEYS_FROM, SENTINEL, Cohort

NEAR = 240  # symbols
WINDOW = 700  # symbols on either side that are read
A_SCALE = 7  # grades in the order of the scale

GAP = r"( |\+|%20)?"
WRITTEN = re.compile(
    SENTINEL
    + (GAP + "([A-Z])") * 6
    + GAP
    + r"(?:\(|%28)"
    + (GAP + "[A-Z]") * (len(SENTINEL) + 6)
    + GAP
    + r"(?:\)|%29)",
    re.IGNORECASE,
)
AGAIN = re.compile(
    r"(?:\(|%28)(?: |\+|%20)?\Z"
)  # the grade in small letters, of one that is printed
ELSE = "\0" * 4
STORED = re.compile(SENTINEL + "[A-Z]{6}", re.IGNORECASE)
DIGITS = re.compile(r"[0-9]+")
PACKED = {  # how it begins -> how it is unpacked, and from where
    b"PK\3\4": -zlib.MAX_WBITS,
    b"\x1f\x8b\x08": zlib.MAX_WBITS | 16,
    b"x\x9c": zlib.MAX_WBITS,
    b"x\xda": zlib.MAX_WBITS,
}

Window = tuple[str, int]
"""Text round a place, and where in it the place is."""
Read = Callable[[bytes, int], Window]


def _letters(step: int) -> Read:
    """Of `step` bytes each, the first of which says which it is."""

    def read(data: bytes, at: int) -> Window:
        before = min(WINDOW, at // step)
        return data[at - before * step : at + WINDOW * step : step].decode("latin-1"), before

    return read


def _hex(data: bytes, at: int) -> Window:
    before = re.search(rb"(?:[0-9A-Fa-f]{2})*\Z", data[max(0, at - 2 * WINDOW) : at])
    after = re.match(rb"(?:[0-9A-Fa-f]{2})*", data[at : at + 2 * WINDOW])
    text = bytes.fromhex((before[0] + after[0]).decode())  # type: ignore[index]  # both match nothing, too
    return text.decode("latin-1"), len(before[0]) // 2  # type: ignore[index]


def _base64(shift: int) -> Read:
    """Where the sentinel stands `shift` bytes behind a multiple of three."""
    skipped = (0, 2, 3)[shift]  # letters of its four that it shares with what comes before

    def read(data: bytes, at: int) -> Window:
        start = at - skipped
        before = re.search(
            rb"(?:[0-9A-Za-z+/_-]{4})*\Z", data[max(0, start - 4 * (WINDOW // 3)) : start]
        )
        after = re.match(rb"(?:[0-9A-Za-z+/_-]{4})*", data[start : start + 4 * (WINDOW // 3)])
        both = (before[0] + after[0]).translate(bytes.maketrans(b"-_", b"+/"))  # type: ignore[index]
        try:
            text = base64.b64decode(both)
        except binascii.Error:
            return "", 0
        return text.decode("latin-1"), len(before[0]) // 4 * 3 + shift  # type: ignore[index]

    return read


def _base64_of(shift: int) -> bytes:
    """What stands there whatever is round it."""
    whole = base64.b64encode(b"\0" * shift + SENTINEL.encode())
    return whole[(0, 2, 3)[shift] : (8 * (shift + len(SENTINEL))) // 6]


def _forms() -> Iterator[tuple[bytes, Read]]:
    word = SENTINEL.encode()
    yield word, _letters(1)
    yield word.lower(), _letters(1)
    yield SENTINEL.encode("utf-16-le").rstrip(b"\0"), _letters(2)  # of either order
    yield SENTINEL.encode("utf-32-le").rstrip(b"\0"), _letters(4)
    yield word.hex().encode(), _hex
    yield word.hex().upper().encode(), _hex
    for shift in range(3):
        yield _base64_of(shift), _base64(shift)


FORMS = list(_forms())


class Scanner(Looking):
    """Finds rows whose outcome stands there."""

    def __init__(self, cohort: Cohort) -> None:
        super().__init__()
        self.cohort, self.scale = cohort, cohort.scale
        self._centres = {number: at for at, number in enumerate(cohort.centres)}
        self._keys = (
            (cohort.first_entry, cohort.rows, lambda place: [place]),
            (cohort.first_candidate, cohort.candidates, cohort.rows_of),
        )

    @property
    def rows(self) -> set[int]:
        return set().union(*self.found.values())

    def _found_in(self, data: bytes) -> Iterator[int]:
        for part in chain([data], _unpacked(data)):
            yield from self._rows_in(part)

    def _rows_in(self, data: bytes) -> Iterator[int]:
        for word, read in FORMS:
            for at in places_of(word, data):
                yield from self._rows_at(data, at, *read(data, at))

    def _rows_at(self, data: bytes, at: int, text: str, where: int) -> Iterator[int]:
        if whole := WRITTEN.match(text, where):
            grade = SENTINEL + "".join(whole.group(*range(2, 13, 2))).upper()
            marks = whole.groups()[: 2 * 6 : 2] + whole.groups()[2 * 6 :]
            gaps = sum(bool(mark) << bit for bit, mark in enumerate(marks))
            if grade in self.scale.number_of and gaps >> GAPS:
                row = self.scale.row(grade, gaps)
                if row < self.cohort.rows:
                    yield row
                return
        if AGAIN.search(text, max(0, where - 6), where):
            return
        if stored := STORED.match(text, where):
            grade = stored[0].upper()
            if grade in self.scale.number_of and not self._is_scale(text, where):
                near = {*self._told_in(_one(text, where)), *self._told_in_binary(data, at)}
                yield from (row for row in near if self.scale.grade(row) == grade)

    def _is_scale(self, text: str, where: int) -> bool:
        """Whether the grades of the scale stand here in their order, as a page or a statement lists them. Results
        that follow each other do not (`Scale`)."""
        before: list[int] = []
        after: list[int] = []
        for one in STORED.finditer(text):
            number = self.scale.number_of.get(one[0].upper(), -1)
            side = before if one.start() < where else after
            if not side or side[-1] != number:
                side.append(number)
        here, after = after[0], after[1:]
        if before and before[-1] == here:
            before.pop()
        return any(
            1 + _run(after, here, step) + _run(before[::-1], here, -step) >= A_SCALE
            for step in (1, -1)
        )

    def _told_in(self, text: str) -> Iterator[int]:
        """Rows of which a text tells: by primary keys, or centres and candidate numbers."""
        numbers = DIGITS.findall(text)
        for number in numbers:
            if len(number) > KEYS_FROM // 4:
                yield from self._of_key(int(number[:20]))
        joined = [part for one in numbers if len(one) == 9 for part in (one[:5], one[5:])]
        centres = {self._centres[one] for one in (*numbers, *joined) if one in self._centres}
        for one in {int(one) for one in (*numbers, *joined) if len(one) == 4}:
            for centre in centres:
                if (candidate := self.cohort.numbered(centre, one)) is not None:
                    yield from self.cohort.rows_of(candidate)

    def _told_in_binary(self, data: bytes, at: int) -> Iterator[int]:
        window = data[max(0, at - NEAR) : at + NEAR]
        for first, _, _ in self._keys:
            for order, low in (("little", -(KEYS_FROM // 8)), ("big", 0)):
                high = (first >> KEYS_FROM).to_bytes(8 - KEYS_FROM // 8, order)  # type: ignore[arg-type]
                place = window.find(high)
                while place >= 0:
                    key = window[place + low : place + low + 8] if place + low >= 0 else b""
                    yield from self._of_key(int.from_bytes(key, order))  # type: ignore[arg-type]
                    place = window.find(high, place + 1)

    def _of_key(self, key: int) -> Iterator[int]:
        for first, many, rows_of in self._keys:
            if first <= key < first + many:
                yield from rows_of(key - first)


def _run(numbers: list[int], here: int, step: int) -> int:
    """How many of them count on from here."""
    right = (number == here + at * step for at, number in enumerate(numbers, 1))
    return sum(takewhile(bool, right))


def _one(text: str, where: int) -> str:
    """What is near, up to where something else begins: a run of zeros, as between two objects of Python."""
    before, after = text[max(0, where - NEAR) : where], text[where : where + NEAR]
    return before.rpartition(ELSE)[2] + after.partition(ELSE)[0]


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What is packed in it, as far as it can be unpacked: of what does not end in this piece the beginning."""
    for begins, bits in PACKED.items():
        for at in places_of(begins, data):
            start = at
            if bits < 0:  # a member of a zip: behind its name and more
                name, more = (
                    int.from_bytes(data[at + 26 + n : at + 28 + n], "little") for n in (0, 2)
                )
                start = at + 30 + name + more
            if done := _inflated(data, start, bits):
                yield done


def _inflated(data: bytes, start: int, bits: int) -> bytes:
    unpack, done = zlib.decompressobj(bits), []
    with suppress(zlib.error):
        for at in range(start, len(data), OVERLAP):
            done.append(unpack.decompress(data[at : at + OVERLAP]))
            if unpack.eof:
                break
    return b"".join(done)
