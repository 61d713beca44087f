"""While results are loaded, a candidate sees all of what was there before, then all that is new."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
import time_machine
from django.db import connections
from django.test import Client

from centres.models import Candidate, Entry
from loading.engine.csv_reader import csv_rows
from loading.engine.loader import BATCH, load
from loading.engine.report import BadRows, Report
from loading.kinds.results import ResultsFile
from results.models import Result
from tests.builders import AFTER, World, make_syllabus
from tests.results.signed_in import signed_in

OLD, NEW = ["A(a)", "B(b)", "Pending"], ["C(c)", "D(d)", "E(e)"]
HEADER = ",".join(ResultsFile.columns)
OTHERS = BATCH + 100


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AFTER):
        yield


@pytest.fixture
def candidate(transactional_db) -> Client:
    """Has results in three syllabuses, and has seen them."""
    world = World()
    world.open_all()
    _enter_others(world)
    browser = signed_in(world.candidate)
    assert seen(browser) == OLD
    return browser


def _enter_others(world: World) -> None:
    numbers = range(2, OTHERS + 2)
    others = Candidate.objects.bulk_create(
        Candidate(series=world.series, centre=world.main, number=f"{number:04}", name="DOE: Jo")
        for number in numbers
    )
    maths = make_syllabus("0580")
    Entry.objects.bulk_create(Entry(candidate=one, syllabus=maths) for one in others)


def rows() -> list[str]:
    """Results of more than one batch: the candidate's first row in the first, the others in the last."""
    others = [f"June 2026,MAIN1,{number:04},0580,A,90" for number in range(2, OTHERS + 2)]
    own = [
        f"June 2026,MAIN1,0001,{code},{grade},"
        for code, grade in (("0580", "C"), ("9702", "D"), ("0610", "E"))
    ]
    return [own[0], *others, *own[1:]]


def load_rows(rows: list[str], after_batch: Callable[[], object] = lambda: None) -> None:
    report = Report(lambda text: None)
    kind = ResultsFile(report, by="test")
    file = io.BytesIO("\n".join([HEADER, *rows]).encode())
    load(kind, csv_rows(file, kind.columns, report), after_batch=after_batch)


def seen(browser: Client) -> list[str]:
    """The grades on the candidate's page, in the order of the alphabet."""
    page = browser.post("/results/mine/", follow=True).content.decode()
    return [grade for grade in (*OLD, *NEW) if grade in page]


@pytest.fixture
def elsewhere() -> Iterator[Callable[..., Future]]:
    """Does it in another thread, over a connection to the database of its own."""

    def apart(act: Callable, *given):
        try:
            return act(*given)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        yield lambda act, *given: threads.submit(apart, act, *given)


def test_between_two_batches_of_a_load_the_page_is_as_it_was(candidate, elsewhere):
    during = []

    load_rows(rows(), after_batch=lambda: during.append(elsewhere(seen, candidate).result()))

    assert during == [OLD, OLD]
    assert seen(candidate) == NEW
    added = Result.objects.filter(entry__candidate__number__gt="0001")
    assert len(set(added.values_list("added_at", flat=True))) == 1


def test_at_any_moment_of_a_load_the_page_shows_all_that_is_new_or_nothing_of_it(
    candidate, elsewhere
):
    during = []
    loading = elsewhere(load_rows, rows())
    while not loading.done():
        during.append(seen(candidate))

    loading.result()
    assert seen(candidate) == NEW
    assert all(page in (OLD, NEW) for page in during)


def test_a_load_that_is_refused_in_its_last_row_shows_nothing_of_it(candidate):
    with pytest.raises(BadRows):
        load_rows([*rows(), "June 2026,MAIN1,0001,0580,Z,"])

    assert seen(candidate) == OLD
