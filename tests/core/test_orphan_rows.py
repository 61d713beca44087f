"""What a killed process has left of encrypted files is removed; what anything points to, or is written, stays."""

import datetime as dt
import os
import subprocess
import sys

import pytest
from django.apps import apps
from django.utils import timezone

from core import encrypted_files, orphans
from core.encrypted_files import Writer, begin, keep
from core.models import EncryptedFile
from exchange.models import Upload, Version
from loading.models import LoadedFile
from results.exports import tasks
from results.exports.selection import Selection
from results.models import Export
from sealed.models import Opening, Seal, SealedFile
from tests.builders import make_load
from tests.exchange.files import begin_upload, put_file
from tests.portal.test_key_rotation_running import database_url
from tests.storages import all_that_lies, is_there, name_of, path_of

KILLED = """
import os, signal, django
django.setup()
from core.encrypted_files import PIECE, keep

def chunks():
    yield bytes(7 * PIECE)
    os.kill(os.getpid(), signal.SIGKILL)

keep(chunks())
"""


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storages")]


def in_a_day() -> dt.datetime:
    return timezone.now() + orphans.DAY


@pytest.mark.django_db(transaction=True)
def test_what_a_process_killed_in_the_middle_of_keeping_has_left_goes_after_a_day(
    settings, tmp_path
):
    environment = {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_url(),
        "STORAGE_URL": settings.STORAGE_URL if "://" in settings.STORAGE_URL else "",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    killed = subprocess.run([sys.executable, "-c", KILLED], env=environment, capture_output=True)
    assert killed.returncode == -9, killed.stderr.decode()
    left = EncryptedFile.objects.get()
    assert not left.whole_at and all_that_lies() == [name_of(left)]

    assert (orphans.remove_orphan_rows(), orphans.put_in_order()) == (0, 0)
    assert orphans.remove_orphan_rows(in_a_day()) == 1
    assert not EncryptedFile.objects.exists() and not is_there(left)
    orphans.abandon_unfinished(timezone.now() + 31 * orphans.DAY)
    orphans.put_in_order(at=timezone.now() + 32 * orphans.DAY)
    assert all_that_lies() == []


def test_so_goes_what_was_whole_when_its_process_was_killed_and_what_never_had_a_byte():
    keep([b"x"]), begin()

    assert orphans.remove_orphan_rows(in_a_day()) == 2
    assert not EncryptedFile.objects.exists()


def test_what_is_written_stays_for_as_long_as_that_takes():
    slow = begin()
    EncryptedFile.objects.update(begun_at=timezone.now() - 2 * orphans.DAY)
    with Writer(slow) as writer:
        assert orphans.remove_orphan_rows() == 0
        writer.write(b"x")
        writer.finish()
    assert b"".join(encrypted_files.stream(slow)) == b"x"


def test_what_cannot_be_moved_does_not_keep_the_others_here(encrypted_folder, caplog):
    stuck, *others = (keep([b"x"]) for _ in range(4))
    in_its_way = (
        encrypted_folder / f".quarantine/{timezone.now():%Y-%m-%d}-left/{str(stuck.pk)[:2]}"
    )
    in_its_way.parent.mkdir(parents=True)
    in_its_way.touch()

    assert orphans.remove_orphan_rows(in_a_day()) == 4
    assert path_of(stuck).exists() and not all(path_of(one).exists() for one in others)
    assert "cannot be moved" in caplog.text


def export(world) -> None:
    wanted = Selection(world.officer, world.main, world.series)
    tasks.ask(selection=wanted, what="broadsheet", format="xlsx")
    Export.objects.update(stored=keep([b"x"]))


def sealed(world) -> SealedFile:
    """A file of a seal that nobody can open."""
    seal = Seal.objects.create(series=world.series, public_key=b"x", opens_from=timezone.now())
    return SealedFile.objects.create(seal=seal, number=1, manifest={}, file=keep([b"x"]))


def opening(world) -> None:
    seal = sealed(world).seal
    Opening.objects.create(seal=seal, key_until=timezone.now(), faults=keep([b"x"]))


POINTS_TO_ONE = {
    (Export, "stored"): export,
    (LoadedFile, "file"): lambda world: make_load(world.board),
    (LoadedFile, "faults"): lambda world: make_load(world.board, faults=keep([b"x"])),
    (LoadedFile, "sample"): lambda world: make_load(world.board, sample=keep([b"x"])),
    (Opening, "faults"): opening,
    (SealedFile, "file"): sealed,
    (Upload, "stored"): lambda world: begin_upload(world.associate_officer),
    (Version, "stored"): lambda world: put_file(world.officer),
}


def test_every_relation_to_an_encrypted_file_is_tried_here():
    fields = [
        (model, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and field.related_model is EncryptedFile
    ]
    assert set(fields) == set(POINTS_TO_ONE)


@pytest.mark.parametrize("relation", POINTS_TO_ONE)
def test_what_anything_points_to_stays(world, relation):
    (model, field), make = relation, POINTS_TO_ONE[relation]
    make(world)
    [pointed_to] = EncryptedFile.objects.filter(pk__in=model.objects.values(field))

    orphans.remove_orphan_rows(in_a_day())
    assert list(model.objects.values_list(field, flat=True)) == [pointed_to.pk]
    assert is_there(pointed_to) or model is Upload  # of which nothing came yet


def test_what_no_row_knows_goes_to_quarantine_and_others_stay(encrypted_folder):
    stored, stray, fresh = (keep([b"x"]) for _ in range(3))
    for one in (stored, stray):
        os.utime(path_of(one), (0, 0))
    EncryptedFile.objects.filter(pk__in=[stray.pk, fresh.pk]).delete()

    assert orphans.put_in_order() == 1
    assert path_of(stored).exists() and path_of(fresh).exists() and not path_of(stray).exists()
