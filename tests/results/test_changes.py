"""What changed: since a day, or since somebody last marked it as seen; to file, and told by mail."""

import datetime as dt
import io

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from centres.models import AuditEvent
from loading.engine.loader import load
from loading.engine.report import Report
from loading.kinds.results import ResultsFile
from loading.registry import rows_of
from results.changes import changes
from results.corrections import Correction, correct
from results.exports.selection import Selection
from results.models import ChangesSeen, Result
from tests.builders import (
    AFTER,
    IGCSE_RELEASE,
    STAFF_AT,
    erase,
    held_of,
    hold,
    let_go,
    make_candidate,
    restrict,
)
from tests.results.downloaded import rows_of_csv
from tests.results.test_staff_site import browser

URL = "/entries-and-results/2026-06/MAIN1/changes/"
HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR


pytestmark = pytest.mark.usefixtures("after_the_release")


def change(candidate, grade, *, at, code="0580", reason="Review of marking"):
    result = Result.objects.get(entry__candidate=candidate, entry__syllabus__code=code)
    correct([Correction(result, grade, None)], by="board", reason=reason, at=at)


@pytest.fixture
def changed(world):
    """One result of MAIN1 was corrected a day after the release, one of ASC01 three days after."""
    change(world.candidate, "B", at=IGCSE_RELEASE + DAY)
    change(world.associate_candidate, "C", at=IGCSE_RELEASE + 3 * DAY)
    return world


def page(client, url=URL) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def centres(html: str) -> list[str]:
    return [
        number
        for number in ("MAIN1", "ASC01")
        if f"/entries-and-results/2026-06/{number}/candidates/0001/" in html
    ]


def mark(client, until=AFTER, url=URL):
    return client.post(f"{url}mark-as-seen/", {"until": until.isoformat()})


def test_it_says_old_new_when_and_why_at_all_centres_of_a_main_centre(changed):
    html = page(browser(changed.viewer))

    assert centres(html) == ["MAIN1", "ASC01"]
    for said in ("A(a)", "B(b)", "C(c)", "14 August 2026, 12:00", "Review of marking"):
        assert said in html
    assert "Since the release" in html


def test_an_associate_reads_of_its_own_candidates_alone(changed):
    html = page(browser(changed.associate_officer), URL.replace("MAIN1", "ASC01"))

    assert centres(html) == ["ASC01"]
    assert "B(b)" not in html


def test_since_a_day_begins_at_midnight_at_the_centre(changed):
    client = browser(changed.viewer)  # in Asia/Bangkok both changed at 12:00
    assert centres(page(client, f"{URL}?since=2026-08-14")) == ["MAIN1", "ASC01"]
    assert centres(page(client, f"{URL}?since=2026-08-15")) == ["ASC01"]
    change(changed.candidate, "C", at=dt.datetime(2026, 8, 14, 17, 0, tzinfo=dt.UTC))
    assert centres(page(client, f"{URL}?since=2026-08-15")) == ["MAIN1", "ASC01"]


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "0001-01-01", "9999-12-31", "0"])
def test_what_is_no_day_is_said_and_all_since_last_seen_is_shown(changed, day):
    html = page(browser(changed.viewer), f"{URL}?since={day}")

    assert "Write the day as year, month and day" in html
    assert f'value="{day}"' in html
    assert centres(html) == ["MAIN1", "ASC01"]


def test_to_look_marks_nothing_and_to_mark_is_for_oneself_alone(changed):
    client = browser(changed.viewer)
    assert centres(page(client)) == centres(page(client)) == ["MAIN1", "ASC01"]

    assert mark(client).headers["Location"] == URL

    assert centres(page(client)) == []
    assert "Nothing has changed since then" in page(client)
    assert centres(page(browser(changed.officer))) == ["MAIN1", "ASC01"]
    with time_machine.travel(AFTER + 2 * HOUR, tick=False):
        change(changed.candidate, "A*", at=AFTER + HOUR)
        assert centres(page(client)) == ["MAIN1"]


def test_marked_is_what_the_page_showed_and_not_what_came_after(changed):
    client = browser(changed.viewer)
    mark(client, until=IGCSE_RELEASE + 2 * DAY)

    assert centres(page(client)) == ["ASC01"]


@pytest.mark.parametrize(("code", "told"), [("0580", "Loaded by the board"), ("0610", "Came late")])
def test_what_a_long_load_corrects_or_adds_is_not_marked_before_it_could_be_seen(
    changed, code, told
):
    erase(Result.objects.filter(entry__syllabus__code="0610"))
    client, report = browser(changed.officer), Report(lambda fault: None)
    head = "series,centre,candidate_number,syllabus,grade,pum"
    file = io.BytesIO(f"{head}\nJune 2026,MAIN1,0001,{code},C,\n".encode())
    kind = ResultsFile(report, by="board")
    with time_machine.travel(AFTER, tick=False) as clock:

        def mark_meanwhile() -> None:
            """Nobody else sees anything of the load before its end."""
            clock.shift(HOUR)
            mark(client, until=timezone.now())
            clock.shift(HOUR)

        load(kind, rows_of(kind, file, report), after_batch=mark_meanwhile)
        html = page(client)
    assert centres(html) == ["MAIN1"]
    assert told in html


def test_a_mark_never_goes_back_nor_into_the_future(changed):
    client = browser(changed.viewer)
    mark(client, until=AFTER + 9 * DAY)
    assert ChangesSeen.objects.get().at == AFTER
    mark(client, until=AFTER - 9 * DAY)
    assert ChangesSeen.objects.get().at == AFTER


