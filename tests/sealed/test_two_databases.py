"""Two databases that differ only in sealed grades: the same is told of both until they are opened (rule 28).

One file is given, all that can be asked is asked, and everything is undone; then the same with a file of other grades.
The clock stands still, and numbers of rows are given out alike, for what is undone gives them back (on SQLite). What is
random and tells nothing – UUIDs, digests and signatures, tokens against forged requests, ids of requests – is replaced
by its name and length, and encrypted bytes by how many they are.
"""

import io
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext

from core import encrypted_files
from loading.engine.loader import load
from loading.engine.report import Report
from loading.kinds.results import ResultsFile
from loading.registry import rows_of
from results.models import Result
from sealed import checking, giving
from sealed.models import Seal, SealedFile
from tests.asked import but_for_its_id
from tests.builders import IGCSE_RELEASE, erase, make_candidate
from tests.operations.test_metrics import told as metrics
from tests.sealed.cast import make_seal
from tests.sealed.test_opening import HEADS
from tests.sealed.undone import Undone
from tests.sweeps import PAGES
from tests.test_sweeps import address, addresses, board_address, cast

__all__ = ["cast"]

pytestmark = pytest.mark.one_database
NOBODY_KNOWS = {  # the same rows
    "one": ["A*,99", "B,75", "A,80", "E,41", "UNGRADED,", "C,60", "Q,", "A,82", "B,70", "X,"],
    "other": ["UNGRADED,", "E,40", "X,", "A*,100", "G,22", "Q,", "B,77", "E,44", "Q,", "D,50"],
}
ROLES = ("anonymous", "candidate", "stranger", "main", "board")
RANDOM = [
    (re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}"), "UUID"),
    (re.compile(r"X'[0-9A-Fa-f]*'"), "BYTES"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "DIGEST"),
    (re.compile(r'(?<=data-token=)"\w+"'), "TOKEN"),
    (re.compile(r'(?<="challenge": )"[\w-]+"'), "CHALLENGE"),
    (re.compile(r'(name="csrfmiddlewaretoken" value=)"\w+"'), "TOKEN"),
]
SAVEPOINT = re.compile(r'"s\d+_x\d+"')  # numbered by the process
NEW_EACH_TIME = "/account/authenticator/set-up/"  # a secret, and its picture
STATE = "/board/state/"  # but for its figures, which are also of the disk and the clocks
OF_THE_MACHINE = re.compile(r"disk|clock|seconds|process_|python_|reading_")


@pytest.fixture
def seal(world, cast) -> Seal:
    """Of the series of the sweeps, whose instants have come: ten entries, and no result yet."""
    erase(Result.objects.all())
    for number in range(2, 12):
        make_candidate(world.main, world.series, f"{number:04}", grades={"0580": None})
    with time_machine.travel(IGCSE_RELEASE, tick=False):
        return make_seal(world.series, world.sealed.ring[0].user)


def text(grades: list[str]) -> str:
    rows = [f"2026-06,MAIN1,{number:04},0580,{one}" for number, one in enumerate(grades, 2)]
    return HEADS + "".join(f"{row}\n" for row in rows)


def give(seal: Seal, content: bytes, **faults: Any) -> SealedFile:
    checked = checking.check(seal.series, io.BytesIO(content))
    assert checked.bad == 0
    length = faults.get("length", checked.length)
    counts = checked.counts | faults.get("counts", {})
    return giving.keep(
        seal, memoryview(content), counts, length=length, name="made-up.csv", by="board"
    )


def load_plainly(seal: Seal, content: bytes) -> None:
    """As if it were opened."""
    seal.series.sealed = False
    seal.series.save()
    kind = ResultsFile(Report(), by="board")
    load(kind, rows_of(kind, io.BytesIO(content), kind.report))


