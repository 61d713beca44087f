"""What waits for somebody at *Administer exams*."""

import datetime as dt
import html
import re

import pytest
import time_machine
from django.test import Client

from centres.models import Membership, Release, Role, Series
from results.changes import changes
from results.corrections import Correction, correct
from results.models import Result
from tests.builders import (
    AFTER,
    BEFORE,
    IGCSE,
    IGCSE_RELEASE,
    arrange,
    give,
    make_candidate,
    make_centre,
    make_login,
    make_series,
)

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _before_the_release():
    with time_machine.travel(BEFORE, tick=False):
        yield


@pytest.fixture
def opened(world):
    world.open_all()
    return world


def page(user, address="/to-do/") -> str:
    client = Client()
    client.force_login(user)
    return html.unescape(client.get(address).content.decode())


def to_do(user) -> dict[str, str]:
    """What is said, with its series and centre -> where it leads."""
    rows = re.findall(r"<div><p>(.*?)</p><p class=.meta.>(.*?)</p></div><a [^>]*>", page(user))
    where = re.findall(r'class="row-action" href="([^"]*)"', page(user))
    return {f"{words}, {at}": address for (words, at), address in zip(rows, where, strict=True)}


def actions(user) -> list[str]:
    """What is to be done, as who listens hears it."""
    found = re.findall(r'class="row-action"[^>]*>(.*?)</a>', page(user))
    return [re.sub(r"<[^>]*>", "", words) for words in found]


def change(candidate, *, at):
    result = Result.objects.get(entry__candidate=candidate, entry__syllabus__code="0580")
    correct([Correction(result, "B", None)], by="board", reason="Review of marking", at=at)


def test_an_officer_is_told_what_the_own_centre_needs_and_where_it_is_done(opened):
    centre = "/candidate-results/2026-06/OTH01/"
    assert to_do(opened.stranger) == {"1 candidate has no letter, June 2026, OTH01": centre}

    make_login(opened.candidates["OTH01"])
    assert to_do(opened.stranger) == {
        "1 letter has not been downloaded, June 2026, OTH01": f"{centre}letters/"
    }
    assert actions(opened.stranger) == ["Download 1 letter, June 2026, OTH01"]

    arrange(opened.stranger_centre, opened.series, delay=HOUR)
    assert to_do(opened.stranger) == {"1 letter is outdated, June 2026, OTH01": centre}


def test_an_associates_officer_is_told_what_the_main_centre_changed(opened):
    make_login(opened.associate_candidate)
    give(opened.associate, opened.series, delay=HOUR)
    assert "1 letter is outdated, June 2026, ASC01" in to_do(opened.associate_officer)


def test_a_main_centres_officer_is_told_at_how_many_attached_centres(opened):
    make_login(opened.associate_candidate)
    give(opened.associate, opened.series, delay=HOUR)
    told = to_do(opened.officer)

    glance = "/candidate-results/2026-06/MAIN1/attached-centres/?show="
    at = "at 1 Associate Centre"
    assert told[f"1 letter {at} is outdated, June 2026, MAIN1"] == f"{glance}outdated"
    assert told[f"1 candidate {at} has no letter, June 2026, MAIN1"] == f"{glance}letters-not-made"
    assert "Re-create 1, June 2026, MAIN1" in actions(opened.officer)
    assert not any("OTH01" in words for words in told)


def test_who_gave_nobody_access_is_told_until_the_last_release(world):
    assert list(to_do(world.stranger)) == ["NO candidates have access yet, June 2026, OTH01"]
    assert list(to_do(world.associate_officer)) == [
        "MAIN1 has not given this centre access yet, June 2026, ASC01"
    ]
    with time_machine.travel(AFTER, tick=False):
        assert to_do(world.stranger) == to_do(world.associate_officer) == {}


def test_results_that_changed_are_told_until_they_are_marked_as_seen(world):
    change(world.candidate, at=IGCSE_RELEASE + DAY)
    change(world.associate_candidate, at=IGCSE_RELEASE + DAY)
    change(world.candidates["OTH01"], at=IGCSE_RELEASE - DAY)  # nobody had seen it
    address = "/entries-and-results/2026-06/MAIN1/changes/"
    with time_machine.travel(AFTER, tick=False):
        assert to_do(world.viewer) == {"2 results have changed, June 2026, MAIN1": address}
        assert list(to_do(world.associate_officer)) == ["1 result has changed, June 2026, ASC01"]
        assert not to_do(world.stranger)

        changes.mark_seen(by=world.viewer, centre=world.main, series=world.series, until=AFTER)
        assert not to_do(world.viewer)
        assert to_do(world.officer)


