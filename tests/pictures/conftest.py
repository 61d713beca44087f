"""The made-up site that pictures are taken of."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from accounts.models import User
from centres.models import Centre, Series
from core import jobs
from credentials.letters.issuing import request_letters
from credentials.models import LetterFile
from demo import fill, sealed_series
from sealed import keyholders
from tests.builders import PASSWORD, make_series

DAY = dt.datetime(2026, 7, 1, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def login(transactional_db) -> Iterator[dict[str, str]]:
    """The demo's cohort on a fixed day, with letters of AC101 that have become outdated, and a sealed series; the
    login of a candidate who can see results."""
    with time_machine.travel(DAY):
        around = fill.fill(password=PASSWORD, now=DAY)
        fill.make_login(around.coming)
        _outdate("AC101", around.coming)
        _seal(around.later)
        yield fill.make_login(around.released)


def _outdate(number: str, series: Series) -> None:
    centre = Centre.objects.get(number=number)
    officer = User.objects.get(username="officer.ac101")
    candidates = centre.candidates.filter(series=series)
    file = request_letters(centre=centre, series=series, by=officer, candidates=candidates)
    jobs.run(LetterFile._meta.label, str(file.pk))
    centre.main_link.arrangements.update(delay=dt.timedelta(hours=3))


def _seal(series: Series) -> None:
    """To the demo's keyholders. Somebody is to follow one of them, somebody has yet to make keys, and another series
    can be sealed."""
    sealed_series.begin(series, password=PASSWORD)
    fourth, _ = (
        User.objects.create_superuser(username, f"{username}@example.org", PASSWORD, name=name)
        for username, name in (
            ("board.4", "Fourth board operator"),
            ("board.5", "Fifth board operator"),
        )
    )
    keyholders.make(fourth)
    out = dt.datetime(2027, 5, 20, 6, 0, tzinfo=dt.UTC)
    make_series(2027, 3, credentials_from=dt.date(2027, 1, 25), releases={fill.IGCSE: out})
