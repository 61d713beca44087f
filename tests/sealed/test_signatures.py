"""What a seal rests on was written by the service: whoever has the database alone plants nothing (rule 28)."""

import datetime as dt
import json
from base64 import b64encode

import pytest
from django.template.loader import render_to_string
from django.test import override_settings
from django.utils import timezone

from core import encryption
from core.jobs import State
from portal import key_rotation
from sealed import boxes, ceremonies, keyholders, ring, signatures, turns
from sealed.models import Found, Keyholder, Seal, SealedFile, Turn
from sealed.refused import Refused
from tests.builders import make_board_operator, make_series
from tests.sealed.cast import (
    Kind,
    give_file,
    make_keyholder,
    make_ring,
    make_seal,
    make_seal_of_one,
    take_turns,
)
from tests.sealed.test_opening import HEADS, opened

CHANGED = "something else has changed it"
DAY = dt.timedelta(days=1)


@pytest.fixture
def cast(db):
    return make_ring()


@pytest.fixture
def seal(cast):
    seal = make_seal_of_one(cast[0].user, opens_from=timezone.now() + DAY)
    give_file(seal, HEADS + "2026-06,MAIN1,0001,0580,A,85\n", by=cast[0].user)
    return seal


def planted_key(cast, **more) -> bytes:
    """Whose private half the thief has."""
    private, public = boxes.new_pair()
    Keyholder.objects.filter(pk=cast.holder.pk).update(public_key=public, **more)
    return private


def test_no_series_is_sealed_to_a_planted_key(cast):
    planted_key(cast[2])

    with pytest.raises(Refused, match=CHANGED):
        make_seal(make_series(), cast[0].user)
    assert not Seal.objects.exists()


def test_no_seal_is_shared_out_to_a_planted_key(cast, seal):
    fourth = make_keyholder("keyholder.4")
    one = ceremonies.begin(Kind.CHANGE, by=cast[0].user, appointing=[fourth.holder])
    take_turns(one, cast[0])
    planted_key(cast[2])
    before = set(seal.shares.values_list("pk", flat=True))

    with pytest.raises(Refused, match=CHANGED):
        take_turns(one, cast[1])
    assert set(seal.shares.values_list("pk", flat=True)) == before


def test_nobody_is_appointed_by_a_hand_in_the_database(cast):
    thief = make_keyholder("thief")
    Keyholder.objects.filter(pk=thief.holder.pk).update(appointed_at=timezone.now())

    with pytest.raises(Refused, match=CHANGED):
        make_seal(make_series(), cast[0].user)
    with pytest.raises(Refused, match=CHANGED):
        keyholders.unlock(thief.user, thief.passphrase)


def test_nobody_is_taken_back_by_a_hand_in_the_database(cast):
    fourth = make_keyholder("keyholder.4")
    one = ceremonies.begin(
        Kind.CHANGE, by=cast[0].user, appointing=[fourth.holder], retiring=[cast[2].holder]
    )
    take_turns(one, *cast[:2])
    Keyholder.objects.filter(pk=cast[2].holder.pk).update(retired_at=None)

    with pytest.raises(Refused, match=CHANGED):
        make_seal(make_series(), cast[0].user)


def test_no_row_without_a_signature_is_believed(cast):
    _, public = boxes.new_pair()
    Keyholder.objects.create(
        user=make_board_operator("thief"),
        public_key=public,
        locked_key=b"x",
        salt=b"x",
        memory=64,
        appointed_at=timezone.now(),
    )

    with pytest.raises(Refused, match=CHANGED):
        make_seal(make_series(), cast[0].user)


def test_no_signature_of_another_row_serves(cast):
    first, second = Keyholder.objects.filter(pk__in=[one.holder.pk for one in cast[:2]])
    Keyholder.objects.filter(pk=first.pk).update(
        public_key=second.public_key, signature=second.signature
    )

    with pytest.raises(Refused, match=CHANGED):
        make_seal(make_series(), cast[0].user)


@pytest.mark.parametrize("field", ["locked_key", "salt", "memory"])
def test_nor_is_what_a_try_reads(cast, field):
    """So that no try is made to take all memory, or little."""
    Keyholder.objects.update(**{field: 8 if field == "memory" else b"other"})

    with pytest.raises(Refused, match=CHANGED):
        keyholders.unlock(cast[0].user, cast[0].passphrase)
    assert not Keyholder.objects.filter(wrong_tries__gt=0).exists()


def test_no_file_is_closed_to_a_planted_key(cast, seal):
    Seal.objects.update(public_key=boxes.new_pair()[1])

    with pytest.raises(Refused, match=CHANGED):
        give_file(seal, HEADS, by=cast[0].user)
    assert SealedFile.objects.count() == 1


def test_no_moment_set_earlier_in_the_database_lets_two_open(cast, seal):
    Seal.objects.update(opens_from=timezone.now() - DAY)
    with pytest.raises(Refused, match=CHANGED):
        ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=Seal.objects.get())

    Seal.objects.update(opens_from=seal.opens_from)
    one = ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal)
    take_turns(one, cast[0])
    Seal.objects.update(opens_from=timezone.now() - DAY)
    with pytest.raises(Refused, match=CHANGED):
        take_turns(one, cast[1])


