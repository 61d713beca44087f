"""The pages *Associate Centres, at a glance* and of letters made for many of them."""

import datetime as dt
import io
import re
import zipfile

from django.db import connection
from django.test.utils import CaptureQueriesContext

from centres.models import AuditEvent, Centre, CentreArrangement, Status
from centres.terms import Contact
from credentials.models import LetterBatch, LetterFile
from tests.asked import counted_on
from tests.builders import (
    PASSWORD,
    arrange,
    erase,
    give,
    make_batch,
    make_candidate,
    make_centre,
    make_login,
    set_defaults,
)
from tests.letters import an_hour_passes, begun_by, make, text, texts

URL = "/candidate-results/2026-06/MAIN1/attached-centres/"
CREATE = URL + "create/"
HOUR = dt.timedelta(hours=1)


def numbers(response) -> list[str]:
    """The centres in the table."""
    return re.findall(r'name="centre" value="([^"]+)"', text(response))


def confirm(officer, **posted):
    """Ask, and press the button of the page that asks."""
    counted = counted_on(officer.post(CREATE, posted))
    return officer.post(CREATE, {**posted, "counted": counted}, follow=True)


def batch_of(officer, **posted) -> LetterBatch:
    confirm(officer, which="all", **posted)
    return LetterBatch.objects.latest("asked_at")


def made(batch: LetterBatch) -> LetterBatch:
    for file in batch.files.all():
        make(file)
    return batch


def at(batch: LetterBatch, path: str = "") -> str:
    return f"{URL}letters/{batch.pk}/{path}"


def test_the_page_opens_with_what_needs_something_and_leads_to_each_centre(officer, world):
    make_centre("ASC03", main=world.main)  # has no entries

    html = text(officer.get(URL))
    assert numbers(officer.get(URL)) == ["ASC01", "ASC02"]
    assert 'href="/candidate-results/2026-06/ASC01/"' in html
    assert "<b>2 of 3 need something.</b> 1 has no entries." in html
    assert numbers(officer.get(URL, {"show": "all"})) == ["ASC01", "ASC02", "ASC03"]


def test_contact_missing_counts_what_its_table_shows(officer, world):
    make_centre("ASC03", main=world.main)  # has no entries
    give(Centre.objects.get(number="ASC03"), world.series)
    arrange(world.associate2, world.series, status=Status.NONE)
    set_defaults(world.main, world.series, contact=Contact())

    everything = text(officer.get(URL, {"show": "all"}))
    assert "Contact missing <b>2</b>" in everything
    assert len(re.findall(r'tag-warn">[^M]*Missing</span>', everything)) == 2
    missing = officer.get(URL, {"show": "contact-missing"})
    assert numbers(missing) == ["ASC01", "ASC02"]
    assert len(re.findall(r'tag-warn">[^M]*Missing</span>', text(missing))) == 2


def test_a_filter_and_a_search_stand_in_the_address(officer, world):
    give(world.associate, world.series, access=False)

    assert numbers(officer.get(URL, {"show": "no-access"})) == ["ASC01"]
    assert numbers(officer.get(URL, {"show": "all", "search": "asc02"})) == ["ASC02"]
    html = text(officer.get(URL, {"show": "no-access", "search": "asc02"}))
    assert "holds “<bdi>asc02</bdi>” in its number or name" in html
    assert 'href="?show=all&amp;search=asc02"' in html


def test_a_row_says_all_that_there_is_about_a_centre(officer, world):
    make_candidate(world.associate, world.series, "0002")
    make_login(world.associate_candidate)

    assert row(officer) == {
        "Centre": "ASC01 Made-up School ASC01",
        "Access": "Given",
        "Agreement": "ALL",
        "Contact": "Default",
        "Letters": "1 of 2",
        "Outdated": "0",
        "Downloaded": "1 not yet",
        "Next": "Create credentials for 1, ASC01",
    }


