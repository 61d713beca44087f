"""The pages on which letters are asked for, watched and downloaded (rules 3, 12, 14 to 17)."""

import datetime as dt
import io
import re

import pypdf
from django.utils import timezone

from centres.models import AuditEvent, Candidate, Series, Status
from credentials.models import Credentials, LetterFile
from results.models import Export
from tests.asked import counted_on
from tests.builders import arrange, give, make_candidate, make_login, make_series
from tests.letters import make, text

CENTRE = "/candidate-results/2026-06/MAIN1/"
CREATE = CENTRE + "credentials/create/"
DELAY = dt.timedelta(hours=3)
NUMBERS = ("0001", "0002")
NEXT_CENTURY = dt.date(2127, 3, 25)


def confirm(client, address=CREATE, **posted):
    """Ask, and press the button of the page that asks."""
    counted = counted_on(client.post(address, posted))
    return client.post(address, {"counted": counted, **posted}, follow=True)


def create(client, **posted) -> LetterFile:
    confirm(client, **posted)
    return LetterFile.objects.latest("asked_at")


def test_before_anything_is_made_the_page_asks_and_counts(officer, world):
    make_candidate(world.main, world.series, "0002")
    withdrawn = make_candidate(world.main, world.series, "0003")
    withdrawn.entries.update(withdrawn=True)
    make_login(world.candidate)

    html = text(officer.post(CREATE))
    assert "Create credentials for 2 candidates?" in html
    for head, count in (("Letters in all", 2), ("New logins", 1), ("Replaced", 1)):
        assert f"<dt>{head}</dt><dd><b>{count}</b>" in html
    assert "All their entries have been withdrawn. (1)" in html
    assert not LetterFile.objects.under_way().exists()


def test_only_those_ticked_get_letters(officer, world):
    make_candidate(world.main, world.series, "0002")
    make(create(officer, candidate=["0002"]))

    assert [one.candidate.number for one in Credentials.objects.live()] == ["0002"]


def test_with_nobody_ticked_all_get_letters_in_order_of_number_one_page_each(officer, world):
    for number in ("0003", "0002"):
        make_candidate(world.main, world.series, number, name=f"NUMBER: {number}")
    file = make(create(officer))

    answer = officer.get(f"{CENTRE}letters/{file.pk}/download/")
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="letters-2026-06-MAIN1-')
    assert len(pages) == 3
    for page, number in zip(pages, ("0001", "0002", "0003"), strict=True):
        assert number in page.extract_text()


def test_re_create_is_for_the_outdated_alone(officer, world):
    make_login(world.candidate)
    fresh = make_candidate(world.main, world.series, "0002")
    arrange(world.main, world.series, delay=DELAY)
    make_login(fresh)

    asked = text(officer.post(CREATE, {"which": "outdated"}))
    assert "Re-create credentials for 1 candidate?" in asked
    assert "<dt>Letters in all</dt><dd><b>1</b>" in asked


def test_a_second_press_while_letters_are_made_is_told_so_and_makes_none(officer, world):
    before = counted_on(officer.post(CREATE))
    create(officer)
    answer = officer.post(CREATE, {"counted": before}, follow=True)

    assert "Letters are being made for this centre" in text(answer)
    assert LetterFile.objects.count() == 1


def test_an_old_ask_page_cannot_kill_the_logins_that_it_made(officer, world):
    before = counted_on(officer.post(CREATE))
    make(create(officer))
    answer = officer.post(CREATE, {"counted": before})

    assert "what would happen has changed since you were asked" in text(answer)
    assert LetterFile.objects.count() == 1
    assert Credentials.objects.live().get().issue_number == 1


def test_before_its_day_a_series_can_be_prepared_but_no_credentials_made(client, world):
    later = make_series(2027, 3, credentials_from=NEXT_CENTURY)
    make_candidate(world.main, later)
    arrange(world.main, later)
    client.force_login(world.officer)
    centre = "/candidate-results/2027-03/MAIN1/"

    assert client.get(centre + "status/edit/").status_code == 200
    assert "can be created from 25 March 2127" in text(client.get(centre))
    confirm(client, centre + "credentials/create/")
    counted = ""
    for day in (later.credentials_from.replace(year=2026), NEXT_CENTURY):  # as if it were put off
        Series.objects.filter(pk=later.pk).update(credentials_from=day)
        counted = counted_on(client.post(centre + "credentials/create/")) or counted
    assert counted
    client.post(centre + "credentials/create/", {"counted": counted})
    assert not LetterFile.objects.exists()


def test_without_access_nothing_is_made_even_when_posted(officer, world):
    before = counted_on(officer.post(CREATE))
    arrange(world.main, world.series, status=Status.NONE)

    for counted in (before, counted_on(officer.post(CREATE))):
        officer.post(CREATE, {"counted": counted})
    assert not LetterFile.objects.exists()


def test_progress_is_told_until_the_letters_are_ready(officer, world):
    file = create(officer)
    page = f"{CENTRE}letters/{file.pk}/"

    assert "about to be made" in text(officer.get(page))
    assert "hx-get" in text(officer.get(page + "progress/"))
    make(file)
    assert "1 letter ready." in text(officer.get(page + "progress/"))
    assert "hx-get" not in text(officer.get(page + "progress/"))


