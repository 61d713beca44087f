"""Rule 17: the list of letter files, and how letters are downloaded."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.test import Client

from centres.groups import groups_of
from centres.groups import save as save_groups
from centres.models import AuditEvent, CentreArrangement
from core.templatetags.dates import local
from credentials.letters import letter_files
from credentials.letters.downloads import CannotDownload, Choice, download, usual_choice
from credentials.letters.letter import Printing
from credentials.letters.pdf import make_grouped_pdf
from credentials.letters.retention import destroy_expired, kept_until
from credentials.letters.storage import letters_in
from credentials.models import LetterFile
from tests.between_queries import after_query
from tests.builders import PASSWORD, arrange, give, make_candidate
from tests.letters import an_hour_passes, begun_by, make, texts

CENTRE = "/candidate-results/2026-06/MAIN1/"


@pytest.fixture
def officer(world):
    client = Client()
    client.force_login(world.officer)
    return client


@pytest.fixture
def three(world, issue):
    """A file of three letters, whose order by name is another than by number."""
    world.open_all()
    world.candidate.name = "ZULU: Z"
    world.candidate.save()
    make_candidate(world.main, world.series, "0002", name="alpha: A")
    make_candidate(world.main, world.series, "0003", name="MIKE: M")
    return issue()


def numbers_in(pdf: bytes) -> list[str]:
    names = {"ZULU: Z": "0001", "alpha: A": "0002", "MIKE: M": "0003"}
    return [names[name] for page in texts(pdf) for name in names if f"{names[name]} {name}" in page]


def taken(file, world, **choice) -> bytes:
    return b"".join(download(letter_file=file, by=world.officer, choice=Choice(**choice)))


def test_letters_come_in_order_of_number_or_of_name(three, world):
    assert numbers_in(taken(three, world)) == ["0001", "0002", "0003"]
    assert numbers_in(taken(three, world, order="name")) == ["0002", "0003", "0001"]


def test_letters_come_in_the_officers_groups_and_who_is_in_none_comes_last(three, world):
    here = {"centre": world.main, "series": world.series, "by": world.officer}
    save_groups(**here, groups={"0003": "9B", "0002": "11A"})
    pdf = taken(three, world, order="group", printing=Printing(cover_sheet=True))

    pages = texts(pdf)
    assert ["9B" in pages[0], "11A" in pages[2], "No group" in pages[4]] == [True] * 3
    assert numbers_in(taken(three, world, order="group")) == ["0003", "0002", "0001"]
    by_number = texts(taken(three, world))
    assert ["11A" in by_number[1], "9B" in by_number[2]] == [True] * 2
    assert "No group" not in by_number[0]


def test_letters_whose_login_ended_are_left_out_unless_they_are_asked_for(three, world, issue):
    issue(candidates=[world.candidate])

    assert numbers_in(taken(three, world)) == ["0002", "0003"]
    assert numbers_in(taken(three, world, ended=True)) == ["0001", "0002", "0003"]
    with pytest.raises(CannotDownload, match="login on the letter of 0001 no longer works"):
        taken(three, world, only=("0001", "0002"))
    issue()
    with pytest.raises(CannotDownload, match="No login on these letters works any more"):
        taken(three, world)


def test_one_letter_can_be_had_alone_and_does_not_count_as_the_file(three, world):
    pdf = taken(three, world, only=("0002",), printing=Printing(large=True))

    assert numbers_in(pdf) == ["0002"]
    [event] = AuditEvent.objects.filter(action="letter_downloaded")
    assert event.new == {"letters": 1, "large": True}
    [listed] = letter_files.letter_files_of(world.main, world.series)
    assert listed.whole_downloads == []
    with pytest.raises(CannotDownload, match="no letter of 0009, 9999"):
        taken(three, world, only=("9999", "0002", "0009"))


def test_who_downloads_the_only_letter_by_its_number_has_downloaded_the_file(three, world, issue):
    again = issue(candidates=[world.candidate])
    taken(again, world, only=("0001",))
    taken(three, world, only=("0003", "0002"))  # all of whose login works
    taken(three, world, only=("0001",), ended=True)

    issue()
    taken(three, world, only=("0001",), ended=True)  # none of whose login works any more

    found = letter_files.letter_files_of(world.main, world.series)
    assert [len(file.whole_downloads) for file in found] == [0, 1, 1]


def test_accents_do_not_count_in_the_order_of_names(world, issue):
    world.open_all()
    names = ["BAKER: B", "Éclair: E", "FOX: F", "alvarez: Zola", "ÁLVAREZ: Zoë"]
    for number, name in enumerate(names, 2):
        make_candidate(world.main, world.series, f"{number:04}", name=name)

    pages = texts(taken(issue(), world, order="name"))
    found = [name for page in pages for name in names if name in page]
    assert found == ["ÁLVAREZ: Zoë", "alvarez: Zola", "BAKER: B", "Éclair: E", "FOX: F"]


def test_a_group_that_no_font_can_print_is_said(three, world, officer):
    here = {"centre": world.main, "series": world.series, "by": world.officer}
    save_groups(**here, groups={"0001": "\N{FOX FACE}"})
    download = f"{CENTRE}letters/{three.pk}/download/"

    page = officer.get(download, {"order": "group", "cover_sheet": "on"}, follow=True)
    assert "The cover sheet of “\N{FOX FACE}” cannot be printed" in page.text
    assert officer.get(download, {"order": "group"}).headers["Content-Type"] == "application/pdf"


def test_long_names_of_centre_and_group_leave_fewer_rows_on_a_cover_sheet(three, world):
    letter = replace(letters_in(three)[0], centre_name="Academy " * 25)
    group = ("W" * 50, [letter] * 25)

    pages = texts(make_grouped_pdf([group], Printing(cover_sheet=True)))
    assert ["Academy" in page and "W" * 10 in page for page in pages[:2]] == [True, True]
    assert "2 / 2" in pages[1]
    assert len(pages) == 2 + 25


def test_many_centres_in_one_zip_come_each_in_its_language(three, world):
    assert usual_choice(three).printing.language == "en-gb"
    CentreArrangement.objects.filter(centre=world.main).update(letter_language="fr")

    assert usual_choice(three) == Choice(printing=Printing(language="fr"))


def test_the_list_says_by_whom_and_how_often_a_file_was_downloaded(
    three, world, officer, django_assert_num_queries
):
    with django_assert_num_queries(6):
        letter_files.letter_files_of(world.main, world.series)
    taken(three, world)
    taken(three, world)
    html = officer.get(f"{CENTRE}letters/").text

    assert "by officer.main" in html
    assert "(2 times)" in html


def test_more_files_take_no_more_queries(three, world, issue, django_assert_num_queries):
    for _ in range(2):
        taken(issue(), world)

    with django_assert_num_queries(6):
        found = letter_files.letter_files_of(world.main, world.series)
    assert [file.live for file in found] == [3, 0, 0]
    assert [file.ended for file in found] == [0, 3, 3]


@pytest.mark.parametrize("ready_after", range(1, 7))
def test_a_file_that_becomes_ready_while_it_is_looked_at_is_not_said_to_hold_no_login(
    world, ask, ready_after
):
    world.open_all()
    waiting = ask()

    with after_query(ready_after, lambda: make(waiting)):
        [file] = letter_files.letter_files_of(world.main, world.series)
    assert LetterFile.objects.get().state == LetterFile.State.READY
    assert file.under_way or file.live == 1


@pytest.mark.parametrize("made_after", [2, 3, 4])
def test_a_letter_that_is_made_and_outdated_while_the_files_are_looked_at_does_no_harm(
    world, ask, made_after
):
    world.open_all()
    waiting = ask()

    def make_and_change():
        make(waiting)
        arrange(world.main, world.series, delay=dt.timedelta(hours=1))

    with after_query(made_after, make_and_change):
        [file] = letter_files.letter_files_of(world.main, world.series)
    assert file.outdated <= file.live


def test_the_last_language_is_offered_the_next_time(three, world, officer):
    page = f"{CENTRE}letters/{three.pk}/"
    assert officer.get(f"{page}download/", {"language": "es"}).headers["Content-Type"] == (
        "application/pdf"
    )

    assert '<option value="es" selected>' in officer.get(page).text
    assert CentreArrangement.objects.get(centre=world.main).letter_language == "es"


def test_after_some_minutes_the_password_is_asked_for_and_the_way_back_ends_with_the_file(
    three, officer
):
    an_hour_passes(officer)
    address = f"{CENTRE}letters/{three.pk}/download/?order=name&cover_sheet=on"
    asked = officer.get(address)
    assert asked.url.startswith("/account/confirm/")

    wrong = officer.post(asked.url, {"password": "wrong"})
    assert wrong.status_code == 200
    assert officer.get(address).url == asked.url
    back = officer.post(asked.url, {"password": PASSWORD}, follow=True)

    assert "Thank you. The download starts automatically." in back.text
    assert '<option value="name" selected>' in back.text
    assert re.search(r'name="cover_sheet"[^>]*checked', back.text)
    pdf = officer.get(begun_by(back))
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert numbers_in(pdf.content)[3:] == ["0002", "0003", "0001"]  # after those on the cover sheet


def test_a_page_that_is_opened_again_begins_no_download(three, officer):
    an_hour_passes(officer)
    asked = officer.get(f"{CENTRE}letters/{three.pk}/download/")
    page = f"{CENTRE}letters/{three.pk}/"
    assert begun_by(officer.get(page)) == ""  # without the password
    assert begun_by(officer.post(asked.url, {"password": PASSWORD}, follow=True))

    assert begun_by(officer.get(page)) == ""
    assert "starts automatically" not in officer.get(page).text


def test_no_password_is_asked_of_those_who_may_not_have_the_letters(three, world):
    stranger = Client()
    stranger.force_login(world.stranger)
    an_hour_passes(stranger)

    assert stranger.get(f"{CENTRE}letters/{three.pk}/download/").status_code == 404


def test_wrong_passwords_there_and_at_the_sign_in_are_counted_together(three, officer, settings):
    an_hour_passes(officer)
    for number in range(settings.AXES_FAILURE_LIMIT - 1):
        assert officer.post("/account/confirm/", {"password": f"wrong {number}"}).status_code == 200

    sign_in = {"login": "officer.main", "password": "wrong"}
    assert Client().post("/log-in/", sign_in).status_code == 429
    assert officer.post("/account/confirm/", {"password": PASSWORD}).status_code == 429


def test_the_password_cannot_be_guessed_there(three, officer):
    an_hour_passes(officer)
    answers = [
        officer.post("/account/confirm/", {"password": f"wrong {number}"}).status_code
        for number in range(12)
    ]

    assert answers[0] == 200
    assert answers[-1] == 429


def test_what_is_typed_wrongly_is_said_and_kept(three, officer):
    page = officer.get(f"{CENTRE}letters/{three.pk}/download/", {"candidate": "12", "large": "on"})

    assert page.status_code == 200
    assert "Candidate numbers have four digits" in page.text
    assert 'value="12"' in page.text


def test_the_page_says_until_when_a_file_is_kept_and_then_when_and_why_it_was_destroyed(
    three, world, officer
):
    page = f"{CENTRE}letters/{three.pk}/"
    html = officer.get(page).text
    assert "Kept until" in html and "Permanently deleted after this date." in html

    destroyed_at = kept_until(three) + dt.timedelta(days=1)
    destroy_expired(destroyed_at)
    html = officer.get(page).text
    assert f"This file was deleted on {local(destroyed_at, world.main)}" in html
    assert "letters are kept for 90 days after the last release of their series" in html
    assert "Permanently deleted after this date." not in html
    assert "Download the letters" not in html
    answer = officer.get(f"{page}download/", follow=True)
    assert "There is nothing to download" in answer.text


def test_a_page_of_letter_files_takes_as_many_queries_for_one_as_for_three(
    three, world, officer, issue, django_assert_num_queries
):
    taken(three, world)
    with django_assert_num_queries(15):
        officer.get(f"{CENTRE}letters/")
    for _ in range(2):
        taken(issue(), world)

    with django_assert_num_queries(15):
        html = officer.get(f"{CENTRE}letters/").text
    assert html.count("No login works any more") == 2


def test_staff_without_access_see_no_letter_files(three, world, issue):
    issue(centre=world.associate)
    client = Client()
    client.force_login(world.associate_officer)
    page = "/candidate-results/2026-06/ASC01/letters/"
    assert "Letter files of ASC01" in client.get(page).text

    give(world.associate, world.series, access=False)
    assert "Letter files of ASC01" not in client.get(page).text
    groups = client.post("/candidate-results/2026-06/ASC01/groups/", {"groups": "11A: 0001"})
    assert groups.status_code == 302
    assert groups_of(world.associate, world.series) == {"0001": ""}


def test_a_download_is_kept_by_no_cache_and_names_nobody(three, world, officer):
    answer = officer.get(f"{CENTRE}letters/{three.pk}/download/")

    assert answer.headers["Cache-Control"] == "no-store, private"
    name = r"letters-2026-06-MAIN1-[0-9]{8}-[0-9]{4}\.pdf"
    assert re.fullmatch(rf'attachment; filename="{name}"', answer.headers["Content-Disposition"])


def test_groups_are_written_on_a_page_and_nothing_typed_is_lost(three, world, officer):
    wrong = officer.post(f"{CENTRE}groups/", {"groups": "11A: 0001\n11B: 9999\n11C"})
    assert "Line 2: this centre has no candidate 9999" in wrong.text
    assert "Line 3: write the group" in wrong.text
    assert "11B: 9999" in wrong.text

    saved = officer.post(f"{CENTRE}groups/", {"groups": "11A: 0001-0002"}, follow=True)
    assert "The groups are saved" in saved.text
    assert "11A: 0001-0002" in officer.get(f"{CENTRE}groups/").text


def test_two_officers_at_the_groups_do_not_overwrite_each_other(three, world, officer):
    officer.post(f"{CENTRE}groups/", {"groups": "11A: 0001", "was": ""})

    late = officer.post(f"{CENTRE}groups/", {"groups": "11B: 0002", "was": ""})
    assert "somebody saved this page after you opened it" in late.text
    assert '<li dir="auto">11A: 0001</li>' in late.text
    assert "11B: 0002</textarea>" in late.text
    assert groups_of(world.main, world.series)["0001"] == "11A"

    again = {"groups": "11B: 0002", "was": late.context["form"]["was"].value()}
    assert officer.post(f"{CENTRE}groups/", again).status_code == 302
    assert groups_of(world.main, world.series) == {"0001": "", "0002": "11B", "0003": ""}
