"""What no row knows goes to quarantine and comes back; where it is much at once, nothing is moved."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from centres.models import AuditEvent
from core import encrypted_files, orphans, site_identity
from core.encrypted_files import keep
from core.models import EncryptedFile, OrphanCheck, SiteIdentity
from credentials.letters import storage
from credentials.models import LetterPart
from storage.store import store
from tests.builders import make_load
from tests.storages import is_there, name_of, raw, replace_raw

DAY = dt.timedelta(days=1)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storages")]


def tomorrow() -> dt.datetime:
    """When what is made now has been there for over a day."""
    return timezone.now() + DAY + dt.timedelta(hours=1)


def keep_some(many: int) -> list[EncryptedFile]:
    return [keep([b"x"]) for _ in range(many)]


def forget(files: list[EncryptedFile]) -> None:
    """As in an older copy of the database."""
    EncryptedFile.objects.filter(pk__in=[one.pk for one in files]).delete()


def there(files: list[EncryptedFile]) -> int:
    return sum(map(is_there, files))


def lying() -> int:
    return len(list(orphans.quarantined()))


@pytest.mark.parametrize(
    ("files", "unasked"),
    [(1, 1), (2, 1), (3, 1), (10, 5), (20, 10), (1000, 10), (1100, 11), (250_000, 2500)],
)
def test_one_in_a_hundred_goes_unasked_and_of_few_no_more_than_half(files, unasked):
    assert orphans.allowed(files) == unasked


def test_more_than_that_stops_and_asks_and_goes_on_when_told_to(caplog):
    stored = keep_some(20)
    forget(stored[:11])

    assert orphans.put_in_order(at=tomorrow()) == 0
    assert there(stored) == 20
    assert "11 of 20 encrypted files are known to no row" in caplog.text
    found = OrphanCheck.objects.get()
    assert (found.files, found.orphans, found.asks, found.quarantined) == (20, 11, True, 0)

    moved = orphans.put_in_order(confirmed=True, at=tomorrow())
    assert (moved, there(stored), lying()) == (11, 9, 11)
    found.refresh_from_db()
    assert (found.orphans, found.asks, found.quarantined) == (0, False, 11)
    [recorded] = AuditEvent.objects.filter(action="orphans_quarantined")
    assert recorded.new == {"files": 11}


def test_an_empty_database_moves_nothing():
    stored = keep_some(3)
    forget(stored)

    assert orphans.put_in_order(at=tomorrow()) == 0
    assert there(stored) == 3


def test_what_goes_little_by_little_within_a_day_is_counted_together():
    stored = keep_some(20)
    forget(stored[:6])
    assert orphans.put_in_order(at=tomorrow()) == 6
    forget(stored[6:12])

    assert orphans.put_in_order(at=tomorrow()) == 0
    assert orphans.put_in_order(at=tomorrow() + 2 * DAY) == 6


def test_a_row_that_is_back_gets_its_file_back_and_it_opens(world):
    stored = keep_some(3)
    rows = list(EncryptedFile.objects.filter(pk=stored[0].pk))
    forget(stored[:1])
    orphans.put_in_order(at=tomorrow())
    assert there(stored) == 2

    EncryptedFile.objects.bulk_create(rows)
    orphans.put_in_order(at=tomorrow())
    assert (there(stored), lying()) == (3, 0)
    assert b"".join(encrypted_files.stream(rows[0])) == b"x"
    assert AuditEvent.objects.filter(action="orphans_given_back").count() == 1


def test_so_it_does_by_the_command(capsys):
    stored = keep_some(3)
    rows = list(EncryptedFile.objects.filter(pk=stored[0].pk))
    forget(stored[:1])
    orphans.put_in_order(at=tomorrow())
    EncryptedFile.objects.bulk_create(rows)

    call_command("orphans", give_back=True)
    assert there(stored) == 3
    assert "Moved back: 1." in capsys.readouterr().out


def test_after_thirty_days_in_quarantine_it_is_gone():
    stored = keep_some(3)
    forget(stored[:1])
    orphans.put_in_order(at=tomorrow())

    orphans.put_in_order(at=tomorrow() + 30 * DAY)
    assert lying() == 1
    orphans.put_in_order(at=tomorrow() + 32 * DAY)
    assert lying() == 0
    assert AuditEvent.objects.get(action="orphans_removed").new == {"files": 1}


def test_two_of_one_name_lie_side_by_side():
    [one, *_] = keep_some(2)
    stored = raw(one)
    forget([one])
    for content in (stored, b"another"):
        replace_raw(one, content)
        orphans.quarantine([(orphans.ENCRYPTED_FILES, encrypted_files.name_of(one.pk))], why="")

    assert {encrypted_files.files().read(place) for *_, place in orphans.quarantined()} == {
        stored,
        b"another",
    }


def test_a_row_whose_file_is_not_there_is_told(caplog):
    stored = keep_some(2)
    encrypted_files.files().delete(name_of(stored[0]))
    encrypted_files.begin()  # of which nothing was written yet

    orphans.put_in_order(at=tomorrow())
    assert OrphanCheck.objects.get().missing == 1
    assert "1 encrypted files that rows know are not in the storage" in caplog.text


def test_a_letter_part_that_no_row_knows_is_found_too(world, issue):
    world.open_all()
    file = issue()
    part = LetterPart.objects.get()
    letters = store("letters")
    letters.replace(f"{file.pk}/7", letters.read(part.stored_as))

    assert orphans.put_in_order(at=tomorrow()) == 1
    assert [name for _, name, _ in orphans.quarantined()] == [f"{file.pk}/7"]
    assert storage.letters_in(file)

    letters.delete(part.stored_as)
    assert orphans.look().missing == [(storage.STORE, part.stored_as)]


def test_what_a_worker_left_of_a_letter_file_goes_to_quarantine_but_not_in_bulk(world, issue):
    """The database may be the older one, and know only the first of many parts."""
    world.open_all()
    file = issue()
    for number in range(2, 14):
        store("letters").replace(f"{file.pk}/{number}", b"x")
    storage.remove_orphans(file)
    assert len(list(storage.STORE.files())) == 13

    for number in (2, 3, *range(5, 14)):
        store("letters").delete(f"{file.pk}/{number}")
    storage.remove_orphans(file)
    assert (len(list(storage.STORE.files())), lying()) == (1, 1)


def test_what_was_destroyed_and_lies_there_all_the_same_is_removed(world):
    load = make_load(world.board)
    left = raw(load.file)
    EncryptedFile.objects.update(wrapped_key=None, master_key_id="")
    replace_raw(load.file, left)

    assert orphans.remove_destroyed() == 1
    assert not is_there(load.file) and lying() == 0


def test_a_file_that_is_called_almost_like_ours_stops_nobody():
    [stored] = keep_some(1)
    encrypted_files.files().replace(f"{name_of(stored)}.bak", b"x")
    EncryptedFile.objects.update(wrapped_key=None, master_key_id="")

    assert orphans.remove_destroyed() == 1
    assert [kept.name for kept in encrypted_files.files().listed()] == [f"{name_of(stored)}.bak"]


def test_rows_that_nothing_points_to_stay_when_they_are_many(caplog):
    keep_some(11)

    assert orphans.remove_orphan_rows(timezone.now() + DAY) == 0
    assert EncryptedFile.objects.count() == 11
    assert orphans.remove_orphan_rows(timezone.now() + DAY, confirmed=True) == 11
    assert lying() == 11


def test_nothing_is_moved_while_database_and_folder_are_not_of_one_site(caplog):
    stored = keep_some(3)
    forget(stored[:1])
    SiteIdentity.objects.update(site_id="11111111-1111-4111-8111-111111111111")
    try:
        assert orphans.put_in_order(at=tomorrow()) == 0
        assert there(stored) == 3
        assert "another site than the storage" in caplog.text
        with pytest.raises(CommandError, match="site --pair"):
            call_command("orphans", confirm=True)
    finally:
        SiteIdentity.objects.update(site_id=site_identity.of_the_storage())


def test_a_first_start_does_not_bring_together_what_does_not_fit():
    assert orphans.why_not_its_files() == ""
    stored = keep_some(3)
    assert orphans.why_not_its_files() == ""

    rows = list(EncryptedFile.objects.all())
    forget(stored)
    assert "knows nothing of 3 encrypted files" in orphans.why_not_its_files()
    EncryptedFile.objects.bulk_create(rows)
    for one in stored:
        encrypted_files.files().delete(name_of(one))
    assert "lacks 3 encrypted files" in orphans.why_not_its_files()
