"""What has had a secret in its memory ends with its answer: of a file of results nothing is left in any process of a
real gunicorn, and whoever comes next is answered by another (rule 28)."""

import io
import random
import re
import string
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from centres.models import Candidate, Entry
from sealed.models import Seal, SealedFile
from tests.bench.processes import children
from tests.bench.serving import serving
from tests.builders import World, make_candidate, make_series, make_syllabus
from tests.drills.board_browser import BoardBrowser
from tests.loading.test_workbook import HEADS, workbook
from tests.portal.test_key_rotation_running import database_url
from tests.sealed.cast import make_ring, make_seal

GIVE = "/board/sealed-results/series/2026-11/give/"
LOAD = "/board/loading/"
MANY = 1_000
PATIENCE = 30  # seconds


class Site(NamedTuple):
    board: BoardBrowser
    seal: Seal
    gunicorn: int  # its process

    def workers(self) -> set[int]:
        return set(children(self.gunicorn))


@pytest.fixture
def site(request, transactional_db) -> Iterator[Site]:
    """A seal, and two workers before the database of this test."""
    world = World()
    series = make_series(2026, 11)
    make_candidate(world.main, series, grades={"0580": None})
    seal = make_seal(series, make_ring()[0].user)
    own = {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "MFA_REQUIRED": "false",
        "GUNICORN_CMD_ARGS": f"--preload {getattr(request, 'param', '')}",
    }
    with serving(workers=2, **own) as (port, process):
        made = Site(BoardBrowser(port, world.board), seal, process.pid)
        assert until(lambda: len(made.workers()) == 2), "one answers, and there is no second"
        yield made


def until(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


def outcomes(seal: Seal) -> tuple[list[str], bytes]:
    """A thousand marks that stand nowhere else, and the workbook with them, which is not packed."""
    dice = random.Random(1)
    words = ["".join(dice.choices(string.ascii_uppercase, k=10)) for _ in range(MANY)]
    centre = seal.series.candidates.get().centre
    people = Candidate.objects.bulk_create(
        Candidate(series=seal.series, centre=centre, number=f"{number}", name=f"NAME: {number}")
        for number in range(2_000, 2_000 + MANY)
    )
    Entry.objects.bulk_create(
        Entry(candidate=one, syllabus=make_syllabus(), option_code="AX") for one in people
    )
    rows = [
        ("0580", "AX", centre.number, one.number, one.name, word, 127, "B")
        for one, word in zip(people, words, strict=True)
    ]
    packed = zipfile.ZipFile(io.BytesIO(workbook(HEADS, *rows, name="November_2026_0580")))
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as unpacked:
        for name in packed.namelist():
            unpacked.writestr(name, packed.read(name))
    return words, whole.getvalue()


def in_memory(pid: int) -> bytes:
    """All that a process can read or write."""
    held = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            where, rights = line.split()[:2]
            if rights.startswith("r") and "[v" not in line:
                start, end = (int(one, 16) for one in where.split("-"))
                with suppress(OSError, OverflowError):
                    memory.seek(start)
                    held.append(memory.read(end - start))
    return b"".join(held)


def found_in(held: bytes, words: list[str]) -> int:
    """How many of them stand in it."""
    wanted = {word.encode() for word in words}
    runs = (one[0] for one in re.finditer(rb"[A-Z]{10,}", held))
    return len({run[at : at + 10] for run in runs for at in range(len(run) - 9)} & wanted)


@pytest.mark.parametrize("site", ["", "--threads 4"], ids=["plain", "threads"], indirect=True)
def test_nothing_of_a_file_is_left_in_any_process(site):
    words, content = outcomes(site.seal)
    assert found_in(content, words) == MANY
    before = site.workers()

    status, page = site.board.upload(GIVE, "results.xlsx", content)

    assert status == 200 and "The file is sealed" in page, page
    assert SealedFile.objects.count() == 1
    assert until(lambda: len(site.workers() & before) == 1), "no worker has ended"
    assert until(lambda: len(site.workers()) == 2), "none has taken its place"
    assert site.board.ask(GIVE)[0] == 200
    for pid in (site.gunicorn, *site.workers()):
        held = in_memory(pid)
        assert b"gunicorn" in held
        assert re.search(r"Max core file size +0 +0", Path(f"/proc/{pid}/limits").read_text())
        assert found_in(held, words) == 0


def test_nothing_is_left_of_bad_rows_nor_of_a_file_given_at_the_wrong_page(site):
    words, content = outcomes(site.seal)
    Entry.objects.filter(candidate__number__gte="2500").update(withdrawn=True)
    for path in (GIVE, LOAD):
        before = site.workers()
        status, page = site.board.upload(path, "results.xlsx", content)
        assert status == 200 and ("500 bad rows" in page or "is of November 2026" in page)
        assert until(lambda: len(site.workers() - before) == 1), path  # noqa: B023 # at once
    assert until(lambda: len(site.workers()) == 2)
    assert sum(found_in(in_memory(pid), words) for pid in (site.gunicorn, *site.workers())) == 0


def test_whoever_posts_elsewhere_or_asks_for_a_page_ends_no_process(site):
    before = site.workers()
    for _ in range(4):
        assert site.board.ask(GIVE)[0] == 200
        assert site.board.ask("/board/", any="thing")[0] in (403, 405)
    assert site.workers() == before
    site.board.ask("/board/sealed-results/none/", passphrase="seven words of a sheet")
    assert until(lambda: site.workers() != before), "it had a passphrase"
