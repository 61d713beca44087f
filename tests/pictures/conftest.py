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
from demo import fill
from tests.builders import PASSWORD

DAY = dt.datetime(2026, 7, 1, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def login(transactional_db) -> Iterator[dict[str, str]]:
    """The demo's cohort on a fixed day, with letters of AC101 that have become outdated; the login of a
    candidate who can see results."""
    with time_machine.travel(DAY):
        around = fill.fill(password=PASSWORD, now=DAY)
        fill.make_login(around.coming)
        _outdate("AC101", around.coming)
        yield fill.make_login(around.released)


def _outdate(number: str, series: Series) -> None:
    centre = Centre.objects.get(number=number)
    officer = User.objects.get(username="officer.ac101")
    candidates = centre.candidates.filter(series=series)
    file = request_letters(centre=centre, series=series, by=officer, candidates=candidates)
    jobs.run(LetterFile._meta.label, str(file.pk))
    centre.main_link.arrangements.update(delay=dt.timedelta(hours=3))
