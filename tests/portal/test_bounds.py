"""What is typed is bounded by its length, and what it costs by what there is to look at."""

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.urls import get_resolver

from centres import groups
from centres.forms.status import ManyField, StatusForm
from core import searching
from core.searching import LONGEST, searched_for
from tests.builders import make_candidate
from tests.layout import packages

LIBRARIES = ("allauth.", "django.contrib.auth.")
OURS = tuple(f"{package}." for package in packages())


def every_form(base: type = forms.BaseForm) -> Iterator[type[Any]]:
    """Every form of ours, of however deep a family."""
    get_resolver().url_patterns  # which brings all of them in
    for one in base.__subclasses__():
        if one.__module__.startswith(OURS):
            yield one
        yield from every_form(one)


def from_library(form: type[Any], field: str) -> bool:
    """A field of allauth's or Django's, on a page that takes 16 KB (`portal.limits`)."""
    theirs = (one for one in form.__mro__ if one.__module__.startswith(LIBRARIES))
    return any(field in getattr(one, "base_fields", {}) for one in theirs)


def test_every_field_that_takes_text_says_how_long_it_may_be(db):
    found = list(every_form())
    assert StatusForm in found
    endless = [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in found
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField)
        if not field.max_length and not from_library(form, name)
    ]
    assert endless == []


SEARCHES = [  # address, and the name of what is searched for
    ("/candidate-results/2026-06/MAIN1/", "search"),
    ("/candidate-results/2026-06/MAIN1/results-day/", "search"),
    ("/candidate-results/2026-06/MAIN1/attached-centres/", "search"),
    ("/entries-and-results/2026-06/MAIN1/candidates/", "search"),
    ("/file-exchange/", "find"),
    ("/file-exchange/series/2026-06/MAIN1/", "search"),
    ("/people/", "search"),
    ("/people/MAIN1/", "search"),
    ("/guidance/", "search"),
]


@pytest.mark.parametrize(("url", "name"), SEARCHES)
def test_a_search_is_no_longer_than_anybody_types(client, world, url, name):
    client.force_login(world.officer)
    page = client.get(url, {name: "q" * 3_000})
    assert page.status_code == 200
    if "results-day" not in url:  # which stands in its own address, to be renewed
        assert b"q" * (LONGEST + 1) not in page.content
    assert searched_for({name: "\0 " + "q" * 3_000}, name) == "q" * LONGEST


def test_a_long_search_that_is_posted_is_folded_once_however_many_there_are(
    client, world, monkeypatch
):
    for number in range(2, 12):
        make_candidate(world.main, world.series, f"{number:04}")
    client.force_login(world.officer)
    searching._signs()
    searching._compiled.cache_clear()
    read = []
    folded = searching.folded
    monkeypatch.setattr(searching, "folded", lambda text: read.append(len(text)) or folded(text))
    url = "/candidate-results/2026-06/MAIN1/"
    client.post(url, {"search": "q" * 15_000, "candidate": ["0001"]})
    assert sum(read) == LONGEST
    assert max(map(len, searching.patterns("q" * LONGEST))) < 20_000


class Counted(str):
    """A candidate number that counts how often it is compared."""

    compared = 0

    def __lt__(self, other: str) -> bool:
        Counted.compared += 1
        return super().__lt__(other)

    def __le__(self, other: str) -> bool:
        Counted.compared += 1
        return super().__le__(other)

    def __gt__(self, other: str) -> bool:
        Counted.compared += 1
        return super().__gt__(other)

    def __ge__(self, other: str) -> bool:
        Counted.compared += 1
        return super().__ge__(other)


def test_each_number_of_the_groups_is_looked_up_and_not_compared_with_every_candidate():
    numbers = [Counted(f"{number:04}") for number in range(1, 2_001)]
    Counted.compared = 0
    found = groups.read("11A: " + ", ".join(numbers), numbers)
    assert len(found) == 2_000
    assert Counted.compared < 2_000 * 30  # and not 2,000 times 2,000


def test_lines_that_name_everybody_again_and_again_are_not_read_on():
    numbers = [f"{number:04}" for number in range(1, 2_001)]
    with pytest.raises(groups.BadLines, match="more than once") as error:
        groups.read("11A: " + "0001-2000, " * 9_000, numbers)
    assert len(error.value.said) == 1


def test_of_very_many_wrong_lines_a_few_are_said():
    with pytest.raises(groups.BadLines) as error:
        groups.read("wrong\n" * 10_000, ["0001"])
    assert len(error.value.said) == groups.SAID + 1
    assert error.value.said[-1] == "And 9980 more lines."


def test_ticks_among_thousands_are_looked_up_in_a_set():
    compared = []

    class Choice(str):
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            compared.append(other)
            return super().__eq__(other)

    numbers = [f"{number:04}" for number in range(2_000)]
    field = ManyField(choices=[(Choice(number), number) for number in numbers])
    assert field.clean(numbers) == numbers
    with pytest.raises(forms.ValidationError, match="9999 is not one of"):
        field.clean(["0001", "9999"])
    field.widget.render("candidates", numbers)
    assert len(compared) < 3 * len(numbers)
