"""keys.json changes whole or not at all, is its owner's alone, and is seen to have changed."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal import keys as key_file
from portal.keys import KeyRing, load_or_make, parse

KEY = "A" * 43 + "="


@pytest.fixture
def path(tmp_path):
    load_or_make(tmp_path / "keys.json")
    return tmp_path / "keys.json"


def test_a_new_key_stands_before_the_others_and_leaves_them_as_they_are(path):
    before = json.loads(path.read_text())
    KeyRing("MASTER_KEYS", path).add("2")
    after = json.loads(path.read_text())

    new, _, old = after.pop("MASTER_KEYS").partition(",")
    assert new.startswith("2:")
    assert old == before.pop("MASTER_KEYS")
    assert after == before


def test_only_its_owner_reads_it_and_nothing_lies_beside_it(path):
    (path.parent / ".keys.json.0123456789abcdef").write_text("left by one that was killed")
    KeyRing("MASTER_KEYS", path).add("2")
    KeyRing("MASTER_KEYS", path).remove("1")

    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_changed_by_root_it_is_still_its_owners(path):
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    os.chown(path, 12345, 12345)
    KeyRing("MASTER_KEYS", path).add("2")

    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 12345)


def test_when_it_cannot_be_written_it_is_as_before(path, monkeypatch):
    before = path.read_text()
    ring = KeyRing("MASTER_KEYS", path)

    def full(*arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(os, "fsync", full)
        ring.add("2")

    assert path.read_text() == before
    assert list(path.parent.iterdir()) == [path]


def test_several_who_change_it_at_once_lose_no_key(path):
    rings = [KeyRing(name, path) for name in ("MASTER_KEYS", "PEPPER_KEYS") for _ in range(3)]

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: rings[number].add(str(number + 10)), range(6)))

    assert set(rings[0]) == {"1", "10", "11", "12"}
    assert set(rings[3]) == {"1", "13", "14", "15"}


def test_who_waited_while_it_was_replaced_is_alone_with_the_new_one(path):
    entered, leave, third = threading.Event(), threading.Event(), threading.Event()

    def wait_and_stay():
        with key_file.alone_with(path):
            entered.set()
            leave.wait(30)

    def come_third():
        with key_file.alone_with(path):
            third.set()

    with ThreadPoolExecutor(2) as pool:
        with key_file.alone_with(path):
            pool.submit(wait_and_stay)
            time.sleep(0.3)  # until the other waits, with the file of before in hand
            key_file.replace(path, path.read_text())
        assert entered.wait(30)
        pool.submit(come_third)
        together = third.wait(0.5)
        leave.set()
    assert third.is_set()
    assert not together


def test_of_two_who_add_the_same_key_the_second_is_told(path):
    KeyRing("MASTER_KEYS", path).add("2")
    with pytest.raises(FileExistsError):
        KeyRing("MASTER_KEYS", path).add("2")


def test_while_it_cannot_be_read_the_keys_of_before_hold_and_the_log_says_so_once(path, caplog):
    ring = KeyRing("MASTER_KEYS", path)
    keys = dict(ring.items())
    text = path.read_text()
    for spoil in (path.unlink, lambda: path.write_text(text[:50])):
        caplog.clear()
        spoil()
        with caplog.at_level(logging.ERROR):
            assert dict(ring.items()) == keys
            assert list(ring) == ["1"]
        assert len(caplog.messages) == 1
        assert text[20:50] not in caplog.text
        path.write_text(text)
        assert dict(ring.items()) == keys


ANOTHER_PROCESS = """
import sys
from pathlib import Path
from portal.keys import KeyRing
ring = KeyRing("MASTER_KEYS", Path(sys.argv[1]))
for line in sys.stdin:
    print(*ring, flush=True)
"""


def test_a_process_that_runs_sees_each_change_at_once(path):
    ring = KeyRing("MASTER_KEYS", path)
    command = [sys.executable, "-c", ANOTHER_PROCESS, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:

        def its_keys() -> str:
            process.stdin.write("\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        assert its_keys() == "1"
        for number in range(2, 5):
            ring.add(str(number))
            assert its_keys().startswith(f"{number} ")
            ring.remove(str(number - 1))
            assert its_keys() == str(number)
        process.stdin.close()


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (f"1+2:{KEY}", "must be 'id:key'"),
        (f":{KEY}", "must be 'id:key'"),
        (f"{'long' * 6}:{KEY}", "must be 'id:key'"),
        (f"1:{KEY},1:{KEY}", "two keys with the id 1"),
        (",".join(f"{number}:{KEY}" for number in range(5)), "4 keys at most"),
        (None, "must be 'id:key'"),
    ],
)
def test_what_cannot_be_keys_is_refused_with_the_remedy_and_without_the_key(text, remedy):
    with pytest.raises(ValueError, match=remedy) as refused:
        parse("PEPPER_KEYS", text)
    assert KEY not in str(refused.value)