def test_letters_that_nobody_downloaded_are_never_said_to_be_downloaded(officer, world):
    file = make_login(world.associate_candidate)[2].letter_file
    give(world.associate, world.series, delay=HOUR)
    assert row(officer)["Downloaded"] == "0 of 1"

    file.downloads.create(by="officer", letters=1, whole=True)
    assert row(officer)["Downloaded"] == "All"


def row(officer) -> dict[str, str]:
    """The first row of the table, by its heads."""
    html = text(officer.get(URL, {"show": "all"}))
    words = re.compile(r"<[^>]+>")
    heads = re.findall(r"<th role=.columnheader.[^>]*>(.*?)</th>", html, re.S)
    first = re.findall(r"<tr role=.row.>(.*?)</tr>", html, re.S)[1]
    cells = re.findall(r"<t[hd] [^>]*>(.*?)</t[hd]>", first, re.S)
    plain = {
        words.sub("", head): words.sub("", cell).strip()
        for head, cell in zip(heads, cells, strict=True)
    }
    del plain["Select"]
    return plain


def test_the_last_column_is_the_one_thing_to_do_first(officer, world):
    told = {}
    arrange(world.associate, world.series, status=Status.NONE)
    told["agree"] = row(officer)["Next"]
    arrange(world.associate, world.series)
    give(world.associate, world.series, contact_choice="centre")
    arrange(world.associate, world.series, contact=Contact())
    told["contact"] = row(officer)["Next"]
    give(world.associate, world.series)
    login = make_login(world.associate_candidate)[2]
    told["download"] = row(officer)["Next"]
    login.letter_file.downloads.create(by="officer", letters=1, whole=True)
    told["nothing"] = row(officer)["Next"]
    give(world.associate, world.series, delay=HOUR)
    told["re-create"] = row(officer)["Next"]
    give(world.associate, world.series, access=False)
    told["access"] = row(officer)["Next"]

    assert told == {
        "agree": "Edit status, ASC01",
        "contact": "Edit status, ASC01",
        "download": "Download 1 letter, ASC01",
        "nothing": "",
        "re-create": "Re-create 1, ASC01",
        "access": "Give access, ASC01",
    }


def bar(officer, show: str) -> list[str]:
    """What the buttons of the bottom bar say."""
    below = text(officer.get(URL, {"show": show})).partition('class="bottom-bar"')[2]
    hidden = re.sub(r"<span[^>]* hidden>.*?</span>", "", below)
    actions = re.findall(r'<(?:button|a) class="btn[^>]*>(.*?)</(?:button|a)>', hidden, re.S)
    return [re.sub(r"<[^>]+>", "", one).strip() for one in actions]


def test_the_filter_decides_what_the_bottom_bar_does(officer, world):
    assert bar(officer, "all") == ["Edit status of 2", "Create credentials at 2 centres"]
    make_login(world.associate_candidate)
    give(world.associate, world.series, delay=HOUR)

    assert bar(officer, "all") == ["Edit status of 2", "Create credentials at 1 centre"]
    assert bar(officer, "outdated") == ["Edit status of 1", "Re-create 1 at 1 centre"]
    give(world.associate, world.series, access=False)
    assert bar(officer, "no-access") == ["Manage attached centres"]
    assert bar(officer, "needs-something")[0] == "Edit status of 1"


def test_to_give_no_access_is_a_choice_and_nothing_that_is_needed(officer, world):
    give(world.associate, world.series, access=False)

    assert numbers(officer.get(URL)) == ["ASC02"]
    assert "1 has no access." in text(officer.get(URL))


def test_nothing_to_do_is_said(officer, world):
    erase(world.associate.candidates.all())
    erase(world.associate2.candidates.all())

    assert "No Associate Centre needs anything now" in text(officer.get(URL))


def test_the_page_takes_as_many_queries_for_many_centres_as_for_two(officer, world):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert officer.get(URL, {"show": "all"}).status_code == 200
        return len(captured)

    officer.get(URL)
    few = queries()
    for number in range(3, 20):
        centre = make_centre(f"ASC{number:02}", main=world.main)
        give(centre, world.series)
        arrange(centre, world.series)
        make_login(make_candidate(centre, world.series))
    assert queries() == few


