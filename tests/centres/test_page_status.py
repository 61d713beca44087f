"""*Edit status* and the centre's page (rules 2, 4, 5, 6, 9 and 13)."""

import datetime as dt

import pytest
import time_machine

from centres.models import AuditEvent, Candidate, CentreArrangement, ContactChoice, Series, Status
from centres.status import arrangement_for
from credentials.models import Credentials
from tests.asked import counted_on
from tests.between_queries import after_query
from tests.builders import (
    CONTACT,
    arrange,
    give,
    make_candidate,
    make_login,
    make_series,
    set_defaults,
)

CENTRE = "/candidate-results/2026-06/MAIN1/"
EDIT = CENTRE + "status/edit/"
CENTRE_QUERIES = 21

CONFIRMED = {
    "status": "all",
    "agreed": "on",
    "contact_name": "Exams Office",
    "contact_telephone": "+66 2 000 0000",
    "contact_email": "",
    "delay": "1:30",
    "version": "0",
}


def text(response) -> str:
    return response.content.decode()


def test_the_drop_down_holds_exactly_the_series_with_a_valid_entry(client, world):
    Series.objects.create(year=2026, month=11, credentials_from=dt.date(2026, 10, 5))
    client.force_login(world.officer)

    html = text(client.get("/candidate-results/"))
    assert html.count("<option") == 1
    assert ">June 2026</option>" in html


@pytest.mark.parametrize("page", ["/candidate-results/", "/entries-and-results/"])
@time_machine.travel("2026-12-01", tick=False)  # when no series is present
def test_the_series_at_hand_stands_first_not_the_furthest_in_the_future(client, world, page):
    make_candidate(world.main, make_series(2027, 3, credentials_from=dt.date(2127, 3, 25)))
    client.force_login(world.officer)

    assert '<option value="2026-06" selected>June 2026</option>' in text(client.get(page))
    Series.objects.filter(year=2026).update(credentials_from=dt.date(2126, 3, 25))
    assert '<option value="2026-06" selected>June 2026</option>' in text(client.get(page))


def test_go_leads_to_the_overview(client, world):
    client.force_login(world.officer)

    response = client.get("/candidate-results/", {"series": "2026-06"})
    assert response.url == CENTRE + "overview/"


def test_a_series_that_is_not_in_the_list_is_refused_with_a_sentence(client, world):
    client.force_login(world.officer)

    response = client.get("/candidate-results/", {"series": "2026-11"})
    assert "Choose one of the series in the list." in text(response)


def test_at_first_the_page_says_that_no_candidates_have_access(client, world):
    client.force_login(world.officer)

    assert "NO candidates have access" in text(client.get(CENTRE))


def test_confirm_gives_access(client, world):
    client.force_login(world.officer)

    assert client.post(EDIT, CONFIRMED).status_code == 302
    assert "ALL candidates have access" in text(client.get(CENTRE))
    assert arrangement_for(world.main, world.series).delay == dt.timedelta(minutes=90)


def test_without_the_agreement_nothing_is_confirmed_and_nothing_typed_is_lost(client, world):
    client.force_login(world.officer)

    response = client.post(EDIT, {**CONFIRMED, "agreed": ""})
    assert "Tick this box to agree" in text(response)
    assert 'value="Exams Office"' in text(response)
    assert 'value="1:30"' in text(response)
    assert arrangement_for(world.main, world.series).status == Status.NONE


def test_selected_candidates_are_chosen_on_the_same_page(client, world):
    make_candidate(world.main, world.series, "0002")
    client.force_login(world.officer)

    client.post(EDIT, {**CONFIRMED, "status": "selected", "candidates": ["0002"]})
    assert list(
        Candidate.objects.filter(selection__isnull=False).values_list("number", flat=True)
    ) == ["0002"]


def test_taking_access_away_asks_first_and_then_ends_the_logins(client, world):
    world.open_all()
    _, _, credentials = make_login(world.candidate)
    client.force_login(world.officer)

    asked = client.post(EDIT, {**CONFIRMED, "status": "none"})
    assert "1 candidate will lose access" in text(asked)
    credentials.refresh_from_db()
    assert credentials.revoked_at is None

    client.post(EDIT, {**CONFIRMED, "status": "none", "counted": counted_on(asked)})
    credentials.refresh_from_db()
    assert credentials.revoked_at is not None


