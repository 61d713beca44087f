"""What every page of a series says of letters: how far they are, while they are made, and when they failed."""

import re

import pytest
from django.utils import timezone

from centres.access import acting_for
from centres.models import AuditEvent
from credentials.models import LetterFile
from credentials.views.banner import banner_for
from tests.builders import give, make_batch, make_candidate, make_centre, make_login
from tests.letters import text
from tests.sweeps import PAGES
from tests.sweeps.made import make_objects
from tests.test_sweeps import address

State = LetterFile.State
CENTRE = "/candidate-results/2026-06/MAIN1/"
BANNER = CENTRE + "letters/news/"


def make_file(centre, series, state=State.QUEUED, **facts) -> LetterFile:
    facts = {"asked_by": "officer", "total": 50, **facts}
    return LetterFile.objects.create(centre=centre, series=series, state=state, **facts)


def told(world, user=None, centre="MAIN1", **facts):
    return banner_for(acting_for(user or world.officer, "2026-06", centre), **facts)


@pytest.fixture
def ready(world) -> LetterFile:
    """A ready file with a login that works."""
    world.open_all()
    file = make_login(world.candidate)[2].letter_file
    file.finished_at = timezone.now()
    file.save()
    return file


def test_nothing_is_told_where_no_letters_were_asked_for(world):
    banner = told(world)

    assert (banner.file, banner.batch, banner.under_way) == (None, None, False)


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_a_file_is_told_of_while_it_is_made(world, state):
    file = make_file(world.main, world.series, state)

    assert told(world).file == file
    assert told(world).under_way


def test_a_file_that_failed_is_told_of_until_a_newer_one_is_asked_for(world, ready):
    file = make_file(world.main, world.series, State.FAILED)
    assert told(world).file == file
    assert not told(world).under_way

    newer = make_file(world.main, world.series)
    assert told(world).file == newer


def test_an_old_file_that_is_tried_again_comes_before_a_newer_one(world):
    old = make_file(world.main, world.series)
    make_file(world.main, world.series, State.FAILED)

    assert told(world).file == old


def test_letters_that_are_ready_are_no_banner(client, world, ready):
    client.force_login(world.officer)

    assert told(world).file is None
    assert "hx-get" not in text(client.get(BANNER))


def test_a_destroyed_file_is_not_told_of(world):
    make_file(world.main, world.series, State.DESTROYED)

    assert told(world).file is None


def test_another_centres_and_another_series_letters_are_not_told_of(world):
    make_file(world.associate, world.series)
    make_file(world.stranger_centre, world.series)

    assert told(world).file is None


def test_staff_of_a_centre_without_access_are_told_of_nothing(world):
    world.open_all()
    file = make_file(world.associate, world.series, State.FAILED)
    assert told(world, world.associate_officer, "ASC01").file == file

    give(world.associate, world.series, access=False)
    assert told(world, world.associate_officer, "ASC01").file is None
    assert told(world, world.officer, "ASC01").file == file


def test_a_main_centres_officer_is_told_of_many_centres_wherever_she_acts(world):
    files = [make_file(centre, world.series) for centre in (world.associate, world.associate2)]
    batch = make_batch(world.main, world.series, *files)

    for centre in ("MAIN1", "ASC01", "ASC02"):
        banner = told(world, centre=centre)
        assert (banner.batch, banner.batch.done, banner.batch.total) == (batch, 0, 100)
    assert told(world, world.associate_officer, "ASC01").batch is None
    assert told(world, world.stranger, "OTH01").batch is None


def test_a_batch_is_told_of_until_it_is_done_and_its_end_to_who_was_watching(world):
    files = [make_file(centre, world.series) for centre in (world.associate, world.associate2)]
    batch = make_batch(world.main, world.series, *files)
    LetterFile.objects.filter(pk=files[0].pk).update(state=State.READY)
    assert told(world).batch == batch
    assert told(world).under_way

    LetterFile.objects.update(state=State.READY)
    assert told(world).batch is None
    assert told(world, watched=batch.pk).batch == batch
    assert not told(world, watched=batch.pk).under_way