@pytest.mark.parametrize(
    "until",
    [
        *("", "nonsense", "2026-08-20T12:00:00", "2026-99-99T00:00+00:00"),
        *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"),
    ],
)
def test_a_mark_without_an_instant_is_none(changed, until):
    browser(changed.viewer).post(f"{URL}mark-as-seen/", {"until": until})
    assert not ChangesSeen.objects.exists()


def test_nothing_is_told_of_what_is_held_or_was_corrected_before_it_could_be_seen(changed):
    change(changed.candidate, "E", code="0610", at=STAFF_AT)
    hold(candidate=changed.associate_candidate)

    html = page(browser(changed.viewer))
    assert centres(html) == ["MAIN1"]
    assert "E(e)" not in html


@pytest.mark.parametrize("held", [False, True])
def test_what_came_late_is_told_on_the_page_in_the_file_and_in_the_mail(changed, held, settings):
    late = {"entry__candidate": changed.associate_candidate, "entry__syllabus__code": "9702"}
    came = IGCSE_RELEASE + 4 * DAY
    if held:
        let_go(hold(**held_of(changed.associate_candidate, "9702")["entry"]), at=came)
    else:
        Result.objects.filter(**late).update(added_at=came)
    settings.HAS_MAIL = True
    client = browser(changed.viewer)
    mark(client, until=came - HOUR)

    html = page(client)
    assert centres(html) == ["ASC01"]
    for said in (
        "Not available yet",
        ">B(b)</strong>",
        "17 August 2026, 12:00",
        "Came late",
    ):
        assert said in html
    assert "held" not in html and "hold" not in html
    [row] = rows_of_csv(client.get(f"{URL}csv/").getvalue())
    assert (row["Syllabus"], row["From"], row["To"], row["PUM from"], row["Reason"]) == (
        *("9702", "Not available yet", "B(b)", "", "Came late"),
    )
    client.post(f"{URL}e-mail/")
    assert "1 result changed" in mail.outbox[0].body
    assert "Came late" in page(client, URL.replace("MAIN1/changes", "ASC01/candidates/0001"))

    mark(client)
    assert centres(page(client)) == []


def test_before_the_instant_nothing_is_told(changed):
    restrict()
    with time_machine.travel(STAFF_AT, tick=False):
        html = page(browser(changed.officer))
    assert "Nothing has changed" in html


def test_as_a_file_it_holds_the_same_and_taking_it_is_recorded(changed):
    client = browser(changed.viewer)
    answer = client.get(f"{URL}csv/?since=2026-08-15")

    [row] = rows_of_csv(answer.getvalue())
    assert row["Since"] == "15 August 2026, 00:00 Bangkok time (UTC+7)"
    assert (row["Centre"], row["From"], row["To"], row["Reason"]) == (
        *("ASC01", "A(a)", "C(c)", "Review of marking"),
    )
    assert (row["Grade from"], row["Grade to"], row["Series"]) == ("A", "C", "June 2026")
    events = AuditEvent.objects.filter(action="changes_downloaded")
    assert {one.centre for one in events} == {"MAIN1", "ASC01", "ASC02"}
    assert not any("C(c)" in str(vars(one)) for one in events)


def test_a_reason_cannot_be_a_formula(changed):
    change(changed.candidate, "C", at=AFTER, reason="=HYPERLINK(1)")

    rows = rows_of_csv(browser(changed.viewer).get(f"{URL}csv/").getvalue())
    assert {row["Reason"] for row in rows} == {"Review of marking", "'=HYPERLINK(1)"}


def test_the_mail_says_how_many_and_where_and_no_name_and_no_grade(changed, settings):
    settings.HAS_MAIL = True
    settings.SITE_URL = "https://direct.example.org"
    client = browser(changed.viewer)
    assert "E-mail me the link" in page(client)

    answer = client.post(f"{URL}e-mail/?since=2026-08-14", follow=True)

    assert "An e-mail has been sent to viewer.main@example.org." in answer.content.decode()
    [sent] = mail.outbox
    assert sent.to == ["viewer.main@example.org"]
    assert sent.subject == "Results have changed: MAIN1, June 2026"
    assert "2 results changed since 14 August 2026, 00:00" in sent.body
    assert "ASC01: 1\n  MAIN1: 1\n" in sent.body
    assert (
        "https://direct.example.org/entries-and-results/2026-06/MAIN1/changes/?since=2026-08-14"
        in sent.body
    )
    for secret in ("BLOGGS", "(a)", "(b)", "(c)", "0580", "Review"):
        assert secret not in sent.body + sent.subject


@pytest.mark.parametrize("why", ["no mail", "no address", "nothing changed"])
def test_where_it_cannot_be_mailed_the_page_says_so_or_does_not_offer_it(changed, settings, why):
    settings.HAS_MAIL = why != "no mail"
    if why == "no address":
        changed.viewer.email = ""
        changed.viewer.save()
    client = browser(changed.viewer)
    if why == "nothing changed":
        mark(client)
    assert "E-mail me the link" not in page(client)

    said = client.post(f"{URL}e-mail/", follow=True).content.decode()

    assert "no e-mail" in said
    assert not mail.outbox


def test_a_mail_server_that_is_away_is_said(changed, settings):
    settings.HAS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    said = browser(changed.viewer).post(f"{URL}e-mail/", follow=True).content.decode()

    assert "could not be sent" in said


@pytest.mark.parametrize("many", [1, 3])
def test_it_takes_the_same_queries_however_many_changed(world, many, django_assert_num_queries):
    for number in range(2, many + 2):
        candidate = make_candidate(world.main, world.series, f"{number:04}")
        Result.objects.filter(entry__candidate=candidate).update(added_at=AFTER - HOUR)
        change(candidate, "C", at=AFTER)
    selection = Selection(world.officer, world.main, world.series, together=True)

    with django_assert_num_queries(3):
        assert len(list(changes.changed(selection, since=None))) == 2 * many
