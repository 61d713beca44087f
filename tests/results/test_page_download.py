"""*Download results*: choosing, files that come at once, those made in the background, and whose they are."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
import time_machine

from centres.models import AuditEvent
from core import jobs
from results.components import Component
from results.exports import build, tasks
from results.models import Export, Result
from tests.builders import IGCSE_RELEASE, STAFF_AT, erase, hold, make_candidate, restrict, trust
from tests.results.downloaded import rows_of_csv, rows_of_xlsx, text_of
from tests.results.test_staff_site import browser

TICK = dt.timedelta(microseconds=1)
# The fonts seem to have it, and Pango lacks it: the other names of the kind are printed as [?].
LOOKS_PRINTABLE = "\N{ARABIC POUND MARK ABOVE}: Fred"
URL = "/entries-and-results/2026-06/MAIN1/download/"
EVERY_FILE = [
    "broadsheet/csv/",
    "broadsheet/csv/?pum=on&together=on",
    "broadsheet/xlsx/?pum=on&together=on",
    "broadsheet/pdf/?pum=on",
    "listing/csv/?together=on",
    "listing/xlsx/",
    "schools/csv/?together=on",
    "schools/xlsx/",
    "statements/pdf/",
]


pytestmark = pytest.mark.usefixtures("after_the_release")


def content(answer) -> bytes:
    return answer.getvalue() if answer.streaming else answer.content


def chosen(client, **what):
    """By a part of what an address says, as *View entries and results* links to it."""
    return client.post(URL, {"what": "broadsheet", "format": "xlsx"} | what)


def offered(html: str) -> dict[str, str]:
    """The files that the form offers, and how each reads."""
    radios = re.findall(
        r'<input[^>]*type="radio"[^>]*name="file"[^>]*value="([^"]+)"[^>]*id="(\w+)"', html
    )
    assert radios
    return {
        value: re.search(rf'for="{at}"[^>]*>\s*(.+?)\s*</label>', html)[1] for value, at in radios
    }


@pytest.mark.parametrize(
    ("what", "format", "kind"),
    [
        ("broadsheet", "xlsx", "spreadsheetml.sheet"),
        ("broadsheet", "pdf", "application/pdf"),
        ("listing", "csv", "text/csv"),
        ("statements", "pdf", "application/pdf"),
    ],
)
def test_a_small_file_comes_at_once_and_is_recorded(world, what, format, kind):
    client = browser(world.viewer)
    way = chosen(client, what=what, format=format).headers["Location"]
    assert urlsplit(way).path == f"{URL}{what}/{format}/"

    answer = client.get(way)

    assert kind in answer.headers["Content-Type"]
    name = answer.headers["Content-Disposition"]
    assert name.startswith('attachment; filename="')
    assert name.endswith(f'2026-06-MAIN1-20260820-1900.{format}"')
    assert content(answer)
    [event] = AuditEvent.objects.filter(action="results_downloaded")
    assert (event.by, event.centre, event.series) == ("viewer.main", "MAIN1", "June 2026")
    assert what in event.subject.lower()


def test_only_those_asked_for_are_in_it(world):
    for number in ("0002", "0003", "0007"):
        make_candidate(world.main, world.series, number)
    client = browser(world.viewer)

    answer = client.get(chosen(client, candidates="0002-0005, 0007").headers["Location"])

    rows = rows_of_xlsx(content(answer))
    assert [row["Candidate number"] for row in rows] == ["0002", "0003", "0007"]


def test_with_every_associate_centre_it_holds_them_all(world):
    client = browser(world.viewer)
    answer = client.get(chosen(client, format="csv", together="on").headers["Location"])

    rows = rows_of_csv(content(answer))
    assert [row["Centre"] for row in rows] == ["ASC01", "ASC02", "MAIN1"]
    assert "all-centres" in answer.headers["Content-Disposition"]
    assert AuditEvent.objects.filter(action="results_downloaded").count() == 3


def test_an_associate_is_not_offered_other_centres_nor_given_them(world):
    client = browser(world.associate_officer)
    url = URL.replace("MAIN1", "ASC01")
    assert "every Associate Centre" not in client.get(url).content.decode()

    assert "Select a valid choice" in client.get(f"{url}listing/csv/?together=on").text
    rows = rows_of_csv(content(client.get(f"{url}listing/csv/")))
    assert {row["Centre"] for row in rows} == {"ASC01"}


@pytest.mark.parametrize("small", [True, False])
@pytest.mark.parametrize("candidates", ["", "0001"])
@pytest.mark.parametrize("pum", [{}, {"pum": "on"}])
@pytest.mark.parametrize(("user", "centre"), [("officer", "MAIN1"), ("associate_officer", "ASC01")])
def test_whatever_is_offered_comes_as_a_file_or_is_made_in_the_background(
    world, monkeypatch, user, centre, pum, candidates, small
):
    monkeypatch.setattr(tasks, "MOST_UNDER_WAY", 99)
    if not small:
        monkeypatch.setattr(build, "SMALL_XLSX", 0)
        monkeypatch.setattr(build, "SMALL", dict.fromkeys(build.SMALL, 0))
    client, url = browser(getattr(world, user)), URL.replace("MAIN1", centre)
    files = offered(client.get(url).text)

    assert len(files) == len({*files.values()}) == (14 if centre == "MAIN1" else 8)
    for file in files:
        posted = {"file": file, "candidates": candidates, **pum}
        answer = client.post(url, posted, follow=True)
        if small or file.endswith("csv"):
            assert "attachment" in answer.headers["Content-Disposition"], file
            assert content(answer)
        else:
            assert "The file is about to be made" in answer.text, file
            page = answer.redirect_chain[-1][0]
            jobs.run("results.Export", page.split("/")[-2])
            assert "The file is ready" in client.get(page).text, file


@pytest.mark.parametrize("file", ["broadsheet/xlsx", "all/schools/csv", "statements/pdf"])
def test_whatever_can_be_shared_is_and_what_is_restricted_is_not_offered_to_be(world, file):
    client = browser(world.officer)
    assert "Share in File Exchange" in client.get(URL).text

    page = client.post(URL, {"file": file, "share": "yes"}, follow=True)
    assert "is in File Exchange" in page.text

    trust(world.officer)
    restrict()
    with time_machine.travel(STAFF_AT, tick=False):
        assert "Share in File Exchange" not in browser(world.officer).get(URL).text


def test_candidates_of_every_centre_are_chosen_by_their_numbers_too(world):
    make_candidate(world.main, world.series, "0002")
    client = browser(world.viewer)

    answer = client.post(URL, {"file": "all/listing/csv", "candidates": "0001"}, follow=True)

    rows = rows_of_csv(content(answer))
    assert {(row["Centre"], row["Candidate number"]) for row in rows} == {
        *(("ASC01", "0001"), ("ASC02", "0001"), ("MAIN1", "0001")),
    }


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"what": "statements", "format": "csv"}, "Select a valid choice"),
        ({"format": "pdf", "together": "on"}, "Select a valid choice"),
        ({"candidates": "Fred"}, "“Fred” is not a candidate number"),
        ({"candidates": "0001, 0009"}, "There is no candidate 0009 at this centre in this series."),
        (
            {"candidates": "0002", "together": "on"},
            "There is no candidate 0002 at any of these centres in this series.",
        ),
        ({"what": "grades"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(world, posted, said):
    answer = chosen(browser(world.viewer), **posted)

    html = answer.content.decode()
    assert answer.status_code == 200
    assert said in html
    assert f'value="{posted.get("candidates", "")}"' in html or "candidates" not in posted
    assert not Export.objects.exists()


@pytest.mark.parametrize("where", ["nothing/csv/", "listing/exe/", "statements/csv/"])
def test_what_is_not_offered_is_not_found(world, where):
    assert browser(world.viewer).get(URL + where).status_code == 404


def test_a_large_file_is_made_in_the_background_and_watched(
    world, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(build, "SMALL_XLSX", 2)
    client = browser(world.viewer)
    straight = client.get(f"{URL}broadsheet/xlsx/?pum=on", follow=True)
    assert "made in the background" in straight.content.decode()

    with django_capture_on_commit_callbacks():
        way = chosen(client).headers["Location"]
    export = Export.objects.get()
    assert "about to be made" in client.get(way).content.decode()
    assert 'hx-trigger="every 2s"' in client.get(f"{way}progress/").content.decode()

    jobs.run("results.Export", str(export.pk))
    html = client.get(way).content.decode()
    assert "The file is ready." in html
    assert "It shows what you could see on 20 August 2026, 19:00 Bangkok time (UTC+7)" in html
    assert "hx-trigger" not in html
    [row] = rows_of_xlsx(content(client.get(f"{way}download/")))
    assert row["0580 Syllabus 0580"] == "A(a)"
    assert way in client.get(URL).content.decode()


def test_it_is_for_who_asked_for_it_alone(world, monkeypatch):
    monkeypatch.setattr(build, "SMALL_XLSX", 2)
    way = chosen(browser(world.viewer)).headers["Location"]

    for act in ("", "progress/", "download/", "try-again/", "destroy/"):
        assert browser(world.officer).get(way + act).status_code == 404
    assert way not in browser(world.officer).get(URL).content.decode()


def test_it_can_be_destroyed_and_says_when_it_must_not_be_had(world, monkeypatch):
    monkeypatch.setattr(build, "SMALL_XLSX", 2)
    trust(world.viewer)
    restrict()
    client = browser(world.viewer)
    with time_machine.travel(STAFF_AT, tick=False):
        way = chosen(client).headers["Location"]
        jobs.run("results.Export", str(Export.objects.get().pk))
        html = client.get(way).content.decode()
        assert (
            "Restricted until 13 August 2026, 12:00 Bangkok time (UTC+7): do not pass on." in html
        )
        hold(series=world.series)
        refused = client.get(f"{way}download/", follow=True).content.decode()
        assert "What this file shows is no longer up to date" in refused
        assert ">Download<" not in refused

        gone = client.post(f"{way}destroy/", follow=True)
    assert "has been deleted" in gone.content.decode()
    assert not Export.objects.exists()


def test_a_name_that_cannot_be_printed_is_said_on_the_page(world):
    world.candidate.name = LOOKS_PRINTABLE
    world.candidate.save()

    answer = browser(world.viewer).get(f"{URL}statements/pdf/", follow=True)

    assert "cannot be printed" in answer.content.decode()
    assert not AuditEvent.objects.filter(action="results_downloaded").exists()


def test_the_first_bytes_of_a_csv_go_out_before_a_row_is_read(world, django_assert_num_queries):
    answer = browser(world.viewer).get(f"{URL}listing/csv/")
    pieces = iter(answer.streaming_content)

    with django_assert_num_queries(0):
        assert b"Candidate number" in next(pieces)
    with django_assert_num_queries(1):
        assert b"A(a)" in next(pieces)


@pytest.mark.parametrize("where", EVERY_FILE)
def test_before_staffs_instant_no_file_tells_grades_apart(world, where):
    """Rule 18, of files: byte for byte, whatever the grades, or without any."""
    trust(world.officer)
    restrict(STAFF_AT, candidates_at=IGCSE_RELEASE)
    client = browser(world.officer)

    def file(at):
        with time_machine.travel(at, tick=False):
            answer = client.get(URL + where)
            del answer.headers["X-Request-ID"]  # of each request its own
            return dict(answer.headers), content(answer)

    before = STAFF_AT - TICK
    one = file(before)
    marks = [Component("12", "61", "60", "A")]
    Result.objects.update(grade="UNGRADED", pum=100, components=marks)
    assert file(before) == one
    erase(Result.objects.all())
    assert file(before) == one


@pytest.mark.parametrize("where", EVERY_FILE)
def test_from_staffs_instant_the_files_tell_them(world, where):
    trust(world.officer)
    restrict()
    client = browser(world.officer)
    with time_machine.travel(STAFF_AT, tick=False):
        answer = client.get(URL + where)
    file = content(answer)
    shown = {
        "csv": lambda: file.decode(),
        "xls": lambda: str(rows_of_xlsx(file)),
        "pdf": lambda: " ".join(text_of(file)),
    }[where.split("/")[1][:3]]()
    assert ("Restricted" if where.startswith("schools") else "A(a)") in shown
    assert "restricted" in answer.headers["Content-Disposition"]


def test_which_file_it_is_stands_in_the_path_alone(world):
    """A PDF of every centre is not offered."""
    client = browser(world.officer)
    answer = client.get(f"{URL}broadsheet/pdf/?file=all/listing/csv")
    assert (
        answer["Content-Disposition"] == client.get(f"{URL}broadsheet/pdf/")["Content-Disposition"]
    )
    assert "ASC01" not in "".join(text_of(content(answer)))