def test_when_no_worker_is_heard_of_the_page_says_so_and_not_while_another_file_is_made(
    officer, world
):
    progress = f"{CENTRE}letters/{create(officer).pk}/progress/"
    assert "has not answered for a while" not in text(officer.get(progress))

    long_ago = timezone.now() - dt.timedelta(minutes=1)
    LetterFile.objects.update(asked_at=long_ago)
    assert "has not answered for a while" in text(officer.get(progress))

    LetterFile.objects.create(
        centre=world.associate,
        series=world.series,
        asked_by="officer",
        total=1,
        state="running",
        heartbeat=timezone.now(),
    )
    assert "has not answered for a while" not in text(officer.get(progress))


def test_letters_that_wait_while_the_one_worker_is_busy_with_other_work_are_not_said_to_be_held_up(
    officer, world
):
    progress = f"{CENTRE}letters/{create(officer).pk}/progress/"
    now = timezone.now()
    LetterFile.objects.update(asked_at=now - dt.timedelta(minutes=1))
    Export.objects.create(
        centre=world.main,
        series=world.series,
        asked_by="officer",
        state="running",
        heartbeat=now - dt.timedelta(seconds=3),
    )
    assert "has not answered for a while" not in text(officer.get(progress))

    Export.objects.update(state="failed")
    assert "has not answered for a while" in text(officer.get(progress))


def test_every_download_is_recorded(officer, world):
    file = make(create(officer))
    for _ in range(2):
        officer.get(f"{CENTRE}letters/{file.pk}/download/")

    events = AuditEvent.objects.filter(action="letters_downloaded")
    assert [(event.by, event.centre) for event in events] == [("officer.main", "MAIN1")] * 2


def test_an_associates_officer_cannot_download_the_main_centres_file(officer, client, world):
    file = make(create(officer))
    client.force_login(world.associate_officer)

    for centre in ("MAIN1", "ASC01"):
        base = f"/candidate-results/2026-06/{centre}/letters/{file.pk}/"
        for path in (base, base + "progress/", base + "download/"):
            assert client.get(path).status_code == 404


def test_a_main_centres_officer_downloads_an_associates_file(officer, client, world):
    client.force_login(world.associate_officer)
    associate = "/candidate-results/2026-06/ASC01/"
    confirm(client, associate + "credentials/create/")
    file = make(LetterFile.objects.get())

    client.force_login(world.officer)
    answer = client.get(f"{associate}letters/{file.pk}/download/")
    assert answer["Content-Type"] == "application/pdf"


def test_the_file_list_says_how_many_of_a_file_are_current(officer, world):
    make_candidate(world.main, world.series, "0002")
    make(create(officer))
    make(create(officer, candidate=["0002"]))

    assert "1 of 2 replaced" in text(officer.get(f"{CENTRE}letters/"))


def test_a_file_none_of_whose_logins_works_says_so_and_is_not_offered_for_printing(officer, world):
    old = make(create(officer))
    make(create(officer))

    html = text(officer.get(f"{CENTRE}letters/{old.pk}/"))
    assert "None of the logins in this file works any more." in html
    assert "Do not hand these letters out." in html
    assert "No login works any more" in text(officer.get(f"{CENTRE}letters/"))


def test_the_row_of_an_outdated_letter_says_why_it_is(officer, world):
    second = make_candidate(world.main, world.series, "0002", name="BLOGGS: Ann")
    make(create(officer))
    Candidate.objects.filter(pk=second.pk).update(name="BLOGGS: Anne")
    html = text(officer.get(CENTRE))
    first, other = (re.search(rf'value="{one}".*?</tr>', html, re.DOTALL)[0] for one in NUMBERS)
    assert "old name" in other and "Current" not in other
    assert "Current" in first and "old name" not in first

    arrange(world.main, world.series, delay=DELAY)
    html = text(officer.get(CENTRE + "?show=outdated"))
    first, other = (re.search(rf'value="{one}".*?</tr>', html, re.DOTALL)[0] for one in NUMBERS)
    assert "old time" in first and "old name" not in first
    assert "old time" in other and "old name" in other
    assert "<li>The letter gives 13 August 2026, 12:00" in html
    assert "<li>The candidate’s name was corrected.</li>" in html


def test_outdated_letters_are_not_called_current(officer, world):
    make(create(officer))
    assert ">Current</span>" in text(officer.get(CENTRE))
    arrange(world.main, world.series, delay=DELAY)

    assert "1 of 1 outdated" in text(officer.get(f"{CENTRE}letters/"))
    assert ">Current</span>" not in text(officer.get(CENTRE))


def test_when_access_is_taken_away_the_associates_staff_can_download_no_letters(
    officer, client, world
):
    client.force_login(world.associate_officer)
    associate = "/candidate-results/2026-06/ASC01/"
    confirm(client, associate + "credentials/create/")
    file = make(LetterFile.objects.get())
    give(world.associate, world.series, access=False)

    assert client.get(f"{associate}letters/{file.pk}/download/").status_code == 404
    assert "letters/" not in text(client.get(associate))


def test_after_signing_in_again_the_way_leads_back_to_the_centre(officer, world):
    assert officer.get(CREATE).url == CENTRE
