"""The ring: a seal is shared out so that each pair of keyholders holds it, and nobody alone (rule 28)."""

import datetime as dt
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from centres.models import AuditEvent, Release, Series
from core import encrypted_files
from loading.models import LoadedFile
from sealed import boxes, keyholders, ring
from sealed.boxes import CannotOpenBox
from sealed.models import Seal, Share
from sealed.refused import Refused
from tests.builders import (
    A_LEVEL_RELEASE,
    IGCSE_RELEASE,
    STAFF_AT,
    make_candidate,
    make_centre,
    make_load,
    make_series,
)
from tests.sealed.cast import make_keyholder, make_ring, make_seal


@pytest.fixture
def cast(db):
    return make_ring(4)


@pytest.fixture
def seal(cast):
    return make_seal(make_series(), cast[0].user)


def private(one) -> bytes:
    return keyholders.unlock(one.user, one.passphrase)[1]


def test_each_pair_holds_a_share_in_either_order(cast, seal):
    shares = {(share.outer_id, share.inner_id) for share in seal.shares.all()}

    assert shares == set(permutations([one.holder.pk for one in cast], 2))


def test_any_two_find_the_private_half_of_the_seal(cast, seal):
    keys = {one.holder.pk: private(one) for one in cast}
    for share in seal.shares.select_related("outer", "inner"):
        inside = boxes.open_box(
            keys[share.outer_id],
            share.box,
            about=ring.about_outer(seal.pk, share.outer, share.inner),
        )
        found = boxes.open_box(
            keys[share.inner_id], inside, about=ring.about_inner(seal.pk, share.inner)
        )
        assert boxes.public_of(found) == bytes(seal.public_key)


def test_nobody_alone_does_with_whatever_share(cast, seal):
    for one in cast:
        key = private(one)
        for share in seal.shares.select_related("outer", "inner"):
            outer = ring.about_outer(seal.pk, share.outer, share.inner)
            inner = ring.about_inner(seal.pk, share.inner)
            box = share.box
            if share.outer_id == one.holder.pk:
                box = boxes.open_box(key, box, about=outer)
            else:
                with pytest.raises(CannotOpenBox):
                    boxes.open_box(key, box, about=outer)
            with pytest.raises(CannotOpenBox):
                boxes.open_box(key, box, about=inner)


def test_a_share_opens_in_no_other_place(cast, seal):
    key = private(cast[0])
    share = seal.shares.filter(outer=cast[0].holder).select_related("outer", "inner").first()
    others = [
        ring.about_outer(seal.pk + 1, share.outer, share.inner),
        ring.about_outer("rehearsal", share.outer, share.inner),
        ring.about_outer(seal.pk, share.outer, share.outer),
        ring.about_inner(seal.pk, share.outer),
    ]

    for about in others:
        with pytest.raises(CannotOpenBox):
            boxes.open_box(key, share.box, about=about)


def test_no_share_of_two_is_one_persons_twice(cast, seal):
    with pytest.raises(IntegrityError), transaction.atomic():
        Share.objects.create(seal=seal, outer=cast[0].holder, inner=cast[0].holder, box=b"")


def test_the_private_half_is_nowhere_in_the_database(cast, seal):
    share = seal.shares.get(outer=cast[0].holder, inner=cast[1].holder)
    inside = boxes.open_box(
        private(cast[0]), share.box, about=ring.about_outer(seal.pk, share.outer, share.inner)
    )
    key = boxes.open_box(private(cast[1]), inside, about=ring.about_inner(seal.pk, share.inner))

    kept = [
        *(bytes(value) for row in Share.objects.values_list("box") for value in row),
        *(bytes(value) for row in Seal.objects.values_list("public_key") for value in row),
        repr([*Seal.objects.values(), *AuditEvent.objects.values()]).encode(),
    ]
    assert not any(part in each for each in kept for part in (key[:32], key[64:], inside[:32]))


def test_two_seals_have_keys_of_their_own(cast, seal):
    other = make_seal(make_series(2026, 11), cast[0].user)

    assert other.public_key != seal.public_key


def test_it_may_be_opened_from_a_day_before_staffs_first_instant(cast):
    series = make_series()
    assert make_seal(series, cast[0].user).opens_from == A_LEVEL_RELEASE - ring.BEFORE_STAFF
    later = make_series(2026, 11)
    Release.objects.filter(series=later).update(staff_at=STAFF_AT, candidates_at=IGCSE_RELEASE)
    assert make_seal(later, cast[0].user).opens_from == STAFF_AT - ring.BEFORE_STAFF


def test_where_nothing_is_released_yet_the_moment_must_be_said(cast):
    series, at = make_series(releases={}), timezone.now() + dt.timedelta(days=9)
    with pytest.raises(Refused, match="say from when"):
        make_seal(series, cast[0].user)

    assert make_seal(series, cast[0].user, opens_from=at).opens_from == at


def test_it_is_told_who_sealed_what(cast, seal):
    row = AuditEvent.objects.get(action="sealed_series")

    assert (row.by, row.series) == ("keyholder.1", "June 2026")
    assert Series.objects.get().sealed and seal.sealed_by == "keyholder.1"


def test_a_series_is_sealed_once(cast, seal):
    with pytest.raises(Refused, match="is sealed already"):
        make_seal(seal.series, cast[0].user)


def test_it_takes_three_keyholders(db):
    makers = [make_keyholder(f"keyholder.{number}") for number in range(3)]  # none appointed

    with pytest.raises(Refused, match="there are 0"):
        make_seal(make_series(), makers[0].user)
    assert not Series.objects.get().sealed


def test_a_series_with_results_is_sealed_too_late(cast):
    series = make_series()
    make_candidate(make_centre("MAIN1"), series)

    with pytest.raises(Refused, match="too late"):
        make_seal(series, cast[0].user)
    assert not Series.objects.get().sealed


def test_nor_while_a_results_file_waits_at_load_data(cast):
    series = make_series()
    load = make_load(cast[0].user, b"series\n", "results")
    with pytest.raises(Refused, match="A results file waits"):
        make_seal(series, cast[0].user)

    load.step = LoadedFile.Step.DISCARDED
    load.save()
    encrypted_files.destroy(load.file)
    make_load(cast[0].user)  # of syllabuses
    assert make_seal(series, cast[0].user)
