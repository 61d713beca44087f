"""Each page with a search finds a name however it is typed: staff's lists, the board's pages, records, the trail."""

import pytest

from centres import audit
from centres.models import Centre
from results import holds
from results.models import Hold
from tests.builders import make_candidate

NAME = "کریم: عَلی‌رضا"
TYPED = "عليرضا كريم"
CENTRE = "Colegio Núñez de Ávila"
STAFF = "/entries-and-results/2026-06/MAIN1/candidates/"  # posted: a name stands in no address
OFFICER = "/candidate-results/2026-06/MAIN1/"  # the same
RECORDS = "/board/records/"


@pytest.fixture
def named(world):
    candidate = make_candidate(world.main, world.series, "4321", name=NAME)
    holds.place(Hold(candidate=candidate, reason="Made up"), by="board")
    audit.record("loaded", by="board", subject=str(candidate))
    Centre.objects.filter(pk=world.main.pk).update(name=CENTRE)
    world.officer.name = "NÚÑEZ: Zoë"
    world.officer.save()
    return world


def asked(client, url, typed):
    posted = url in (STAFF, OFFICER)
    return client.post(url, {"search": typed}) if posted else client.get(url + typed)


@pytest.mark.parametrize(
    ("who", "url", "field"),
    [
        ("viewer", STAFF, "search"),
        ("officer", OFFICER, "search"),
        ("board", "/board/search/", "search"),
        ("board", "/board/holds/", "search"),
        ("board", "/board/audit/", "subject"),
    ],
)
@pytest.mark.parametrize(("typed", "found"), [(TYPED, True), ("حسن", False)])
def test_a_candidate_is_found_by_what_is_posted(client, named, who, url, field, typed, found):
    client.force_login(getattr(named, who))
    page = client.post(url, {field: typed})
    assert page.status_code == 200
    assert (NAME in page.content.decode()) is found


@pytest.mark.parametrize("url", [STAFF, OFFICER, RECORDS + "centres/candidate/?q="])
def test_a_number_is_found_in_other_digits(client, named, url):
    client.force_login(named.board if url.startswith(RECORDS) else named.officer)
    assert NAME in asked(client, url, "٤٣٢١").content.decode()
    assert NAME not in asked(client, url, "٤٣٢٢").content.decode()


@pytest.mark.parametrize(
    ("who", "url", "found"),
    [
        ("officer", "/people/?search=nunez avila", CENTRE),
        ("board", "/file-exchange/?find=nunez avila", CENTRE),
        ("board", RECORDS + "centres/centre/?q=NUNEZ avila", CENTRE),
        ("board", RECORDS + "accounts/user/?q=main1", "officer.main"),
        ("board", RECORDS + "centres/series/?q=2026", "June 2026"),
    ],
)
def test_centres_and_staff_are_found(client, named, who, url, found):
    client.force_login(getattr(named, who))
    assert found in client.get(url).content.decode()
    assert found not in client.get(url.partition("=")[0] + "=zzz").content.decode()
