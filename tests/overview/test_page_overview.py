"""Overview, the readiness line alone, and the badges: who may open them, what they say, what they cost (rule 13)."""

import re

import pytest
import time_machine
from django.core.cache import cache

from credentials.models import LetterFile
from results.models import Result
from tests.builders import (
    AFTER,
    BEFORE,
    arrange,
    give,
    make_batch,
    make_candidate,
    make_centre,
    make_login,
)
from tests.exchange.files import put_file
from tests.letters import text

CENTRE = "/candidate-results/2026-06/MAIN1/"
PAGE = CENTRE + "overview/"
BADGES = PAGE + "badges/"
ASC01 = "/candidate-results/2026-06/ASC01/overview/"
State = LetterFile.State


@pytest.fixture(autouse=True)
def _before_the_release():
    with time_machine.travel(BEFORE, tick=False):
        yield


@pytest.fixture
def opened(world):
    world.open_all()
    return world


def badges(client, address=BADGES) -> dict[str, str]:
    """Tab, but for *Files* -> what who listens hears of its badge."""
    found = re.findall(
        r'<span id="badge-(\w+)" hx-swap-oob="true">(.*?)</span>\n', part(client, address), re.S
    )
    return {
        tab: re.sub(r".*visually-hidden\">|<[^>]*>", "", words)
        for tab, words in found
        if tab != "files"
    }


def part(client, address, **query) -> str:
    return text(client.get(address, query))


def make_file(centre, series, state=State.RUNNING, **facts) -> LetterFile:
    facts = {"asked_by": "officer", "total": 50, "done": 3, **facts}
    return LetterFile.objects.create(centre=centre, series=series, state=state, **facts)


@pytest.mark.parametrize("address", [PAGE, PAGE + "readiness/", BADGES])
def test_who_may_not_act_there_sees_nothing(client, opened, address):
    for user, code in (
        (opened.stranger, 404),
        (opened.associate_officer, 404),
        (opened.viewer, 403),
        (opened.officer, 200),
    ):
        client.force_login(user)
        assert client.get(address).status_code == code
    client.force_login(opened.associate_officer)
    assert client.get(address.replace("MAIN1", "ASC01")).status_code == 200
    assert client.get(address.replace("MAIN1", "ASC02")).status_code == 404


def test_it_is_the_first_tab_and_where_go_leads(client, opened):
    client.force_login(opened.officer)
    gone = client.get("/candidate-results/", {"series": "2026-06"})
    assert gone.headers["Location"] == PAGE
    page = text(client.get(PAGE))
    assert re.search(rf'<ul><li><a href="{PAGE}" aria-current="page">Overview<', page)


def test_change_subcentre_keeps_the_tab(client, opened):
    client.force_login(opened.officer)
    changed = client.get(CENTRE + "change-subcentre/", {"subcentre": "ASC01", "tab": "overview"})
    assert changed.headers["Location"] == ASC01


def test_the_page_has_one_solid_button_and_it_posts_to_the_page_that_asks(client, opened):
    client.force_login(opened.officer)
    page = text(client.get(PAGE))
    assert page.count("btn-primary") == 1
    ask = re.search(
        r'<form method="post" action="([^"]+)">(.*?)</form>', page.partition("Next</b>")[2], re.S
    )
    numbers = re.findall(r'name="centre" value="(\w+)"', ask[2])
    answer = text(client.post(ask[1], {"which": "new", "centre": numbers}))
    assert "2" in answer and "Create credentials" in answer


def test_the_own_status_and_the_audit_trail_stand_beside(client, opened):
    client.force_login(opened.officer)
    client.post(CENTRE + "subcentres/", {})
    page = text(client.get(PAGE))
    assert "ALL candidates have access" in page
    assert "1 of 1 candidate · delay 0:00" in page
    assert 'href="/candidate-results/2026-06/MAIN1/status/edit/">Edit status' in page


def test_the_drawing_has_its_figures_beside_it(client, opened):
    client.force_login(opened.officer)
    page = text(client.get(PAGE))
    assert 'class="far-letters" x="0.0%" width="100.0%"' in page
    assert re.search(r'show=letters-not-made">Letters to make</a> <b>2</b>', page)
    assert "style=" not in page


