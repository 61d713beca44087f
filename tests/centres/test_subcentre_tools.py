"""Above the rows of *Subcentre Management*: chips, search, ticks, *Apply to the ticked*. Each posts the whole form and
brings it back as it was typed; none of them saves. What is unsaved is marked, and what *Save* would do is told.
"""

import datetime as dt
import re

import pytest

from centres.models import AuditEvent
from centres.subcentres import management_of
from centres.terms import terms_for
from credentials.models import Credentials
from tests.builders import give, make_login
from tests.centres.test_page_subcentres import URL, filled, page, text

__all__ = ["page"]

HOUR = dt.timedelta(hours=1)


def shown(html: str) -> list[str]:
    rows = re.findall(
        r'<tr role="row"([^>]*)>(?:(?!<tr).)*?name="ticked" value="(\w+)"', html, re.S
    )
    return [number for said, number in rows if "hidden" not in said]


def ticked(html: str) -> list[str]:
    return re.findall(r'name="ticked" value="(\w+)"[^>]* checked', html)


def chips(html: str) -> dict[str, str]:
    return dict(
        re.findall(r'name="show" value="([\w-]+)" class="chip[^>]*>[^<]*<b>(\d+)</b>', html)
    )


def changes(html: str) -> list[str]:
    found = re.findall(r"<li><b>(.*?)</b> (.*?)</li>", html)
    return [" ".join(one) for one in found]


@pytest.fixture
def untouched(world):
    """Whatever was pressed, nothing was saved."""
    yield
    assert management_of(world.main, world.series).version == 0
    assert not AuditEvent.objects.filter(action="subcentres_saved").exists()


def test_chips_count_and_show_the_rows_as_they_were_typed(page, world, untouched):
    typed = filled(world, ASC01__delay="2:00", ASC02__give_access="on")

    html = text(page.post(URL, typed | {"show": "with-delay"}))
    assert shown(html) == ["ASC01"]
    assert chips(html) == {
        "all": "2", "no-access": "1", "centre-defined": "0", "with-delay": "1", "changed": "2", "own": "0"
    }  # fmt: skip
    assert 'name="ASC01-delay" value="2:00"' in html
    assert re.search(r'name="ASC02-give_access"[^>]* checked', html)
    assert "2 unsaved changes</b>" in html and "at 2 centres" in html


def test_a_search_finds_numbers_and_names_and_loses_nothing_that_was_typed(page, world, untouched):
    world.associate.name = "Colegio Ñandú"
    world.associate.save()
    typed = filled(world, ASC02__delay="1:3", contact_name="Amy")

    html = text(page.post(URL, typed | {"do": "search", "search": "nandu"}))
    assert shown(html) == ["ASC01"]
    assert 'value="1:3"' in html and 'value="Amy"' in html
    assert "Not saved" not in html

    html = text(page.post(URL, typed | {"do": "search", "search": "nobody"}))
    assert shown(html) == []
    assert "Show all 2" in html


def test_tick_all_ticks_those_that_are_shown_and_ticks_stay(page, world, untouched):
    typed = filled(world) | {"searched": "ASC02", "search": "ASC02"}

    html = text(page.post(URL, typed | {"do": "tick", "ticked": ["ASC01"]}))
    assert ticked(html) == ["ASC01", "ASC02"]
    assert "Apply to the <span data-ticked-many>2</span> ticked" in html
    assert ticked(text(page.post(URL, typed | {"do": "tick"}))) == ["ASC02"]
    assert ticked(text(page.post(URL, typed | {"do": "untick", "ticked": ["ASC01"]}))) == []


def test_apply_fills_the_fields_of_the_ticked_rows_and_saves_nothing(page, world, untouched):
    bulk = {"bulk-delay": "2:00", "bulk-access": "given", "bulk-contact_choice": "centre"}

    html = text(page.post(URL, filled(world) | bulk | {"do": "apply", "ticked": ["ASC02"]}))
    assert re.search(r'name="ASC02-delay" value="2:00"[^>]* data-was="0:00"', html)
    assert html.count('<span class="was">was 0:00</span>') == 1
    assert re.search(r'name="ASC02-give_access"[^>]* checked', html)
    assert 'name="ASC01-delay" value="0:00"' in html
    assert "3 unsaved changes</b>" in html and "at 1 centre<" in html
    assert "Discard <span data-unsaved-many>3</span> change" in html


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"bulk-delay": "2:00"}, "Tick the centres that it is for."),
        ({"ticked": ["ASC01"]}, "Choose a delay, access or contact for them."),
        ({"ticked": ["ASC01"], "bulk-delay": "two"}, "Write the delay as hours and minutes"),
    ],
)
def test_what_cannot_be_applied_says_why(page, world, untouched, asked, why):
    html = text(page.post(URL, filled(world) | asked | {"do": "apply"}))

    assert "Nothing was applied." in html and why in html
    assert "Nothing is unsaved." in html


