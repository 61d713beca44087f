"""A store, in a folder and in S3: what holds for both."""

import os
import time

import pytest

from storage.folder import Folder
from storage.s3 import PART
from storage.store import QUARANTINE, Store, _store, store

pytestmark = pytest.mark.usefixtures("storages", "db")


def other_machine(area: str) -> Store:
    """As a process has it that has never talked to this storage."""
    _store.cache_clear()
    return store(area)


def test_what_is_replaced_is_whole_and_what_is_created_takes_no_others_place():
    files = store("letters")
    assert files.create("a/1", b"first") and not files.create("a/1", b"second")
    assert files.read("a/1") == b"first"
    files.replace("a/1", b"third")

    assert files.read("a/1") == b"third"
    assert [kept[:2] for kept in files.listed()] == [("a/1", 5)]
    [kept] = files.listed("a")
    assert abs(kept.written - time.time()) < 60


def test_any_range_is_read_and_nothing_behind_the_end():
    files = store("letters")
    files.replace("a", b"0123456789")

    assert (files.read("a", 3), files.read("a", 2, 3), files.read("a", 8, 9)) == (
        b"3456789",
        b"234",
        b"89",
    )
    assert files.read("a", 10, 5) == b""


def test_what_is_not_there_is_said_and_may_be_deleted():
    files = store("letters")
    files.delete("a")

    assert not files.exists("a") and list(files.listed()) == []
    for act in (lambda: files.read("a"), lambda: files.move("a", "b")):
        with pytest.raises(FileNotFoundError):
            act()


def test_what_is_moved_to_a_folder_with_a_dot_is_listed_there_alone():
    files = store("letters")
    files.replace("a/1", b"x")
    files.move("a/1", f"{QUARANTINE}/2026-01-01/a/1")

    assert list(files.listed()) == []
    assert [kept.name for kept in files.listed(QUARANTINE)] == [f"{QUARANTINE}/2026-01-01/a/1"]


def test_areas_do_not_see_each_other():
    store("letters").replace("a", b"x")
    assert not store("stored").exists("a") and store("").exists("site-id")


GROWN = [10, PART - 1, PART, PART + 1, 2 * PART, 3 * PART + 7]


@pytest.mark.parametrize("size", GROWN)
def test_what_grows_goes_on_at_another_machine(size):
    data, step = os.urandom(size), PART // 2 + 11
    appended = saved = 0
    while True:
        growing = other_machine("stored").grow("a", appended=appended, saved=saved)
        assert growing.tail == data[appended:saved]
        if saved == size:
            break
        next_at = min(appended + step, size - 5)
        growing.append(data[appended:next_at])
        appended, saved = next_at, min(next_at + 100, size)
        growing.save(data[appended:saved])
        growing.close()
    growing.finish(data[appended:])
    growing.forget()
    growing.close()

    assert store("stored").read("a") == data
    assert list(store("stored").unfinished()) == []


def test_killed_before_a_row_says_what_was_saved_it_goes_on_from_the_save_before():
    first = store("stored").grow("a", appended=0, saved=0)
    first.append(b"a" * PART)
    first.save(b"tail")
    first.append(b"b" * PART)
    first.save(b"lost")
    first.close()

    second = other_machine("stored").grow("a", appended=PART, saved=PART + 4)
    assert second.tail == b"tail" or isinstance(store("stored"), Folder)  # overwritten there
    second.append(b"c" * PART)
    second.finish(b"end")
    second.close()
    assert store("stored").read("a") == b"a" * PART + b"c" * PART + b"end"


@pytest.mark.parametrize("size", [100, 2 * PART + 5])
def test_killed_before_a_row_says_that_it_is_whole_it_is_finished_once_more(size):
    data = os.urandom(size)
    first = store("stored").grow("a", appended=0, saved=0)
    first.append(data[:-9])
    first.save(data[-9:])
    first.finish(data[-9:])
    first.close()

    again = other_machine("stored").grow("a", appended=size - 9, saved=size)
    again.finish(again.tail)
    again.forget()
    again.close()
    assert store("stored").read("a") == data
    assert list(store("stored").unfinished()) == []


def test_what_is_abandoned_leaves_nothing():
    growing = store("stored").grow("a", appended=0, saved=0)
    growing.append(b"a" * 2 * PART)
    growing.save(b"tail")
    growing.close()
    store("stored").abandon("a")
    store("stored").delete("a")

    assert [*store("stored").unfinished(), *store("stored").listed()] == []
