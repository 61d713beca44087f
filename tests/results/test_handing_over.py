"""Broadsheets and the like go into File Exchange in one step, unless they are restricted."""

import pytest
import time_machine
from django.test import Client

from centres import kept_files, work
from centres.models import AuditEvent
from exchange.models import Version
from exchange.space import CannotPut
from results.models import Export
from results.taking_away import handing_over
from tests.builders import AFTER, IGCSE_RELEASE, STAFF_AT, restrict, trust
from tests.results.taken import rows_of_xlsx

AT_ASC01 = "/entries-and-results/2026-06/ASC01/take-away/"
AT_MAIN1 = "/entries-and-results/2026-06/MAIN1/take-away/"
BROADSHEET = {"what": "broadsheet", "format": "xlsx", "put": "yes"}
IN_CONFIDENCE = STAFF_AT + (IGCSE_RELEASE - STAFF_AT) / 2


@pytest.fixture(autouse=True)
def _after_the_release():
    with time_machine.travel(AFTER, tick=False):
        yield


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def content_of(version: Version) -> bytes:
    return b"".join(kept_files.stream(version.kept))


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
    assert rows_of_xlsx(content_of(version))[1] == rows_of_xlsx(downloaded)[1] != []


def test_it_is_recorded_as_taken_and_as_put(world):
    browser(world.officer).post(AT_ASC01, BROADSHEET)

    actions = AuditEvent.objects.filter(centre="ASC01", by="officer.main")
    assert set(actions.values_list("action", flat=True)) >= {"results_taken", "exchange_put"}


def test_a_viewer_is_not_offered_it_and_cannot(world):
    client = browser(world.viewer)

    assert "Put into File Exchange" not in client.get(AT_MAIN1).content.decode()
    assert client.post(AT_MAIN1, BROADSHEET).status_code == 403
    assert not Version.objects.exists()


def test_what_is_restricted_is_not_put_there_and_nothing_is_recorded(world):
    restrict()
    trust(world.officer)
    with time_machine.travel(IN_CONFIDENCE, tick=False):
        page = browser(world.officer).post(AT_ASC01, BROADSHEET).content.decode()

    assert "restricted until" in page
    assert not Version.objects.exists()
    assert not AuditEvent.objects.filter(action="results_taken").exists()


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
        work.run("results.Export", str(export.pk))
    export.refresh_from_db()
    return export


def test_one_made_in_the_background_can_be_put_there_from_its_page(world):
    export = made_in_the_background(world)
    client = browser(world.officer)
    url = f"{AT_ASC01}files/{export.pk}/"

    assert "Put into File Exchange" in client.get(url).content.decode()
    client.post(f"{url}file-exchange/")
    assert content_of(Version.objects.get()) == b"".join(kept_files.stream(export.kept))


def test_one_made_in_confidence_stays_out_until_candidates_are_shown_theirs(world):
    restrict()
    trust(world.officer)
    export = made_in_the_background(world, at=IN_CONFIDENCE)
    exchange = handing_over.exchange_for(world.officer, "ASC01", "MAIN1")

    with pytest.raises(CannotPut, match="restricted until"):
        handing_over.put_export(
            exchange=exchange, by=world.officer, export=export, at=IN_CONFIDENCE
        )
    assert handing_over.put_export(exchange=exchange, by=world.officer, export=export, at=AFTER)


def test_what_became_restricted_since_it_was_made_stays_out_and_its_page_says_so(world):
    trust(world.officer)
    export = made_in_the_background(world)
    restrict(STAFF_AT, candidates_at=AFTER + (AFTER - STAFF_AT))
    exchange = handing_over.exchange_for(world.officer, "ASC01", "MAIN1")

    with pytest.raises(CannotPut, match="restricted until"):
        handing_over.put_export(exchange=exchange, by=world.officer, export=export)
    page = browser(world.officer).get(f"{AT_ASC01}files/{export.pk}/").content.decode()
    assert "do not pass on" in page and "Put into File Exchange" not in page
