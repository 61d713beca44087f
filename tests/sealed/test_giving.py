"""Giving a file to a sealed series: what is kept is ciphertext of a length that tells nothing (rule 28)."""

import pytest
from django.utils import timezone

from centres.models import AuditEvent
from core import encrypted_files
from core.jobs import State
from core.models import EncryptedFile
from sealed import boxes, ceremonies, container, giving, opening, signatures
from sealed.models import Opening, SealedFile
from sealed.refused import Refused
from tests.sealed.cast import (
    LENGTH,
    Kind,
    give_file,
    make_ring,
    make_seal_of_one,
    take_turns,
)
from tests.sealed.test_opening import HEADS, opened

ROW = "2026-06,MAIN1,0001,0580,{},85\n"


@pytest.fixture
def cast(db):
    return make_ring()


@pytest.fixture
def seal(cast):
    return make_seal_of_one(cast[0].user, opens_from=timezone.now())


def give(seal, cast, grade="A", **options) -> SealedFile:
    return give_file(seal, HEADS + ROW.format(grade), by=cast[0].user, **options)


def test_what_is_kept_is_the_ciphertext_of_that_content(cast, seal):
    file = give(seal, cast)

    with encrypted_files.open_stored(file.file) as stored:
        kept = stored.read()
    assert kept.startswith(container.MAGIC) and b"MAIN1" not in kept and b",A," not in kept
    assert len(kept) == file.file.size


def test_no_key_of_the_site_reads_it(cast, seal):
    file = give(seal, cast)

    for private in (boxes.new_pair()[0], b"\0" * 96):
        with (
            encrypted_files.open_stored(file.file) as stored,
            pytest.raises(encrypted_files.CannotOpen),
        ):
            container.read(stored, private=private, about=opening.about(file))


def test_two_files_of_other_grades_take_as_many_bytes(cast, seal):
    sizes = {give(seal, cast, grade).file.size for grade in ("A", "UNGRADED", "A*")}

    assert len(sizes) == 1


def test_nothing_is_kept_of_what_is_longer_than_its_length(cast, seal):
    before = EncryptedFile.objects.count()
    with pytest.raises(ValueError, match="longer"):
        giving.keep(seal, memoryview(b"x" * 10), {}, length=9, name="made-up.csv", by=cast[0].user)

    assert (EncryptedFile.objects.count(), SealedFile.objects.count()) == (before, 0)


def test_files_are_numbered_in_their_order_and_their_givers_told(cast, seal):
    files = [give(seal, cast) for _ in range(3)]

    assert [file.number for file in files] == [1, 2, 3]
    assert {file.given_by for file in files} == {"keyholder.1"}
    rows = AuditEvent.objects.filter(action="sealed_file_given").order_by("pk")
    assert [row.new for row in rows] == [
        {"file": number, "rows": 1, "replaces": False} for number in (1, 2, 3)
    ]


def test_one_that_replaces_takes_the_place_of_all_before(cast, seal):
    for grade in "AB":
        give(seal, cast, grade)
    last = give(seal, cast, "C", replaces=True)

    assert list(seal.files.to_open()) == [last]
    take_turns(ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal), *cast[:2])
    assert opened(seal).found == {"created": 1}


def test_what_is_told_of_it_is_signed(cast, seal):
    file = give(seal, cast)

    assert signatures.is_signed(SealedFile.objects.get(pk=file.pk))
    assert {"rows", "id", "length", "series"} == set(file.manifest)
    assert (file.manifest["length"], file.manifest["series"]) == (LENGTH, "2026-06")


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_none_is_given_while_the_series_is_being_opened(cast, seal, state):
    give(seal, cast)
    take_turns(ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal), *cast[:2])
    Opening.objects.update(state=state)
    before = EncryptedFile.objects.count()

    with pytest.raises(Refused, match="is being opened"):
        give(seal, cast)
    assert EncryptedFile.objects.count() == before


def test_one_may_be_given_after_an_opening_that_failed(cast, seal):
    give(seal, cast, "Z")
    take_turns(ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal), *cast[:2])
    assert opened(seal).state == State.FAILED

    assert give(seal, cast, "A", replaces=True)


def test_none_is_given_once_it_is_open(cast, seal):
    give(seal, cast)
    take_turns(ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal), *cast[:2])
    opened(seal)

    with pytest.raises(Refused, match="was opened meanwhile"):
        give(seal, cast)
