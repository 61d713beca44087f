"""Keyholders with their passphrases, and a sealed series with a file. Everybody is made up."""

import datetime as dt
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.models import User
from centres.models import Series
from core import encrypted_files
from core.jobs import State
from sealed import ceremonies, giving, keyholders, ring
from sealed.models import Ceremony, Keyholder, Opening, Seal, SealedFile
from tests.builders import make_board_operator, make_candidate, make_centre, make_series

Kind = Ceremony.Kind
HEADS = "series,centre,candidate_number,syllabus,grade,pum\n"
LENGTH = 1_000_000  # bytes to which the files here are padded


class Cast(NamedTuple):
    user: User
    holder: Keyholder
    passphrase: str


def make_keyholder(username: str) -> Cast:
    """Somebody of the board with a key pair, not appointed yet."""
    return make_keys(make_board_operator(username))


def make_keys(user: User) -> Cast:
    return Cast(user, *keyholders.make(user))


def make_ring(many: int = 3) -> list[Cast]:
    """The first keyholders, appointed by two of them."""
    cast = [make_keyholder(f"keyholder.{number}") for number in range(1, many + 1)]
    one = ceremonies.begin(Kind.CHANGE, by=cast[0].user, appointing=[each.holder for each in cast])
    take_turns(one, *cast[:2])
    return cast


def take_turns(one: Ceremony, *cast: Cast, at: dt.datetime | None = None) -> Ceremony:
    """Each gives the passphrase in a session of their own."""
    for each in cast:
        one = ceremonies.take_turn(
            one, user=each.user, passphrase=each.passphrase, session=each.user.username, at=at
        )
    return one


def make_seal(series: Series, by: User, *, opens_from: dt.datetime | None = None) -> Seal:
    return ring.seal_series(series, by=by, opens_from=opens_from)


def make_seal_of_one(by: User, *, opens_from: dt.datetime) -> Seal:
    """Of a series with one candidate, who is entered for one syllabus."""
    series = make_series()
    make_candidate(make_centre("MAIN1"), series, grades={"0580": None})
    return make_seal(series, by, opens_from=opens_from)


def give_file(seal: Seal, text: str, *, by: User, **options: Any) -> SealedFile:
    """A file as it is kept once it has been checked."""
    rows = text.count("\n") - 1
    content = memoryview(text.encode())
    return giving.keep(
        seal, content, {"rows": rows}, length=LENGTH, name="made-up.csv", by=by, **options
    )


class Sealed(NamedTuple):
    ring: list[Cast]
    seal: Seal
    ceremony: Ceremony
    opening: Opening


def make_sealed(year: int, month: int) -> Sealed:
    """One of everything: keyholders, what they did, a series with a file, and its opening, which has failed."""
    ring, now = make_ring(), timezone.now()
    series = make_series(year, month, releases={})
    seal = make_seal(series, ring[0].user, opens_from=now)
    give_file(seal, f"{HEADS}{series.slug},MAIN1,0001,0580,A,85\n", by=ring[0].user)
    opening = Opening.objects.create(
        seal=seal,
        asked_by=ring[1].user.username,
        asked_at=now,
        key_until=now,
        state=State.FAILED,
        error="Rows do not fit the entries as they are now, so nothing was loaded.",
        found={"bad": 1},
        faults=encrypted_files.keep([b"line,column,reason\n2,syllabus,not entered\n"]),
    )
    return Sealed(ring, seal, Ceremony.objects.get(), opening)