def test_before_anything_is_made_the_page_asks_and_counts_for_each_centre(officer, world):
    make_login(world.associate_candidate)
    give(world.associate2, world.series, access=False)

    html = text(officer.post(CREATE, {"which": "all", "centre": ["ASC01", "ASC02"]}))
    for head, count in (("Centres", 1), ("Letters in all", 1), ("New logins", 0), ("Replaced", 1)):
        assert f"<dt>{head}</dt><dd><b>{count}</b>" in html
    assert "You have not given this centre access in this series." in html
    assert not LetterFile.objects.under_way().exists()


def test_with_no_centre_ticked_letters_are_made_for_all_shown(officer):
    batch = batch_of(officer, shown=["ASC01", "ASC02"])

    assert sorted(batch.files.values_list("centre__number", flat=True)) == ["ASC01", "ASC02"]


def test_those_ticked_alone_get_letters(officer):
    batch = batch_of(officer, shown=["ASC01", "ASC02"], centre=["ASC02"])

    assert [file.centre.number for file in batch.files.all()] == ["ASC02"]


def test_a_second_press_is_asked_anew_and_makes_nothing(officer):
    asked = {"which": "all", "centre": ["ASC01"]}
    before = counted_on(officer.post(CREATE, asked))
    batch_of(officer, centre=["ASC01"])

    answer = officer.post(CREATE, {**asked, "counted": before})
    assert "what would happen has changed since you were asked" in text(answer)
    assert LetterBatch.objects.count() == 1


def test_another_main_centres_associates_cannot_be_named(officer, world):
    make_centre("ASC09", main=make_centre("MAIN2"))

    answer = officer.post(CREATE, {"which": "all", "centre": ["ASC09", "OTH01"]})
    assert "There is nobody to make a letter for." in text(answer)
    assert "ASC09" not in text(answer)


def test_one_page_tells_of_all_until_they_are_ready(officer):
    batch = batch_of(officer, centre=["ASC01", "ASC02"])

    html = text(officer.get(at(batch)))
    assert "The letters are being made: 0 of 2." in html
    assert "hx-get" in html
    assert "Download all" not in html
    assert "Letters made together" in text(officer.get(URL))
    made(batch)
    html = text(officer.get(at(batch, "progress/")))
    assert "2 letters made." in html
    assert "hx-get" not in html
    assert "Download all (zip)" in html
    assert "Letters made together" in text(officer.get(URL))


def test_what_failed_says_why_and_is_tried_again(officer):
    batch = batch_of(officer, centre=["ASC01", "ASC02"])
    LetterFile.objects.update(state=LetterFile.State.FAILED, error="The disk is full.")

    html = text(officer.get(at(batch)))
    assert html.count("The disk is full.") == 2
    assert "Try again at 2 centres" in html
    officer.post(at(batch, "retry/"))
    assert {file.state for file in batch.files.all()} == {"queued"}


def test_the_zip_asks_for_the_password_again_and_then_holds_a_pdf_for_each_centre(officer, world):
    batch = made(batch_of(officer, centre=["ASC01", "ASC02"]))
    CentreArrangement.objects.filter(centre=world.associate2).update(letter_language="es")

    an_hour_passes(officer)
    asked = officer.get(at(batch, "download/?part=1"))
    assert asked.status_code == 302
    assert asked.url.startswith("/account/confirm/")
    back = officer.post(asked.url, {"password": PASSWORD}, follow=True)
    assert "The download starts automatically" in text(back)
    answer = officer.get(begun_by(back))
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert sorted(archive.namelist()) == [
            "letters-2026-06-ASC01.pdf",
            "letters-2026-06-ASC02.pdf",
        ]
        [english] = texts(archive.read("letters-2026-06-ASC01.pdf"))
        [spanish] = texts(archive.read("letters-2026-06-ASC02.pdf"))
    assert ("Password" in english, "Contraseña" in spanish) == (True, True)
    events = AuditEvent.objects.filter(action="letters_downloaded")
    assert sorted(event.centre for event in events) == ["ASC01", "ASC02"]
    assert "not-downloaded" in text(officer.get(URL))
    assert numbers(officer.get(URL, {"show": "not-downloaded"})) == []