@pytest.mark.parametrize("made_after", range(8, 28, 4))
def test_no_login_ends_unasked_for_that_was_made_a_moment_ago(client, world, made_after):
    world.open_all()
    client.force_login(world.officer)

    with after_query(made_after, lambda: make_login(world.candidate)):
        answer = client.post(EDIT, {**CONFIRMED, "status": "none"})
    assert answer.status_code == 200 or Credentials.objects.live().exists()


def test_of_two_officers_who_confirm_at_once_the_second_is_told(client, world):
    client.force_login(world.officer)
    client.post(EDIT, CONFIRMED)

    response = client.post(EDIT, {**CONFIRMED, "contact_name": "Another"})
    assert "somebody confirmed this page after you opened it" in text(response)
    assert 'value="Another"' in text(response)
    assert "<li>Contact name: Exams Office</li>" in text(response)
    assert "<li>Telephone" not in text(response)
    assert arrangement_for(world.main, world.series).contact_name == "Exams Office"

    client.post(EDIT, {**CONFIRMED, "contact_name": "Another", "version": "1"})
    assert arrangement_for(world.main, world.series).contact_name == "Another"


def test_an_associate_centre_sees_the_delay_that_its_main_centre_set(client, world):
    set_defaults(world.main, world.series)
    give(world.associate, world.series, delay=dt.timedelta(hours=30))
    client.force_login(world.associate_officer)

    html = text(client.get("/candidate-results/2026-06/ASC01/status/edit/"))
    assert "30:00" in html
    assert 'name="delay"' not in html
    assert (
        "Not needed now: with “Default”, the candidates are told the main centre’s contact." in html
    )


def test_centre_defined_needs_the_associate_centres_own_contact(client, world):
    give(world.associate, world.series, contact_choice=ContactChoice.CENTRE_DEFINED)
    client.force_login(world.associate_officer)
    url = "/candidate-results/2026-06/ASC01/status/edit/"

    response = client.post(url, {**CONFIRMED, "contact_name": "", "contact_telephone": ""})
    assert "Give the name of a person or an office." in text(response)


def test_without_access_an_associate_centres_staff_can_do_nothing(client, world):
    client.force_login(world.associate_officer)
    centre = "/candidate-results/2026-06/ASC01/"

    assert "Edit status" not in text(client.get(centre))
    assert client.get(centre + "status/edit/").status_code == 302
    client.post(centre + "status/edit/", CONFIRMED)
    assert arrangement_for(world.associate, world.series).status == Status.NONE


def test_change_subcentre_leads_to_the_associate_centre_and_to_no_other(client, world):
    client.force_login(world.officer)
    url = CENTRE + "change-subcentre/"

    response = client.get(url, {"subcentre": "ASC02"})
    assert response.url == "/candidate-results/2026-06/ASC02/"
    assert client.get(url, {"subcentre": "OTH01"}).status_code == 404


@pytest.mark.parametrize(
    ("tab", "leads_to"),
    [
        ("results_day", "/candidate-results/2026-06/ASC02/results-day/"),
        ("entries", "/entries-and-results/2026-06/ASC02/"),
        ("associates", "/candidate-results/2026-06/ASC02/"),  # which an Associate Centre has not
        ("nonsense", "/candidate-results/2026-06/ASC02/"),
    ],
)
def test_change_subcentre_keeps_the_tab(client, world, tab, leads_to):
    client.force_login(world.officer)

    response = client.get(CENTRE + "change-subcentre/", {"subcentre": "ASC02", "tab": tab})
    assert response.url == leads_to


def test_an_associate_centre_has_no_drop_down_of_subcentres(client, world):
    client.force_login(world.associate_officer)

    html = text(client.get("/candidate-results/2026-06/ASC01/"))
    assert "change Subcentre" not in html
    assert "Manage attached centres" not in html