def test_enter_in_a_field_searches_or_applies_before_it_saves(page, world):
    entered = filled(world, ASC01__delay="1:00") | {"do": "enter"}

    assert shown(text(page.post(URL, entered | {"search": "ASC02"}))) == ["ASC02"]
    bulk = {"ticked": ["ASC02"], "bulk-delay": "3:00"}
    assert 'name="ASC02-delay" value="3:00"' in text(page.post(URL, entered | bulk))
    assert management_of(world.main, world.series).version == 0

    assert page.post(URL, entered).status_code == 302
    assert management_of(world.main, world.series).rows["ASC01"].delay == HOUR


def test_discard_says_how_many_changes_are_gone(page, world, untouched):
    typed = filled(world, ASC01__delay="1:00", contact_name="Amy")

    html = text(page.post(URL, typed | {"do": "discard"}, follow=True))
    assert "2 changes are discarded. Nothing was saved." in html
    assert "Nothing is unsaved." in html and "Amy" not in html


def test_what_save_will_do_counts_delays_logins_and_letters(page, world):
    world.open_all()
    for centre in ("ASC01", "ASC02"):
        make_login(world.candidates[centre])
    typed = filled(world, ASC01__give_access=None, ASC02__delay="2:00")
    version = management_of(world.main, world.series).version

    html = text(page.post(URL, typed | {"do": "preview"}))
    assert changes(html) == [
        "1 centre delay 0:00 → 2:00",
        "1 centre loses access: ASC01. 1 login ends at once; you are asked first",
        "1 letter at 1 centre becomes outdated",
    ]
    assert "1 letter becomes outdated · 1 login ends: you are asked before that" in html
    assert "<html" not in html
    assert management_of(world.main, world.series).version == version
    assert terms_for(world.associate, world.series).access is True
    assert Credentials.objects.live().count() == 2


def test_use_defaults_tells_what_it_changes_for_all(page, world, untouched):
    give(world.associate, world.series, access=True, delay=4 * HOUR)
    typed = filled(world, use_defaults="on", defaults__give_access="on", defaults__delay="4:00")

    html = text(page.post(URL, typed | {"show": "all"}))
    assert changes(html) == [
        "Use defaults applies to all 2 Associate Centres",
        "1 centre delay 0:00 → 4:00",
        "1 centre gets access: ASC02",
    ]
    assert "Once saved, for all 2 Associate Centres" in html


def test_rows_that_do_not_count_come_back_as_typed_and_are_not_counted(page, world, untouched):
    typed = filled(world, ASC01__delay="2:00") | {"use_defaults": "on", "defaults-delay": "0:00"}
    typed |= {"defaults-contact_choice": "default"}

    html = text(page.post(URL, typed | {"show": "own"}))
    assert 'name="ASC01-delay" value="2:00"' in html
    assert "1 unsaved change</b>" in html
    assert shown(text(page.post(URL, typed | {"show": "changed"}))) == ["ASC01", "ASC02"]


def test_an_error_is_linked_from_the_message_and_its_row_is_in_sight(page, world, untouched):
    html = text(page.post(URL, filled(world, ASC01__delay="two") | {"shown": "centre-defined"}))

    assert "Not saved: 1 field needs your attention." in html
    assert '<a href="#id_ASC01-delay">Delay, ASC01</a>' in html
    assert re.search(r'<input[^>]*id="id_ASC01-delay"[^>]*aria-invalid="true"', html)
    assert shown(html) == ["ASC01"]


def test_a_chip_can_be_named_in_the_address_and_no_name_of_a_centre(page, world, untouched):
    give(world.associate, world.series, access=True)

    assert shown(text(page.get(URL + "?show=no-access&search=ASC01"))) == ["ASC02"]
    assert shown(text(page.get(URL + "?show=whatever"))) == ["ASC01", "ASC02"]
