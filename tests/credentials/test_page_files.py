"""Rule 17 on the pages: what is said of a letter file, and what comes when it is downloaded."""

import datetime as dt

import pytest
from django.test import Client

from centres.models import AuditEvent, CentreArrangement, Release
from credentials.letters import letter_files
from credentials.letters.downloads import Choice, download
from credentials.letters.letter import Printing
from credentials.models import LetterBatch, LetterFile
from tests.builders import arrange, make_batch, make_candidate, make_officer, make_series
from tests.letters import texts

CENTRE = "/candidate-results/2026-06/MAIN1/"
EVENING = dt.datetime(2026, 8, 1, 19, 7, 20, tzinfo=dt.UTC)  # at MAIN1, in Bangkok, the next day


@pytest.fixture
def officer(world):
    client = Client()
    client.force_login(world.officer)
    return client


@pytest.fixture
def made(world, issue):
    """A file of two letters, asked for on a Saturday evening."""
    world.open_all()
    make_candidate(world.main, world.series, "0002", name="OKAFOR: Chidi")
    file = issue()
    set_state(file, asked_at=EVENING)
    return file


def page(file: LetterFile) -> str:
    return f"{CENTRE}letters/{file.pk}/"


def set_state(file: LetterFile, **state) -> None:
    LetterFile.objects.filter(pk=file.pk).update(**state)


def test_every_page_names_who_downloaded_last(made, world, officer):
    colleague = make_officer("officer.two", world.main)
    for by in (world.officer, colleague):
        download(letter_file=made, by=by)

    assert "by officer.two" in officer.get(f"{CENTRE}letters/").text
    html = officer.get(page(made)).text
    assert html.index(", by officer.two") < html.index(", by officer.main")


def test_a_file_is_named_by_the_clock_that_its_page_shows(made, officer):
    answer = officer.get(f"{page(made)}download/")

    name = 'attachment; filename="letters-2026-06-MAIN1-20260802-0207.pdf"'
    assert answer.headers["Content-Disposition"] == name
    assert "2 August 2026, 02:07" in officer.get(page(made)).text


def test_so_is_a_zip_of_many_centres(world, issue, officer):
    world.open_all()
    batch = make_batch(world.main, world.series, issue(world.associate))
    LetterBatch.objects.update(asked_at=EVENING)

    answer = officer.get(f"{CENTRE}attached-centres/letters/{batch.pk}/download/")
    name = 'attachment; filename="letters-2026-06-MAIN1-20260802-0207.zip"'
    assert answer.headers["Content-Disposition"] == name


def test_the_language_of_single_letters_is_not_the_centres_choice(made, officer):
    officer.get(f"{page(made)}download/", {"language": "fr"})
    pdf = officer.get(f"{page(made)}download/", {"language": "ar", "candidate": "0002"})

    assert pdf.headers["Content-Type"] == "application/pdf"
    assert CentreArrangement.objects.get(centre__number="MAIN1").letter_language == "fr"


def test_what_is_refused_is_not_recorded(made, officer):
    refused = officer.get(f"{page(made)}download/", {"candidate": "0009"}, follow=True)

    assert "This file has no letter of 0009." in refused.text
    assert 'value="0009"' in refused.text
    assert not AuditEvent.objects.filter(action__contains="_downloaded").exists()


def test_the_record_of_a_download_says_how_and_of_nobody(made, world):
    printing = Printing(language="es", large=True, cover_sheet=True)
    download(letter_file=made, by=world.officer, choice=Choice(printing, "name", ("0002",)))

    event = AuditEvent.objects.get(action="letter_downloaded")
    assert (event.by, event.centre, event.series) == ("officer.main", "MAIN1", "June 2026")
    how = {"language": "es", "large": True, "cover_sheet": True, "order": "name"}
    assert event.new == {"letters": 1, **how}


def test_what_is_ticked_on_the_page_is_what_comes(made, world, officer, issue):
    assert "Also letters whose login no longer works" not in officer.get(page(made)).text
    issue(candidates=[world.candidate])
    assert "Also letters whose login no longer works (1)" in officer.get(page(made)).text
    ticked = {"order": "name", "large": "on", "cover_sheet": "on", "ended": "on"}
    pdf = officer.get(f"{page(made)}download/", ticked)

    assert len(texts(pdf.content)) == 3
    event = AuditEvent.objects.get(action="letters_downloaded")
    how = {"large": True, "cover_sheet": True, "order": "name", "ended logins too": True}
    assert event.new == {"letters": 2, **how}