def test_a_zip_that_there_is_not_leads_back_to_the_page(officer, world):
    batch = batch_of(officer, centre=["ASC01"])
    officer.post("/account/confirm/", {"password": PASSWORD})

    answer = officer.get(at(batch, "download/"), follow=True)
    assert "There is no such zip to download now." in text(answer)
    made(batch)
    assert officer.get(at(batch, "download/"), {"part": "2"}).status_code == 302
    assert officer.get(at(batch, "download/"), {"part": "1"}).status_code == 200


def test_letters_that_no_longer_work_are_not_called_ready(officer, world):
    _, _, old = make_login(world.associate_candidate)
    batch = make_batch(world.main, world.series, old.letter_file)
    make_login(world.associate_candidate)

    assert "No login works any more" in text(officer.get(at(batch)))


def test_neither_an_associate_nor_another_main_centre_sees_a_batch(officer, client, world):
    batch = batch_of(officer, centre=["ASC01"])
    client.force_login(world.associate_officer)

    for centre in ("MAIN1", "ASC01"):
        base = f"/candidate-results/2026-06/{centre}/attached-centres/"
        assert client.get(base).status_code == 404
        assert client.get(f"{base}letters/{batch.pk}/").status_code == 404
        assert client.post(f"{base}letters/{batch.pk}/retry/").status_code == 404
    other = make_centre("MAIN2")
    make_candidate(make_centre("ASC09", main=other), world.series)
    world.officer.memberships.update(centre=other)
    client.force_login(world.officer)
    base = "/candidate-results/2026-06/MAIN2/attached-centres/"
    assert client.get(base).status_code == 200
    assert client.get(f"{base}letters/{batch.pk}/").status_code == 404


def test_before_letters_for_many_are_made_the_password_is_asked_again(officer, world):
    posted = {"which": "all", "centre": ["ASC01", "ASC02"]}
    counted = counted_on(officer.post(CREATE, posted))
    an_hour_passes(officer)
    asked = officer.post(CREATE, {**posted, "counted": counted})
    assert asked.url.startswith("/account/confirm/")
    assert not LetterBatch.objects.exists()
    officer.post(asked.url, {"password": PASSWORD, "next": CREATE})

    assert LetterBatch.objects.get().files.count() == 2


def test_dead_and_outdated_letters_of_a_batch_are_said_to_be_so(officer, world):
    batch = made(batch_of(officer, centre=["ASC01", "ASC02"]))
    html = text(officer.get(at(batch)))
    assert len(re.findall(r'tag-good">(?:<svg.*?</svg>)?Current<', html)) == 2
    assert "outdated" not in html

    make_login(world.associate_candidate)  # made anew by her own officer
    give(world.associate2, world.series, delay=dt.timedelta(hours=4))
    html = text(officer.get(at(batch)))
    assert "No login works any more" in html
    assert "1 of 1 outdated" in html
    assert "1 of the logins no longer works</strong>, and its letter is left out" in html
    assert "1 letter is outdated." in html
    assert "One PDF for each of 1 centre." in html
    again = re.findall(r'type="hidden" name="(which|centre)" value="([^"]+)"', html)
    assert again == [("which", "outdated"), ("centre", "ASC02")]
    with_letters = officer.get(at(batch, "download/"))
    with zipfile.ZipFile(io.BytesIO(b"".join(with_letters.streaming_content))) as archive:
        assert archive.namelist() == ["letters-2026-06-ASC02.pdf"]

    make_login(world.candidates["ASC02"])
    html = text(officer.get(at(batch)))
    assert "None of the logins works any more." in html
    assert "Download all" not in html