def test_search_finds_by_number_and_by_name_whatever_the_accents(client, world):
    arrange(world.main, world.series)
    make_candidate(world.main, world.series, "0002", name="NÚÑEZ: Zoë")
    make_candidate(world.main, world.series, "0003", name="李: 婷婷")
    client.force_login(world.officer)

    make_candidate(world.main, world.series, "0004", name="ŁUKASIEWICZ: D’Arcy Sita")
    searches = {
        "nunez": "NÚÑEZ",
        "zoe nunez": "NÚÑEZ",
        "0003": "婷婷",
        "婷": "婷婷",
        "lukasiewicz": "ŁUKASIEWICZ",
        "d'arcy sita": "ŁUKASIEWICZ",
    }
    for search, found in searches.items():
        html = text(client.post(CENTRE, {"search": search}))
        assert found in html
        assert "BLOGGS" not in html


def test_another_centres_candidates_are_never_in_the_list(client, world):
    make_candidate(world.stranger_centre, world.series, "0077", name="STRANGER: Child")
    client.force_login(world.officer)

    assert "STRANGER" not in text(client.get(CENTRE))


def test_the_page_takes_as_many_queries_for_three_candidates_as_for_one(
    client, world, django_assert_num_queries
):
    world.open_all()
    client.force_login(world.officer)
    make_login(world.candidate)
    with django_assert_num_queries(CENTRE_QUERIES):
        client.get(CENTRE)
    for number in ("0002", "0003"):
        make_login(make_candidate(world.main, world.series, number))
    with django_assert_num_queries(CENTRE_QUERIES):
        client.get(CENTRE)


def test_going_back_from_the_ask_page_loses_nothing_that_was_typed(client, world):
    world.open_all()
    make_login(world.candidate)
    client.force_login(world.officer)
    typed = {**CONFIRMED, "status": "none", "contact_name": "New name", "version": "0"}
    assert "will lose access" in text(client.post(EDIT, typed))

    back = text(client.post(EDIT, {**typed, "edit": "yes"}))
    assert 'value="New name"' in back
    assert arrangement_for(world.main, world.series).status == Status.ALL


def test_the_trail_says_who_was_selected(client, world):
    make_candidate(world.main, world.series, "0002")
    client.force_login(world.officer)
    client.post(EDIT, {**CONFIRMED, "status": "selected", "candidates": ["0002"]})

    assert AuditEvent.objects.latest("pk").new["selected"] == "0002"


def test_whoever_confirms_another_delay_is_told_how_many_letters_that_outdates(client, world):
    world.open_all()
    make_login(world.candidate)
    client.force_login(world.officer)
    contact = {"contact_name": CONTACT.name, "contact_telephone": CONTACT.telephone}
    same = {**CONFIRMED, **contact, "contact_email": CONTACT.email, "delay": ""}

    assert "is outdated" not in text(client.post(EDIT, same, follow=True))
    html = text(client.post(EDIT, {**same, "version": "1", "delay": "2:00"}, follow=True))
    assert "The status is confirmed. 1 letter is outdated. Re-create it." in html


def test_the_agreement_is_asked_for_again_only_when_the_status_changes_or_its_wording(
    client, world
):
    client.force_login(world.officer)
    client.post(EDIT, CONFIRMED)
    first = arrangement_for(world.main, world.series)
    assert "Tick it again only when you change the status" in text(client.get(EDIT))

    client.post(EDIT, {**CONFIRMED, "agreed": "", "version": "1", "delay": "2:00"})
    stored = arrangement_for(world.main, world.series)
    assert (stored.delay, stored.agreed_at) == (dt.timedelta(hours=2), first.agreed_at)

    other = {**CONFIRMED, "agreed": "", "version": "2", "status": "selected", "candidates": "0001"}
    assert "Tick this box to agree" in text(client.post(EDIT, other))
    CentreArrangement.objects.update(agreed_wording="Other words")
    again = client.post(EDIT, {**CONFIRMED, "agreed": "", "version": "2"})
    assert "Tick this box to agree" in text(again)
