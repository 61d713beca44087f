"""The made-up site that pictures are taken of."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from centres import work
from centres.models import Centre, Series
from centres.models.accounts import User
from credentials.issuing import request_letters
from credentials.models import LetterFile
from portal import demo
from tests.builders import PASSWORD

DAY = dt.datetime(2026, 7, 1, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def login(transactional_db) -> Iterator[dict[str, str]]:
    """The demo's cohort on a fixed day, with letters of AC101 that have become outdated; the login of a
    candidate who can see results."""
    with time_machine.travel(DAY):
        around = demo.fill(password=PASSWORD, now=DAY)
        demo.make_login(around.coming)
        _outdate("AC101", around.coming)
        yield demo.make_login(around.released)


def _outdate(number: str, series: Series) -> None:
    centre = Centre.objects.get(number=number)
    officer = User.objects.get(username="officer.ac101")
    candidates = centre.candidates.filter(series=series)
    file = request_letters(centre=centre, series=series, by=officer, candidates=candidates)
    work.run(LetterFile._meta.label, str(file.pk))
    centre.main_link.arrangements.update(delay=dt.timedelta(hours=3))