def test_no_grade_and_no_login_is_in_the_page_or_the_parts(client, opened):
    """The grades could be shown: they are released."""
    Result.objects.update(grade="E(e)")
    make_login(opened.candidate)
    client.force_login(opened.officer)
    with time_machine.travel(AFTER, tick=False):
        for address in (PAGE, PAGE + "readiness/", BADGES):
            page = client.get(address).content.decode()
            assert "E(e)" not in page and "BLOGGS" not in page


# Badges


def test_badges_count_what_this_person_can_act_on(client, opened):
    client.force_login(opened.officer)
    assert badges(client) == {"letters": "1 needs something", "associates": "2 need something"}
    client.force_login(opened.associate_officer)
    assert badges(client, ASC01 + "badges/") == {"letters": "1 needs something"}


def test_a_badge_is_amber_only_where_this_person_may_act(client, opened):
    give(opened.associate, opened.series, access=False)
    client.force_login(opened.associate_officer)
    assert badges(client, ASC01 + "badges/") == {"letters": ""}
    client.force_login(opened.officer)
    assert badges(client)["associates"] == "1 needs something"
    assert "badge-warn" not in part(client, ASC01 + "badges/").partition("badge-letters")[2][:200]


def test_where_nothing_is_needed_no_badge_is_shown(client, opened):
    for centre in (opened.main, opened.associate, opened.associate2):
        credentials = make_login(opened.candidates[centre.number])[2]
        credentials.letter_file.downloads.create(by="officer", letters=1, whole=True)
    client.force_login(opened.officer)
    assert badges(client) == {"letters": "", "associates": ""}
    assert "badge-warn" not in part(client, BADGES)


def test_new_files_are_counted_and_nothing_is_to_be_mended(client, opened, encrypted_folder):
    put_file(opened.associate_officer)
    client.force_login(opened.officer)
    files = part(client, ASC01 + "badges/").partition('id="badge-files"')[2].partition("<option")[0]
    assert '<span class="badge" aria-hidden="true">1</span>' in files
    assert ">1 new file</span>" in files
    assert "new file" not in part(client, BADGES)
    client.force_login(opened.associate_officer)
    assert "new file" not in part(client, ASC01 + "badges/")


def test_a_badge_tells_of_what_was_just_done(client, opened):
    client.force_login(opened.officer)
    assert badges(client)["associates"] == "2 need something"
    give(opened.associate, opened.series, access=False)
    assert badges(client)["associates"] == "1 needs something"


def test_every_page_of_a_series_asks_for_them_once_it_is_open(client, opened):
    client.force_login(opened.officer)
    for address in (CENTRE, CENTRE + "subcentres/", "/entries-and-results/2026-06/MAIN1/"):
        page = text(client.get(address))
        assert re.search(rf'<span id="work-chip" hx-get="{BADGES}" hx-trigger="load"', page)
        assert f'<a href="{PAGE}">See how far June 2026 is</a>' in page
        assert len(re.findall(r"/htmx[-.\w]*\.js", page)) == 1
    client.force_login(opened.viewer)
    assert "work-chip" not in text(client.get("/entries-and-results/2026-06/MAIN1/"))


def test_the_page_forbids_what_the_policy_would_refuse(client, opened):
    client.force_login(opened.officer)
    assert '"includeIndicatorStyles": false' in client.get(PAGE).content.decode()


# change Subcentre


def test_the_centres_chosen_last_and_those_that_need_something_come_first(client, opened):
    client.force_login(opened.officer)
    assert 'label="Lately"' not in text(client.get(CENTRE))
    for number in ("ASC01", "ASC02", "ASC01", "MAIN1"):
        client.get(CENTRE + "change-subcentre/", {"subcentre": number, "tab": "letters"})
    groups = re.findall(
        r'<optgroup[^>]*label="([^"]+)"[^>]*>(.*?)</optgroup>', text(client.get(CENTRE))
    )
    assert [(label, re.findall(r'value="(\w+)"', rows)) for label, rows in groups] == [
        ("Lately", ["ASC01", "ASC02"]),
        ("Needs something", []),
        ("All 2", ["ASC01", "ASC02"]),
    ]
    needing = re.search(
        r'<optgroup id="subcentre-needs" label="([^"]+)"(.*?)</optgroup>',
        part(client, BADGES),
        re.S,
    )
    assert needing[1] == "Needs something: 2"
    acting = part(client, ASC01 + "badges/")
    assert re.findall(r'<option value="(\w+)"', acting) == ["ASC02"]