def test_no_turn_can_be_planted(cast, seal):
    """As if somebody had given the passphrase in another's name, or had given it in this one."""
    former = ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal)
    take_turns(former, cast[0])
    kept = former.turns.get().found
    ceremonies.stop(former, by=cast[0].user)
    one = ceremonies.begin(Kind.OPEN, by=cast[1].user, seal=seal)
    for found in (kept, None, Found(master_key_id="1", wrapped=b"made up")):
        one.turns.all().delete()
        turn = Turn.objects.create(ceremony=one, keyholder=cast[0].holder, session="made up")
        if found:
            found.turn = turn
            found.save(force_insert=True)
        take_turns(one, cast[1], at=None)
        with pytest.raises(Refused, match="not as this service wrote it"):
            take_turns(one, cast[2])


def test_nor_one_that_only_makes_up_the_number(cast, seal):
    """It takes three before the moment, of whom the first alone finds what the last needs."""
    one = ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal)
    take_turns(one, cast[0])
    Turn.objects.create(ceremony=one, keyholder=cast[1].holder, session="made up")

    with pytest.raises(Refused, match="not as this service wrote it"):
        take_turns(one, cast[2])


def test_files_that_were_changed_or_moved_about_are_not_loaded(cast, seal):
    give_file(seal, HEADS + "2026-06,MAIN1,0001,0580,B,75\n", by=cast[0].user)
    first = seal.files.earliest("number")
    SealedFile.objects.filter(pk=first.pk).update(number=3)
    take_turns(ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal), *cast)
    opening = opened(seal)

    assert opening.state == State.FAILED and CHANGED in opening.error
    SealedFile.objects.filter(pk=first.pk).update(number=1)
    assert signatures.is_signed(SealedFile.objects.get(pk=first.pk))


@pytest.mark.parametrize("change", [{"manifest": {"rows": 2}}, {"seal_id": 0}, {"reason": "x"}])
def test_what_is_told_of_a_file_is_signed(cast, seal, change):
    file = SealedFile.objects.get()
    for name, value in change.items():
        setattr(file, name, value)

    assert not signatures.is_signed(file)


def test_a_replaced_file_that_is_put_back_by_hand_is_not_loaded(cast, seal):
    give_file(seal, HEADS + "2026-06,MAIN1,0001,0580,B,75\n", by=cast[0].user, replaces=True)
    assert all(map(signatures.is_signed, SealedFile.objects.all()))
    SealedFile.objects.update(replaced_at=None)

    take_turns(ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal), *cast)
    assert CHANGED in opened(seal).error


def test_a_file_that_was_changed_is_not_signed_anew_when_another_replaces_it(cast, seal):
    SealedFile.objects.update(manifest={**seal.files.get().manifest, "rows": 2})

    with pytest.raises(Refused, match=CHANGED):
        give_file(seal, HEADS + "2026-06,MAIN1,0001,0580,B,75\n", by=cast[0].user, replaces=True)
    assert not signatures.is_signed(seal.files.get())


def test_what_opens_it_must_be_the_key_of_this_seal(cast, seal):
    """Where somebody with the site's keys as well plants a turn, no share is lost."""
    fourth = make_keyholder("keyholder.4")
    one = ceremonies.begin(Kind.CHANGE, by=cast[0].user, appointing=[fourth.holder])
    turn = Turn(ceremony=one, keyholder=cast[0].holder, session="made up")
    inner = boxes.close(
        bytes(cast[1].holder.public_key),
        boxes.new_pair()[0],
        about=ring.about_inner(seal.pk, cast[1].holder),
    )
    found = {str(seal.pk): {str(cast[1].holder.pk): b64encode(inner).decode()}}
    key_id, wrapped = encryption.wrap(json.dumps(found).encode(), aad=turns._about(turn))
    turn.save()
    Found.objects.create(turn=turn, master_key_id=key_id, wrapped=wrapped)

    with pytest.raises(Refused, match=CHANGED):
        take_turns(one, cast[1])
    assert seal.shares.count() == 6 and len(ring.ring()) == 3


def test_a_change_of_master_keys_signs_anew_and_then_the_old_can_leave(cast, seal, settings):
    old = dict(settings.MASTER_KEYS)
    kind = key_rotation.KINDS["master"]
    with override_settings(MASTER_KEYS={"new": b"n" * 32, **old}):
        assert key_rotation.unmoved(kind) >= 5
        list(kind.moves())
        assert key_rotation.unmoved(kind) == 0
    with override_settings(MASTER_KEYS={"new": b"n" * 32}):
        signatures.check(*Keyholder.objects.all(), *Seal.objects.all(), *SealedFile.objects.all())
        take_turns(ceremonies.begin(Kind.OPEN, by=cast[0].user, seal=seal), *cast)
        assert opened(seal).state == State.READY


def test_what_was_changed_is_not_signed_anew(cast, settings):
    planted_key(cast[2])
    with override_settings(MASTER_KEYS={"new": b"n" * 32, **settings.MASTER_KEYS}):
        assert sum(signatures.KEYS["keyholders"].move()) == 2
        with pytest.raises(Refused, match=CHANGED):
            make_seal(make_series(), cast[0].user)


def test_whoever_compares_finds_on_the_page_the_key_of_the_sheet(cast, client):
    """Against whoever has the site's keys as well, and signs what they plant."""
    client.force_login(cast[0].user)
    sheets = [
        render_to_string("sealed/sheet.html", {"holder": one.holder, "words": ["word"]})
        for one in cast
    ]
    before = client.get("/board/sealed-results/keyholders/").text
    planted_key(cast[2])
    after = client.get("/board/sealed-results/keyholders/").text

    for one, sheet in zip(cast, sheets, strict=True):
        assert one.holder.fingerprint in sheet and one.holder.fingerprint in before
    assert [one.holder.fingerprint in after for one in cast] == [True, True, False]
