"""Sealed results and those who run the service: keys that rotate, a database that was restored, verify, figures."""

import datetime as dt
import os

import pytest
from django.core.management import call_command
from django.utils import timezone

from core import encrypted_files
from core.jobs import State
from core.models import EncryptedFile
from operations import after_restore
from operations.verify import verify
from portal import key_rotation
from results.models import Result
from sealed import ceremonies, keyholders, opening
from sealed.models import Ceremony, Found, Keyholder, Opening, Seal, SealedFile, Share
from sealed.refused import Refused
from tests.operations.test_metrics import scraped
from tests.operations.test_restored import noted, stopped
from tests.portal.test_key_rotation import MASTER, rings
from tests.sealed.cast import Kind, take_turns
from tests.sealed.test_opening import opened, sealed

__all__ = ["noted", "rings", "sealed", "stopped"]

HOUR = dt.timedelta(hours=1)
GO_ON = {"go_on": True, "by": "keyholder.1"}


def begin(sealed) -> Opening:
    """Two have opened it, and no worker has taken it up yet."""
    (first, second, _), seal = sealed
    take_turns(ceremonies.begin(Kind.OPEN, by=first.user, seal=seal), first, second)
    return Opening.objects.get(seal=seal)


def test_the_key_of_an_opening_and_of_each_sealed_file_move_to_the_new_master_key(rings, sealed):
    under_way = begin(sealed)
    before = bytes(under_way.key)
    key_rotation.put_new_key_in_use(MASTER)
    assert MASTER.needing()["sealed results that are being opened"] == {"1": 1}
    with pytest.raises(key_rotation.CannotRotate, match="being opened: 1"):
        key_rotation.retire(MASTER, "1", at=timezone.now() + HOUR)

    list(key_rotation.move(MASTER))

    under_way.refresh_from_db()
    assert under_way.master_key_id == "2" and bytes(under_way.key) != before
    assert set(EncryptedFile.objects.values_list("master_key_id", flat=True)) == {"2"}
    key_rotation.retire(MASTER, "1", at=timezone.now() + HOUR)
    assert opened(sealed[1]).state == State.READY
    assert [one.grade for one in Result.objects.all()] == ["A"]


def test_a_restored_database_goes_on_with_an_opening_whose_hour_is_not_over(sealed, stopped):
    begin(sealed)
    assert opened(sealed[1]).state == State.QUEUED
    assert after_restore.under_way() == {"openings": 1}

    call_command("restored", **GO_ON)
    assert opened(sealed[1]).state == State.READY


def test_a_restored_database_whose_hour_is_over_forgets_the_key_and_stays_sealed(sealed, stopped):
    begin(sealed)
    Opening.objects.update(key_until=timezone.now() - HOUR)
    call_command("restored", **GO_ON)
    late = opened(sealed[1])

    assert late.state == State.FAILED and late.key is None and "once more" in late.error
    assert sealed[1].shares.exists() and not Result.objects.exists()
    begin(sealed)
    assert opened(sealed[1]).state == State.READY


def test_what_keyholders_were_at_ends_when_a_restored_database_goes_on(sealed, stopped):
    (first, second, _), seal = sealed
    one = ceremonies.begin(Kind.OPEN, by=first.user, seal=seal)
    take_turns(one, first)
    call_command("restored", **GO_ON)

    ended = Ceremony.objects.get(pk=one.pk)
    assert ended.outcome == Ceremony.Outcome.STOPPED
    assert ended.turns.get() and not Found.objects.exists()
    with pytest.raises(Refused):
        take_turns(ended, second)


def test_verify_reads_sealed_files_and_says_what_keyholders_could_not_open(
    encrypted_folder, sealed, capsys
):
    call_command("verify")
    assert "Other encrypted files: 1, 1 of them sealed." in capsys.readouterr().out

    SealedFile.objects.update(manifest={**SealedFile.objects.get().manifest, "rows": 2})
    Share.objects.latest("pk").delete()
    said = " ".join(verify().faults)
    assert "Sealed file 1 of June 2026: it is not as it was signed." in said
    assert "its shares are not those of the keyholders" in said

    [path] = [one for one in encrypted_folder.rglob("*") if len(one.name) == 36]
    os.truncate(path, path.stat().st_size - 1)
    assert any("Encrypted file" in one for one in verify().faults)


def test_verify_says_which_seal_and_which_keyholder_something_else_has_changed(
    encrypted_folder, sealed
):
    (first, *_), seal = sealed
    Seal.objects.update(opens_from=seal.opens_from - HOUR)
    Keyholder.objects.filter(pk=first.holder.pk).update(memory=1)
    assert verify().faults == [
        f"sealed.Seal {seal.pk}, Seal of June 2026: it is not as it was signed.",
        f"sealed.Keyholder {first.holder.pk}, keyholder.1: it is not as it was signed.",
    ]


def test_of_what_was_opened_verify_asks_for_no_shares(encrypted_folder, sealed):
    begin(sealed)
    opened(sealed[1])
    assert verify().faults == []


def test_figures_tell_what_is_sealed_and_of_keyholders(sealed):
    ring, seal = sealed
    with pytest.raises(Refused):
        keyholders.unlock(ring[0].user, "wrong")
    Keyholder.objects.filter(pk=ring[1].holder.pk).update(tried_at=timezone.now() - 31 * 24 * HOUR)
    found = scraped()

    first = seal.series.releases.order_by("candidates_at").first()
    seen_from = found["sealed_seen_from_timestamp_seconds", "2026-06"]
    assert seen_from == first.candidates_at.timestamp()
    assert found["sealed_files", "2026-06"] == 1
    assert found["keyholders",] == 3
    assert found["keyholders_not_tried",] == 1
    assert found["passphrases_wrong",] == 1
    assert found["passphrase_wrong_timestamp_seconds",] > timezone.now().timestamp() - 60
    assert found["openings", "under_way"] == found["openings", "failed"] == 0
    assert ("opening_key_until_timestamp_seconds",) not in found


def test_figures_tell_an_opening_and_its_key_until_both_are_over(sealed):
    under_way = begin(sealed)
    found = scraped()
    assert found["openings", "under_way"] == 1
    assert found["opening_key_until_timestamp_seconds",] == under_way.key_until.timestamp()

    Opening.objects.update(state=State.FAILED)
    assert scraped()["openings", "failed"] == 1
    assert opening.forget_keys(under_way.key_until) == 1
    assert ("opening_key_until_timestamp_seconds",) not in scraped()

    Seal.objects.update(opened_at=timezone.now())
    found = scraped()
    assert found["openings", "failed"] == 0
    assert not [name for name in found if name[0] == "sealed_files"]


def test_whoever_has_the_storage_and_the_master_keys_has_ciphertext(sealed):
    """The outer layer is the site's; what is in it is the container that the seal alone opens."""
    content = encrypted_files.open_stored(SealedFile.objects.get().file).read()
    assert content.startswith(b"sealed results, 1\n") and b"0580" not in content