def test_only_five_are_kept_and_none_that_is_attached_no_longer(client, opened):
    client.force_login(opened.officer)
    for number in range(3, 9):
        make_centre(f"ASC0{number}", main=opened.main)
        client.get(CENTRE + "change-subcentre/", {"subcentre": f"ASC0{number}"})
    opened.main.subcentre_links.filter(associate__number="ASC08").delete()
    lately = text(client.get(CENTRE)).partition('label="Lately"')[2].partition("</optgroup>")[0]
    assert re.findall(r'value="(\w+)"', lately) == ["ASC07", "ASC06", "ASC05", "ASC04"]


# Work that goes on


def test_the_chip_tells_how_far_letters_are_and_asks_again(client, opened):
    file = make_file(opened.main, opened.series, total=3494, done=1240)
    client.force_login(opened.officer)
    told = part(client, BADGES)
    assert "Letters: 1,240 of 3,494" in told
    assert f'hx-get="{BADGES}?file={file.pk}&amp;batch=" hx-include="#banner input"' in told
    assert "badge-letters" in told
    again = part(client, BADGES, file=file.pk, but="")
    assert "Letters: 1,240 of 3,494" in again and "badge-" not in again


def test_of_many_centres_it_tells_wherever_the_main_centres_officer_acts(client, opened):
    files = [make_file(one, opened.series) for one in (opened.associate, opened.associate2)]
    batch = make_batch(opened.main, opened.series, *files)
    client.force_login(opened.officer)
    for address in (BADGES, ASC01 + "badges/"):
        told = part(client, address)
        assert "Letters: 6 of 100" in told and f"letters/{batch.pk}/" in told
    client.force_login(opened.associate_officer)
    assert "Letters: 3 of 50" in part(client, ASC01 + "badges/")


def test_its_end_is_told_to_who_was_watching_with_the_badges(client, opened):
    file = make_file(opened.main, opened.series, state=State.READY, done=50)
    client.force_login(opened.officer)
    assert 'class="work' not in part(client, BADGES)
    told = part(client, BADGES, file=file.pk, but="")
    assert "Letters are ready: 50" in told and "badge-letters" in told
    assert "every 2s" not in told


def test_what_failed_is_told_outside_the_bar(client, opened):
    file = make_file(opened.main, opened.series, state=State.FAILED, error="The disk is full.")
    client.force_login(opened.officer)
    told = part(client, BADGES, file=file.pk, but="")
    assert '<div id="banner" hx-swap-oob="true">' in told and "The disk is full." in told
    assert 'id="banner"' not in part(client, BADGES, file=file.pk, but=file.pk)
    assert 'id="banner"' not in part(
        client, BADGES, file=file.pk
    )  # a page without the place for it
    assert "The disk is full." in text(client.get(CENTRE + "audit/"))


# What it costs


@pytest.mark.parametrize(
    ("address", "queries"),
    [(PAGE, (21, 21)), (PAGE + "readiness/", (17, 17)), (BADGES, (21, 15))],
)
@pytest.mark.parametrize(("more", "many"), [(3, False), (20, False), (30, True), (40, True)])
def test_it_takes_the_same_queries_however_many_centres(
    client, opened, django_assert_num_queries, address, queries, more, many
):
    """With more than a few centres the counts are kept, and it is asked what they follow from."""
    for number in range(10, 10 + more):
        centre = make_centre(f"ASC{number}", main=opened.main)
        give(centre, opened.series)
        arrange(centre, opened.series)
        make_login(make_candidate(centre, opened.series))
    client.force_login(opened.officer)
    cache.clear()
    client.get(address)
    with django_assert_num_queries(queries[many]):
        client.get(address)
