"""Letters under way and failed ones: what is told of them, to whom, and until when (rule 9)."""

import re

import pytest
from django.utils import timezone

from centres.access import acting_for
from centres.models import AuditEvent
from credentials.associates.letters_under_way import failed_at, work_at
from credentials.models import LetterFile
from tests.builders import give, make_batch, make_candidate, make_centre, make_login
from tests.letters import text

State = LetterFile.State
CENTRE = "/candidate-results/2026-06/MAIN1/"


def make_file(centre, series, state=State.QUEUED, **facts) -> LetterFile:
    facts = {"asked_by": "officer", "total": 50, **facts}
    return LetterFile.objects.create(centre=centre, series=series, state=state, **facts)


def acting(world, user=None, centre="MAIN1"):
    return acting_for(user or world.officer, "2026-06", centre)


def told(world, user=None, centre="MAIN1", **watched):
    return work_at(acting(world, user, centre), **watched)


@pytest.fixture
def ready(world) -> LetterFile:
    """A ready file with a login that works."""
    world.open_all()
    file = make_login(world.candidate)[2].letter_file
    file.finished_at = timezone.now()
    file.save()
    return file


def test_nothing_is_told_where_no_letters_were_asked_for(world):
    work = told(world)

    assert (work.file, work.batch, work.under_way) == (None, None, False)


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_a_file_is_told_of_while_it_is_made(world, state):
    file = make_file(world.main, world.series, state)

    assert told(world).file == file
    assert told(world).under_way
    assert failed_at(acting(world)) is None


def test_a_file_that_failed_is_told_of_until_a_newer_one_is_asked_for(world, ready):
    file = make_file(world.main, world.series, State.FAILED)
    assert failed_at(acting(world)) == file
    assert not told(world).under_way

    newer = make_file(world.main, world.series)
    assert failed_at(acting(world)) is None
    assert told(world).file == newer


def test_an_old_file_that_is_tried_again_comes_before_a_newer_one(world):
    old = make_file(world.main, world.series)
    make_file(world.main, world.series, State.FAILED)

    assert told(world).file == old


def test_letters_that_are_ready_are_told_of_to_who_watched_them_alone(world, ready):
    assert told(world).file is None
    assert told(world, file=ready.pk).file == ready


def test_a_destroyed_file_is_not_told_of(world):
    file = make_file(world.main, world.series, State.DESTROYED)

    assert told(world, file=file.pk).file is None


def test_another_centres_and_another_series_letters_are_not_told_of(world):
    make_file(world.associate, world.series)
    make_file(world.stranger_centre, world.series)

    assert told(world).file is None


def test_staff_of_a_centre_without_access_are_told_of_nothing(world):
    world.open_all()
    file = make_file(world.associate, world.series, State.FAILED)
    asc01 = (world.associate_officer, "ASC01")
    assert told(world, *asc01).file == failed_at(acting(world, *asc01)) == file

    give(world.associate, world.series, access=False)
    assert told(world, *asc01).file is failed_at(acting(world, *asc01)) is None
    assert told(world, world.officer, "ASC01").file == file


def test_a_main_centres_officer_is_told_of_many_centres_wherever_she_acts(world):
    files = [make_file(centre, world.series) for centre in (world.associate, world.associate2)]
    batch = make_batch(world.main, world.series, *files)

    for centre in ("MAIN1", "ASC01", "ASC02"):
        work = told(world, centre=centre)
        assert (work.batch, work.batch.done, work.batch.total) == (batch, 0, 100)
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
    assert told(world, batch=batch.pk).batch == batch
    assert not told(world, batch=batch.pk).under_way


def test_anothers_batch_cannot_be_watched(world):
    other = make_centre("MAIN2")
    batch = make_batch(
        other, world.series, make_file(make_centre("ASC09", main=other), world.series)
    )

    assert told(world, batch=batch.pk).batch is None


def test_when_there_is_nothing_to_tell_two_queries_find_it_out(world, django_assert_num_queries):
    make_candidate(world.main, world.series, "0002")
    main = acting(world)

    with django_assert_num_queries(2):
        work_at(main)
    associate = acting(world, world.associate_officer, "ASC01")
    with django_assert_num_queries(1):  # has no attached centres
        work_at(associate)


# The pages


def test_pages_say_that_they_failed_and_why_and_try_again_works(client, world):
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


def test_what_a_page_tells_itself_is_left_out_of_its_banner(client, world):
    file = make_file(world.main, world.series, State.FAILED, error="The disk is full.")
    client.force_login(world.officer)

    banner = text(client.get(f"{CENTRE}letters/{file.pk}/")).partition('id="banner"')[2]
    assert "The disk is full." not in banner.partition("</div>")[0]
