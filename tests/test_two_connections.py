"""The tests' own: of two who act at once, one really waits for the other."""

import pytest
from django.db import transaction

from centres.models import Centre
from tests.builders import make_centre


def rename(name: str) -> str:
    with transaction.atomic():
        centre = Centre.objects.select_for_update().get(number="MAIN1")
        before, centre.name = centre.name, name
        centre.save()
    return before


def test_the_second_waits_until_the_first_has_committed(first, second):
    make_centre("MAIN1")
    first.begin(rename, "First", until="FOR UPDATE")
    second.begin(rename, "Second")
    second.waits_for(first)
    first.finish()

    assert second.finish() == "First"


def test_who_waits_for_nobody_is_told_apart(first, second):
    make_centre("MAIN1")
    make_centre("ASC01")
    first.begin(rename, "First", until="FOR UPDATE")
    second.begin(Centre.objects.filter(number="ASC01").update, name="Second")

    with pytest.raises(AssertionError, match="it waited for nothing"):
        second.waits_for(first)


def test_what_one_raises_is_raised_at_the_end(first):
    first.begin(rename, "First")
    with pytest.raises(Centre.DoesNotExist):
        first.finish()


def test_an_act_without_the_query_at_which_it_should_stay_is_told(first):
    make_centre("MAIN1")
    with pytest.raises(AssertionError, match="without a query"):
        first.begin(rename, "First", until="no such words")