class Told:
    """All that is told, to whom and where."""

    def __init__(self, world, cast, caplog) -> None:
        self.world, self.cast, self.caplog = world, cast, caplog
        of_all = [address(name, world) for name in PAGES]
        of_the_board = [
            board_address(name, world).replace(world.sealed.seal.series.slug, world.series.slug)
            for name in sorted(addresses().keys() - PAGES.keys())
        ]
        self.asked = [
            *((role, url) for url in of_all for role in ROLES if url != NEW_EACH_TIME),
            *(("board", url) for url in of_the_board),
        ]

    def once_done(self, act: Callable, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        self.caplog.clear()
        reset_queries()
        with time_machine.travel(IGCSE_RELEASE, tick=False), Undone():
            before = self._files()
            with CaptureQueriesContext(connection) as queries:
                act(*args, **kwargs)
            found: dict[Any, Any] = {"database's log": [plain(one["sql"]) for one in queries]}
            found |= self._pages()
            found["metrics"] = [
                line for line in metrics().splitlines() if not OF_THE_MACHINE.search(line)
            ]
            found["sizes of files"] = sorted(
                size for name, size in self._files().items() if name not in before
            )
            for model in apps.get_models():
                rows = model._default_manager.order_by("pk").values_list()
                found[model._meta.label] = sorted([plain(value) for value in row] for row in rows)
        found["log"] = [
            plain(f"{one.name} {one.levelname} {one.getMessage()}")
            for one in self.caplog.records
            if not one.name.startswith(("django.db", "asyncio"))
        ]
        return found

    def _files(self) -> dict[str, int]:
        return {one.name: one.size for one in encrypted_files.files().listed()}

    def _pages(self) -> dict[Any, Any]:
        return {(role, url): self._answer(self.cast[role], url) for role, url in self.asked}

    def _answer(self, browser, url: str) -> tuple:
        cookies = dict(browser.cookies)
        reset_queries()
        random.seed(1)  # what is drawn by lot, such as when to come back, is drawn alike
        with Undone(), CaptureQueriesContext(connection) as queries:
            answer = browser.get(url)
            content = answer.getvalue()
        browser.cookies.clear()
        browser.cookies.update(cookies)
        if url == STATE:
            return answer.status_code, re.sub(r"\d+", "", plain(content.decode())), len(queries)
        headers = {name: plain(value) for name, value in but_for_its_id(answer).items()}
        if not answer.headers.get("Content-Type", "").startswith(("text", "application/json")):
            return answer.status_code, headers, len(content), len(queries)
        return answer.status_code, headers, plain(content.decode()), len(queries)


def plain(value: Any) -> Any:
    """But for what is random and tells nothing."""
    if isinstance(value, bytes | memoryview):
        return f"{len(value)} bytes"
    said = str(value)
    for pattern, name in RANDOM:
        said = pattern.sub(lambda found, name=name: f"{name} of {len(found[0])}", said)
    return SAVEPOINT.sub("SAVEPOINT", said)


def where_differ(one: dict, other: dict) -> list:
    assert one.keys() == other.keys()
    return [key for key in one if one[key] != other[key]]


@pytest.fixture
def told(world, cast, caplog, seal) -> Told:
    caplog.set_level("INFO")
    return Told(world, cast, caplog)


def test_until_they_are_opened_nothing_tells_which_of_two_files_it_was(told, seal):
    told.once_done(lambda: None)  # whatever is remembered in the process is remembered from now on
    one, other = (
        told.once_done(give, seal, text(NOBODY_KNOWS[which]).encode()) for which in NOBODY_KNOWS
    )

    assert where_differ(one, other) == []
    assert one["sizes of files"] and one["sealed.SealedFile"] and one["database's log"]


def test_what_is_told_is_looked_at(told, seal):
    """A length that is not padded, and a count of grades in the manifest."""
    files = [text(NOBODY_KNOWS[which]).encode() for which in ("one", "other")]
    told.asked = []  # the rows and files do
    unpadded = [told.once_done(give, seal, file, length=len(file) * 1000) for file in files]
    counted = [
        told.once_done(give, seal, file, counts={"A*": file.count(b"A*,9")}) for file in files
    ]

    assert "sizes of files" in where_differ(*unpadded)
    assert {"sealed.SealedFile", "database's log"} <= set(where_differ(*counted))


def test_and_once_they_are_loaded_they_differ(told, seal):
    files = [text(NOBODY_KNOWS[which]).encode() for which in ("one", "other")]
    told.asked = [("main", "/entries-and-results/2026-06/MAIN1/"), ("board", "/board/search/")]
    told.asked += [(role, "/entries-and-results/2026-06/MAIN1/candidates/0002/") for role in ROLES]
    differ = where_differ(*(told.once_done(load_plainly, seal, file) for file in files))

    assert "results.Result" in differ
    assert ("main", "/entries-and-results/2026-06/MAIN1/") in differ