def test_many_changes_at_one_centre_hide_none_at_another(world, monkeypatch):
    monkeypatch.setattr(changes, "MOST", 2)
    Membership.objects.create(
        user=world.officer, centre=world.stranger_centre, role=Role.EXAMS_OFFICER
    )
    for candidate in (world.candidate, world.associate_candidate, world.candidates["OTH01"]):
        change(candidate, at=IGCSE_RELEASE + DAY)
    with time_machine.travel(AFTER, tick=False):
        assert {words for words in to_do(world.officer) if "changed" in words} == {
            "2 results have changed, or more, June 2026, MAIN1",
            "1 result has changed, June 2026, OTH01",
        }
        changes.mark_seen(by=world.officer, centre=world.main, series=world.series, until=AFTER)
        assert [words for words in to_do(world.officer) if "changed" in words] == [
            "1 result has changed, June 2026, OTH01"
        ]


def test_a_viewer_is_told_of_no_letters(opened):
    assert not to_do(opened.viewer)


def test_a_series_whose_letters_are_kept_no_longer_waits_for_nobody(opened):
    with time_machine.travel(IGCSE_RELEASE + 91 * DAY, tick=False):
        assert "Nothing at the moment" in page(opened.stranger)


A_LEVEL = "Cambridge International AS & A Level"


def release_told(user) -> list[str]:
    """What the dashboard says of the next releases, as text."""
    found = re.findall(r'<div class="release">(.*?)</div>', page(user), re.S)
    return [" ".join(re.sub(r"<[^>]*>", " ", one).split()) for one in found]


def test_the_next_releases_name_when_candidates_see_them(world):
    assert release_told(world.viewer) == [
        "11 August 2026, 12:00 Bangkok time (UTC+7) "
        f"11 August 2026, 05:00 UTC · June 2026: {A_LEVEL}",
        "13 August 2026, 12:00 Bangkok time (UTC+7) "
        "13 August 2026, 05:00 UTC · June 2026: Cambridge IGCSE",
    ]
    assert "in 10 days" in page(world.viewer)
    with time_machine.travel(AFTER, tick=False):
        assert release_told(world.viewer) == []


def test_the_next_release_adds_the_centres_delay_for_candidates_and_names_staffs_instant(world):
    arrange(world.main, world.series, delay=26 * HOUR)
    give(world.associate, world.series, delay=HOUR)

    assert release_told(world.viewer)[0] == (
        "12 August 2026, 14:00 Bangkok time (UTC+7) 12 August 2026, 07:00 UTC · June 2026: "
        f"{A_LEVEL}, with the delay of 26:00 (hours:minutes) at MAIN1 "
        "Staff: 11 August 2026, 12:00 Bangkok time (UTC+7) (11 August 2026, 05:00 UTC)"
    )
    assert (
        "with the delay of 1:00 (hours:minutes) at ASC01"
        in release_told(world.associate_officer)[0]
    )
    with time_machine.travel(
        IGCSE_RELEASE + 25 * HOUR, tick=False
    ):  # staff see it, candidates wait
        assert "Staff: 13 August 2026" in release_told(world.viewer)[0]


def test_the_next_release_names_the_instant_of_those_who_see_in_confidence(world):
    Release.objects.filter(qualification__name=A_LEVEL).update(staff_at=BEFORE + 2 * HOUR)
    confided = Membership.objects.get(user=world.officer, centre=world.main)
    confided.may_see_restricted_results = True
    confided.save()

    assert "Staff, in confidence: 1 August 2026" in release_told(world.officer)[0]
    assert "Staff" not in release_told(world.viewer)[0]


def test_a_release_of_what_nobody_here_is_entered_for_is_no_news(world):
    make_series(2026, 11, credentials_from=dt.date(2026, 10, 1))
    with time_machine.travel(AFTER, tick=False):
        assert "Next release" not in page(world.officer)


def test_the_board_is_shown_its_pages(world):
    told = page(world.board, "/")
    assert "To do" not in told
    assert 'href="/board/">Load files' in told
    assert "may not set up" not in told and "View entries" not in told