def test_a_file_is_found_at_its_own_centre_and_in_its_own_series_alone(made, world, officer):
    make_candidate(world.main, make_series(2026, 11))

    for elsewhere in ("2026-11/MAIN1", "2026-06/ASC01"):
        letters = f"/candidate-results/{elsewhere}/letters/"
        assert officer.get(letters).status_code == 200
        assert str(made.pk) not in officer.get(letters).text
        for address in (f"{letters}{made.pk}/", f"{letters}{made.pk}/download/"):
            assert officer.get(address).status_code == 404


def test_a_file_that_failed_half_way_can_be_downloaded_as_far_as_it_is(made, officer):
    set_state(made, state="failed", total=5, error="There is no room left.")

    html = officer.get(page(made)).text
    assert "There is no room left." in html
    assert "2 of 5 are safely stored" in html
    answer = officer.get(f"{page(made)}download/")
    assert answer.headers["Content-Type"] == "application/pdf"


def test_while_letters_are_made_there_is_nothing_to_download(made, officer):
    set_state(made, state="running", total=5)

    assert "Download the letters" not in officer.get(page(made)).text
    refused = officer.get(f"{page(made)}download/", follow=True)
    assert "There is nothing to download yet." in refused.text


def test_a_destroyed_file_says_how_many_letters_it_held_and_where_new_ones_are_made(made, officer):
    set_state(made, state="destroyed", destroyed_at=EVENING)

    html = officer.get(page(made)).text
    assert "It held 2 letters." in html
    assert f'<a href="{CENTRE}">list of candidates</a>' in html


def test_who_is_about_to_print_outdated_letters_is_shown_the_way_to_new_ones(made, world, officer):
    assert "outdated" not in officer.get(page(made)).text
    arrange(world.main, world.series, delay=dt.timedelta(hours=2))

    html = officer.get(page(made)).text
    assert (
        f'2 are outdated: <a href="{CENTRE}?show=outdated">see why, and re-create them</a>' in html
    )


def test_without_a_release_the_page_says_from_what_the_time_is_counted(made, officer):
    Release.objects.all().delete()

    assert "Counted from the last release of the series" in officer.get(page(made)).text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"state": "ready"}, "Current"),
        ({"state": "queued", "done": 0}, "Waiting: 0 of 2"),
        ({"state": "running", "done": 1}, "Being made: 1 of 2"),
        ({"state": "failed", "done": 1}, "Failed: 1 of 2"),
        ({"state": "destroyed", "destroyed_at": EVENING}, "Deleted"),
    ],
)
def test_the_list_says_in_what_state_a_file_is(made, officer, state, words):
    set_state(made, **state)

    assert f">{words}</span>" in officer.get(f"{CENTRE}letters/").text


def test_the_link_of_a_candidate_leads_to_the_one_letter(made, officer):
    assert f'href="{page(made)}?candidate=0002">' in officer.get(CENTRE).text
    assert 'value="0002"' in officer.get(f"{page(made)}?candidate=0002").text


def test_downloading_the_letters_of_whoever_is_ticked_leads_to_the_file_that_holds_them(
    made, world, officer, issue
):
    answer = officer.post(f"{CENTRE}letters/", {"candidate": ["0001"], "also": "0002"})
    assert answer.url == page(made)
    assert officer.post(f"{CENTRE}letters/", {"also": "0002"}).url == f"{page(made)}?candidate=0002"

    other = issue(candidates=[world.candidate])
    html = officer.post(f"{CENTRE}letters/", {"also": "0001 0002"}).text
    assert "are in 2 files" in html
    assert f'href="{page(other)}"' in html and f'href="{page(made)}"' in html
    none = officer.post(f"{CENTRE}letters/", {"also": "0009"}, follow=True)
    assert "No ticked candidate has a letter." in none.text


def test_where_more_are_ticked_than_can_be_named_it_is_said_whose_letters_come_too(
    made, officer, monkeypatch
):
    """Nobody prints a login of whom they did not tick without a word (rule 17)."""
    monkeypatch.setattr(letter_files, "MOST_NAMED", 0)
    answer = officer.post(f"{CENTRE}letters/", {"also": "0002"}, follow=True)
    assert answer.redirect_chain == [(page(made), 302)]
    assert "It holds 1 letter of candidates whom you did not tick, too." in answer.text

    all_of_it = officer.post(f"{CENTRE}letters/", {"also": "0001 0002"}, follow=True)
    assert "did not tick" not in all_of_it.text
