"""Delays in hours and minutes (rule 10), contacts, and what the forms refuse."""

import datetime as dt

import pytest
from django.forms import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from centres.forms.delay import DelayField
from centres.models.arrangements import LONGEST_DELAY
from core.dates import hours

field = DelayField(required=False)


@given(st.integers(0, 9999 * 60 + 59))
def test_a_delay_read_back_is_the_delay_that_was_written(minutes):
    delay = dt.timedelta(minutes=minutes)

    assert field.clean(hours(delay)) == delay


@pytest.mark.parametrize("text", ["2", "2.30", "1:60", "1:5", "-1:00", "1:00:00", "10000:00", "x"])
def test_what_is_no_delay_is_refused(text):
    with pytest.raises(ValidationError):
        field.clean(text)


def test_the_edges():
    assert field.clean("") == dt.timedelta()
    assert field.clean(" 0:00 ") == dt.timedelta()
    assert field.clean("9999:59") == LONGEST_DELAY