@pytest.mark.parametrize("more", [0, 3])
def test_it_takes_the_same_queries_however_many_centres_are_attached(
    more, opened, django_assert_num_queries
):
    for number in range(more):
        centre = make_centre(f"ASC1{number}", main=opened.main)
        make_login(make_candidate(centre, opened.series))
        change(centre.candidates.get(), at=IGCSE_RELEASE + DAY)
    change(opened.candidate, at=IGCSE_RELEASE + DAY)
    with time_machine.travel(AFTER, tick=False):
        client = Client()
        client.force_login(opened.officer)
        client.get("/to-do/")
        with django_assert_num_queries(20):
            client.get("/to-do/")


def test_administer_exams_asks_for_it_once_it_is_open(opened):
    told = page(opened.officer, "/")
    assert re.search(r'<section[^>]* aria-live="polite"', told)
    assert re.search(r'<p hx-get="/to-do/" hx-trigger="load"[^>]*><a href="/to-do/">', told)
    assert "candidate has no letter" not in told


def test_what_is_asked_for_then_is_the_part_alone(opened):
    client = Client(headers={"HX-Request": "true"})
    client.force_login(opened.officer)
    part = client.get("/to-do/").content.decode()
    assert "1 candidate has no letter" in part or "attached centre" in part
    assert "<html" not in part and "Administer exams" not in part


def present(user) -> dict[str, str]:
    """The links of the present series, by their words."""
    panel = (
        page(user, "/").partition('aria-labelledby="present-head"')[2].partition("</section>")[0]
    )
    found = re.findall(r'<a[^>]* href="([^"]*)"[^>]*>(.*?)</a>', panel, re.S)
    return {re.sub(r"<[^>]*>", "", words).strip(): address for address, words in found}


def test_the_present_series_leads_to_its_tabs_and_to_the_broadsheet(opened):
    links = present(opened.officer)
    assert links["Open June 2026"].startswith("/candidate-results/2026-06/MAIN1/")
    assert links["Associate Centres"] == "/candidate-results/2026-06/MAIN1/attached-centres/"
    assert links["Broadsheet"].startswith("/entries-and-results/2026-06/MAIN1/download/?what=")
    assert 'action="/candidate-results/2026-06/MAIN1/find/"' in page(opened.officer, "/")
    assert "Associate Centres" not in present(opened.stranger)


def test_a_viewer_has_what_any_of_the_staff_may_look_at_and_the_address_to_write_to(opened):
    assert list(present(opened.viewer)) == ["Files", "Broadsheet", "Open June 2026"]
    told = page(opened.viewer, "/")
    assert "may not set up the Candidate results website" in told
    assert "Find a candidate" not in told


def test_the_present_series_is_the_nearest_ahead_else_the_last_of_sixty_days(opened):
    november = make_series(
        2026, 11, credentials_from=dt.date(2026, 7, 1), releases={IGCSE: IGCSE_RELEASE + 150 * DAY}
    )
    make_candidate(opened.main, november)

    def shown() -> list[str]:
        return [words for words in present(opened.officer) if words.startswith("Open")]

    assert shown() == ["Open June 2026"]
    with time_machine.travel(AFTER, tick=False):
        assert shown() == ["Open November 2026"]
    Release.objects.filter(series=november).delete()
    with time_machine.travel(AFTER, tick=False):
        assert shown() == ["Open June 2026"]
    with time_machine.travel(IGCSE_RELEASE + 61 * DAY, tick=False):
        assert shown() == ["Open November 2026"]
    Series.objects.filter(pk=november.pk).update(credentials_from=dt.date(2027, 7, 1))
    with time_machine.travel(IGCSE_RELEASE + 61 * DAY, tick=False):
        assert shown() == []


def test_of_several_centres_the_present_series_is_of_one_that_is_in_it(world):
    aside = make_centre("AAA01")
    Membership.objects.create(user=world.stranger, centre=aside, role=Role.EXAMS_OFFICER)
    assert "/OTH01/" in present(world.stranger)["Open June 2026"]


@pytest.mark.parametrize("more", [0, 3])
def test_administer_exams_takes_the_same_queries_however_many_centres_and_series(
    more, opened, django_assert_num_queries
):
    for number in range(more):
        make_candidate(make_centre(f"ASC1{number}", main=opened.main), opened.series)
        make_candidate(opened.main, make_series(2020 + number, 11))
    client = Client()
    client.force_login(opened.officer)
    client.get("/")
    with django_assert_num_queries(16):
        client.get("/")