def test_anothers_batch_cannot_be_watched(world):
    other = make_centre("MAIN2")
    batch = make_batch(
        other, world.series, make_file(make_centre("ASC09", main=other), world.series)
    )

    assert told(world, watched=batch.pk).batch is None


def test_a_page_that_tells_of_a_file_itself_is_not_told_it_twice(world):
    file = make_file(world.main, world.series)
    attached = make_file(world.associate, world.series)
    batch = make_batch(world.main, world.series, attached)

    assert (told(world, but=file.pk).file, told(world, but=file.pk).batch) == (None, batch)
    assert (told(world, but=batch.pk).file, told(world, but=batch.pk).batch) == (file, None)


def test_when_there_is_nothing_to_tell_two_queries_find_it_out(world, django_assert_num_queries):
    make_candidate(world.main, world.series, "0002")
    acting = acting_for(world.officer, "2026-06", "MAIN1")

    with django_assert_num_queries(2):
        banner_for(acting)
    associate = acting_for(world.associate_officer, "2026-06", "ASC01")
    with django_assert_num_queries(1):  # has no attached centres
        banner_for(associate)


# The pages


def pages_of_a_series() -> list[str]:
    """Every page that a main centre's officer gets for a centre in a series."""
    parts = {
        "banner",
        "letter_file_progress",
        "batch_progress",
        "preview",
        "batch_download",
        "call_list_csv",
    }
    return [
        name
        for name, page in PAGES.items()
        if name.startswith("credentials:")
        if "series" in page.args and page.get.split()[4] == "200"
        if name.partition(":")[2] not in parts
    ]


@pytest.mark.parametrize("name", pages_of_a_series())
def test_every_page_of_a_series_has_the_bar_and_the_numbers(client, world, name):
    world.open_all()
    files = {c.number: make_file(c, world.series, done=3) for c in (world.main, world.associate)}
    make_objects(world, make_login(world.associate_candidate)[2].letter_file)
    client.force_login(world.officer)

    url = address(name, world)
    number = url.split("/")[3]
    html = text(client.get(url))
    assert "The letters are being made: 3 of 50." in html
    assert '<progress max="50" value="3"' in html
    assert f'href="/candidate-results/2026-06/{number}/letters/{files[number].pk}/"' in html
    assert f'hx-get="/candidate-results/2026-06/{number}/letters/news/' in html
    assert "htmx" in html.partition("</footer>")[2]


def test_pages_that_ask_have_it_too(client, world):
    world.open_all()
    make_file(world.main, world.series)
    client.force_login(world.officer)

    assert "about to be made: 50 in all" in text(client.post(CENTRE + "credentials/create/"))


def test_when_they_failed_it_says_why_and_try_again_works(client, world):
    world.open_all()
    file = make_file(world.main, world.series, State.FAILED, error="The disk is full.")
    LetterFile.objects.update(chosen=[world.candidate.pk], total=1)
    client.force_login(world.officer)

    html = text(client.get(CENTRE + "audit/"))
    assert "could not be finished: 0 of 1 are made.</strong> The disk is full." in html
    again = re.search(r'action="([^"]+/retry/)"', html)[1]
    client.post(again)
    file.refresh_from_db()
    assert file.state == State.QUEUED
    assert AuditEvent.objects.filter(action="credentials_requested").exists()


def test_what_a_page_tells_itself_is_left_out_when_it_asks_again(client, world):
    file = make_file(world.main, world.series)
    client.force_login(world.officer)

    assert "about to be made" not in text(client.get(BANNER, {"but": file.pk}))
    page = text(client.get(f"{CENTRE}letters/{file.pk}/"))
    assert page.count("<progress") == 1
    assert "about to be made" in text(client.get(BANNER, {"but": "nonsense"}))
