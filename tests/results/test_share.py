"""Broadsheets and the like go into File Exchange in one step, unless they are restricted; from the
moment at which anything in them is held, or its release put off, nobody downloads them there."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from centres.models import AuditEvent, Release
from core import encrypted_files, jobs
from exchange.models import Kind, Version
from exchange.quota import CannotUpload
from results.exports import share
from results.hold_levels import HOLD_LEVELS
from results.models import Export
from tests.builders import (
    A_LEVEL,
    AFTER,
    BEFORE,
    IGCSE,
    IGCSE_RELEASE,
    STAFF_AT,
    held_of,
    hold,
    let_go,
    make_candidate,
    restrict,
    trust,
)
from tests.exchange.files import look_at, put_file
from tests.results.downloaded import rows_of_xlsx
from tests.results.test_staff_site import browser

AT_ASC01 = "/entries-and-results/2026-06/ASC01/download/"
AT_MAIN1 = "/entries-and-results/2026-06/MAIN1/download/"
HOUR = dt.timedelta(hours=1)
BROADSHEET = {"what": "broadsheet", "format": "xlsx", "share": "yes"}
IN_CONFIDENCE = STAFF_AT + (IGCSE_RELEASE - STAFF_AT) / 2


pytestmark = pytest.mark.usefixtures("after_the_release")


def content_of(version: Version) -> bytes:
    return b"".join(encrypted_files.stream(version.stored))


@pytest.mark.parametrize(
    ("officer", "url", "other"),
    [
        ("officer", AT_ASC01, "MAIN1"),  # to the Associate Centre for which one acts
        ("associate_officer", AT_ASC01, "MAIN1"),  # and the other way
        ("officer", AT_MAIN1, None),  # to the board
    ],
)
def test_a_broadsheet_lies_ready_for_the_other_side_as_one_would_download_it(
    world, officer, url, other
):
    client = browser(getattr(world, officer))
    page = client.post(url, BROADSHEET, follow=True)

    version = Version.objects.get()
    assert "is in File Exchange" in page.content.decode()
    assert (version.file.main and version.file.main.number) == other
    assert version.file.series == world.series
    downloaded = client.get(f"{url}broadsheet/xlsx/").content
    assert rows_of_xlsx(content_of(version)) == rows_of_xlsx(downloaded) != []


def test_it_is_recorded_as_downloaded_and_as_uploaded(world):
    browser(world.officer).post(AT_ASC01, BROADSHEET)

    actions = AuditEvent.objects.filter(centre="ASC01", by="officer.main")
    assert set(actions.values_list("action", flat=True)) >= {
        "results_downloaded",
        "exchange_uploaded",
    }


def test_a_viewer_is_not_offered_it_and_cannot(world):
    client = browser(world.viewer)

    assert "Share in File Exchange" not in client.get(AT_MAIN1).content.decode()
    assert client.post(AT_MAIN1, BROADSHEET).status_code == 403
    assert not Version.objects.exists()


def test_what_is_restricted_is_not_shared_and_nothing_is_recorded(world):
    restrict()
    trust(world.officer)
    with time_machine.travel(IN_CONFIDENCE, tick=False):
        page = browser(world.officer).post(AT_ASC01, BROADSHEET).content.decode()

    assert "restricted until" in page
    assert not Version.objects.exists()
    assert not AuditEvent.objects.filter(action="results_downloaded").exists()


def made_in_the_background(world, at=AFTER) -> Export:
    export = Export.objects.create(
        user=world.officer,
        asked_by=world.officer.username,
        centre=world.associate,
        series=world.series,
        what="broadsheet",
        format="xlsx",
    )
    with time_machine.travel(at, tick=False):
        jobs.run("results.Export", str(export.pk))
    export.refresh_from_db()
    return export


def test_one_made_in_the_background_can_be_shared_from_its_page(world):
    export = made_in_the_background(world)
    client = browser(world.officer)
    url = f"{AT_ASC01}files/{export.pk}/"

    assert "Share in File Exchange" in client.get(url).content.decode()
    client.post(f"{url}file-exchange/")
    assert content_of(Version.objects.get()) == b"".join(encrypted_files.stream(export.stored))


def test_one_made_in_confidence_stays_out_until_candidates_are_shown_theirs(world):
    restrict()
    trust(world.officer)
    export = made_in_the_background(world, at=IN_CONFIDENCE)
    exchange = share.exchange_for(world.officer, "ASC01", "MAIN1")

    with pytest.raises(CannotUpload, match="restricted until"):
        share.share_export(exchange=exchange, by=world.officer, export=export, at=IN_CONFIDENCE)
    assert share.share_export(exchange=exchange, by=world.officer, export=export, at=AFTER)


def test_what_became_restricted_since_it_was_made_stays_out_and_its_page_says_so(world):
    trust(world.officer)
    export = made_in_the_background(world)
    restrict(STAFF_AT, candidates_at=AFTER + (AFTER - STAFF_AT))
    exchange = share.exchange_for(world.officer, "ASC01", "MAIN1")

    with pytest.raises(CannotUpload, match="restricted until"):
        share.share_export(exchange=exchange, by=world.officer, export=export)
    page = browser(world.officer).get(f"{AT_ASC01}files/{export.pk}/").content.decode()
    assert "do not pass on" in page and "Share in File Exchange" not in page


def lying_there(world, client=None, **asking) -> Version:
    """A broadsheet of ASC01 that lies ready for its officer."""
    client = client or browser(world.officer)
    client.post(AT_ASC01, {**BROADSHEET, **asking})
    version = Version.objects.latest("uploaded_at")
    look_at(version)
    return version


def address(version: Version, act: str = "") -> str:
    return f"/file-exchange/ASC01/MAIN1/files/{version.file_id}/{act}"


def can_download(client: Client, version: Version, **headers) -> bool:
    answer = client.get(address(version, f"{version.number}/download/"), headers=headers)
    return answer.status_code in (200, 206)


@pytest.mark.parametrize("what", HOLD_LEVELS)
def test_from_the_moment_of_a_hold_nobody_downloads_it_any_more_and_no_hold_is_told(world, what):
    version = lying_there(world)
    recipient, uploader = browser(world.associate_officer), browser(world.officer)
    assert can_download(recipient, version, Range="bytes=0-9")

    placed = hold(**held_of(world.associate_candidate, "0580")[what])

    for client in (recipient, uploader):
        assert not can_download(client, version)
        assert not can_download(client, version, Range="bytes=10-19")
        page = client.get(address(version)).content.decode()
        assert "What this file shows is no longer up to date" in page
        assert "Download" not in page + client.get("/file-exchange/ASC01/MAIN1/").content.decode()
        assert "held" not in page and "hold" not in page
    let_go(placed)
    assert not can_download(recipient, version)


def test_a_file_for_school_systems_is_out_of_date_like_the_others(world):
    version, recipient = lying_there(world, what="schools"), browser(world.associate_officer)
    assert can_download(recipient, version)

    hold(candidate=world.associate_candidate)
    assert not can_download(recipient, version)


def test_it_is_made_anew_and_that_can_be_downloaded(world):
    version, recipient = lying_there(world), browser(world.associate_officer)
    hold(candidate=world.associate_candidate)
    with time_machine.travel(AFTER + HOUR, tick=False):
        newer = lying_there(world)
        assert can_download(recipient, newer) and not can_download(recipient, version)


def test_what_is_not_in_it_may_be_held(world):
    make_candidate(world.associate, world.series, "0002")
    version = lying_there(world, candidates="0002")
    hold(candidate=world.associate_candidate)
    hold(series=world.series, centre=world.main)
    hold(candidate=world.candidate)
    assert can_download(browser(world.associate_officer), version)

    hold(candidate=world.associate.candidates.get(number="0002"))
    assert not can_download(browser(world.associate_officer), version)


@pytest.mark.parametrize("what", HOLD_LEVELS)
def test_before_the_release_a_hold_is_not_told_by_a_file_that_shows_nothing(world, what):
    with time_machine.travel(BEFORE, tick=False):
        version = lying_there(world, candidates="0001")
        hold(**held_of(world.associate_candidate, "0580")[what])
        assert can_download(browser(world.associate_officer), version)


def test_a_hold_on_a_candidate_with_nothing_in_what_is_shown_is_not_told(world):
    Release.objects.filter(qualification__name=A_LEVEL).update(candidates_at=AFTER + HOUR)
    only_a_level = make_candidate(world.associate, world.series, "0002", grades={"9702": "a"})
    version = lying_there(world)
    hold(candidate=only_a_level)
    assert can_download(browser(world.associate_officer), version)


def test_what_was_held_before_it_was_made_is_not_in_it(world):
    with time_machine.travel(AFTER - HOUR, tick=False):
        hold(candidate=world.associate_candidate)
    assert can_download(browser(world.associate_officer), lying_there(world))


@pytest.mark.parametrize("seconds", [-30, 0, 1])
def test_a_hold_that_is_placed_while_it_is_made_counts_as_placed_since(world, seconds):
    version = lying_there(world)
    with time_machine.travel(AFTER + dt.timedelta(seconds=seconds), tick=False):
        hold(**held_of(world.associate_candidate, "9702")["qualification"])
    assert not can_download(browser(world.associate_officer), version)


@pytest.mark.parametrize("to", [AFTER + HOUR, None])
def test_when_a_release_is_put_off_nobody_downloads_it_any_more(world, to):
    version, recipient = lying_there(world), browser(world.associate_officer)
    release = Release.objects.filter(qualification__name=A_LEVEL)
    if to:
        release.update(candidates_at=to)
    else:
        release.delete()

    assert not can_download(recipient, version)
    with time_machine.travel(AFTER + 2 * HOUR, tick=False):
        assert not can_download(recipient, version)


def test_a_release_that_lay_ahead_when_it_was_made_comes_and_it_can_be_downloaded(world):
    Release.objects.filter(qualification__name=IGCSE).update(candidates_at=AFTER + HOUR)
    version = lying_there(world)
    Release.objects.filter(qualification__name=IGCSE).update(candidates_at=AFTER + 2 * HOUR)

    assert can_download(browser(world.associate_officer), version)


def test_a_main_centre_does_not_download_what_tells_of_a_centre_that_was_detached(world):
    client = browser(world.officer)
    client.post(AT_MAIN1, {**BROADSHEET, "together": "on"})
    version = Version.objects.get()
    look_at(version)
    url = f"/file-exchange/MAIN1/board/files/{version.file_id}/1/download/"
    assert client.get(url).status_code == 200

    world.associate.main_link.delete()
    assert client.get(url).status_code == 302


def test_one_made_in_the_background_is_out_of_date_when_something_was_held_since(world):
    export = made_in_the_background(world, at=AFTER - HOUR)
    exchange = share.exchange_for(world.officer, "ASC01", "MAIN1")
    version = share.share_export(exchange=exchange, by=world.officer, export=export)
    look_at(version)
    assert can_download(browser(world.associate_officer), version)

    with time_machine.travel(AFTER - HOUR, tick=False):
        hold(candidate=world.associate_candidate)
    assert not can_download(browser(world.associate_officer), version)


def test_what_is_out_of_date_is_new_to_nobody_and_can_be_withdrawn(world):
    client, version = browser(world.associate_officer), lying_there(world)
    assert "1 new file" in client.get("/").content.decode()
    hold(candidate=world.associate_candidate)

    assert "new file" not in client.get("/").content.decode()
    assert "1 new" not in client.get("/file-exchange/").content.decode()
    browser(world.officer).post(address(version, f"{version.number}/withdraw/"))
    assert 'Withdrawn by <span translate="no">officer.main' in client.get(address(version)).text


def test_what_somebody_uploaded_as_results_is_not_ours_to_judge(world):
    version = put_file(world.officer, kind=Kind.RESULTS, series=world.series)
    hold(series=world.series)
    assert can_download(browser(world.associate_officer), version)


@pytest.mark.parametrize("many", [1, 3])
def test_the_lists_ask_as_often_for_many(world, many, django_assert_num_queries):
    hold(candidate=world.candidate)
    client = browser(world.associate_officer)
    for number in range(many):
        with time_machine.travel(AFTER + number * HOUR, tick=False):
            version = lying_there(world)
    client.get("/file-exchange/ASC01/MAIN1/")
    with django_assert_num_queries(8):  # with the uploads that are not finished
        client.get("/file-exchange/ASC01/MAIN1/")
    with django_assert_num_queries(7):
        client.get(address(version))
