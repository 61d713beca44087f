"""Rules 9, 12, 16 and 18 to 21 on the candidate's own pages."""

import datetime as dt
import gzip
import re
import time
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as portal_settings
from django.contrib.staticfiles import finders
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from candidate_site.page import dialled
from centres.models import SelectedCandidate, Status
from centres.terms import Contact
from credentials.models import Credentials
from results.models import Result
from tests.builders import (
    AFTER,
    BEFORE,
    IGCSE_RELEASE,
    arrange,
    give,
    hold,
    make_candidate,
    make_login,
    set_defaults,
)
from tests.results.signed_in import ONE_PAGE, ask, log_in, signed_in

HOUR = dt.timedelta(hours=1)
WRONG = "You cannot log in with this username and password."
SIGNED_OUT = "You have been signed out."
TO_BE_RELEASED = "Results to be released"


@pytest.fixture(autouse=True)
def _open(world):
    world.open_all()


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AFTER, tick=False) as clock:
        yield clock


def page(client: Client) -> str:
    response = ask(client)
    assert response.status_code == 200
    return response.content.decode()


def is_shut_out(client: Client) -> bool:
    """At the next request: no result, no cookie any more, and a sentence that gives no reason."""
    response = ask(client)
    gone = response.status_code == 303 and response.cookies["candidate"].value == ""
    return gone and SIGNED_OUT in client.get(response.url).content.decode()


# --- Getting in ---------------------------------------------------------------------------------


def test_the_letters_login_opens_the_results(world, client):
    username, password, credentials = make_login(world.candidate)

    response = log_in(client, username, password)

    assert response.status_code == 303
    assert re.fullmatch(r"/results/mine/[0-9a-f]{32}/", response.url)
    assert "A(a)" in page(client)
    credentials.refresh_from_db()
    assert credentials.first_signed_in_at == credentials.results_first_seen_at == AFTER


@pytest.mark.parametrize(
    "typed",
    [str.lower, lambda text: text.replace("-", ""), lambda text: f" {text} ".replace("-", " – ")],
)
def test_what_is_typed_is_forgiven_its_case_spaces_and_hyphens(world, client, typed):
    username, password, _ = make_login(world.candidate)

    assert log_in(client, typed(username), typed(password)).status_code == 303


def test_a_login_that_does_not_open_gets_one_answer_whatever_was_wrong(world, client):
    username, password, credentials = make_login(world.candidate)
    revoked_username, revoked_password, revoked = make_login(world.associate_candidate)
    Credentials.objects.filter(pk=revoked.pk).update(
        revoked_at=AFTER, revoked_because=Credentials.Reason.ACCESS_REMOVED
    )
    answers = set()
    for tried in [
        (username, revoked_password),
        ("AAAA-AAAA", password),
        (revoked_username, revoked_password),
    ]:
        with CaptureQueriesContext(connection) as queries:
            response = log_in(client, *tried)
        assert "candidate" not in response.cookies
        content = response.content.decode()
        for typed, name in zip(tried, ("USERNAME", "PASSWORD"), strict=True):
            content = content.replace(typed, name)
        answers.add((response.status_code, content, len(queries)))

    assert len(answers) == 1
    status, content, queries = answers.pop()
    assert (status, queries) == (200, 2)  # the login, and whether the peppers are the site's
    assert WRONG in content
    assert "<title>Error: Log in" in content
    credentials.refresh_from_db()
    assert credentials.first_signed_in_at is None


def test_what_was_typed_stays_in_the_form_and_the_password_unreadable(client):
    response = log_in(client, 'ABCD-EFGH"', "SECRET-PASSWORD<")
    content = response.content.decode()

    assert 'value="ABCD-EFGH&quot;"' in content
    [password] = re.findall(r'<input type="password"[^>]*>', content)
    assert 'value="SECRET-PASSWORD&lt;"' in password
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("username", "password", "said"),
    [
        ("ABCD-EFG", None, "The username has 8 letters and digits"),
        ("ABCD-EFG", None, "Typed so far: 7."),
        ("ABCD-EFUH", None, "“U” is in no login. Look at the second group again."),
        (None, "0000-0000-0000-000", "Typed so far: 15."),
        (None, "0000-0000-00?0-0000", "“?” is in no login. Look at the third group again."),
        (None, "0000-0000-0000-0001", "There is a typing error in the password."),
        (None, "0" * 20 + "!", "“!” is in no login. Look at each group again."),
    ],
)
def test_a_slip_of_the_hand_is_told_where_it_is_without_looking_anything_up(
    world, client, django_assert_num_queries, username, password, said
):
    made = make_login(world.candidate)
    with django_assert_num_queries(0):
        content = log_in(client, username or made[0], password or made[1]).content.decode()

    assert said in content
    assert WRONG not in content
    assert content.count('aria-invalid="true"') == 1


def test_an_empty_form_names_each_field_that_is_missing(client):
    content = log_in(client, "", "").content.decode()

    assert "Type the username that is on your letter." in content
    assert 'aria-describedby="id_password_helptext id_password_error"' in content


def test_the_sign_in_page_is_the_same_bytes_for_everybody(world, client):
    client.cookies["candidate"] = "nonsense"
    response = Client().get("/results/")

    assert client.get("/results/").content == response.content
    assert not response.cookies
    assert "csrf" not in response.content.decode()


@pytest.mark.parametrize("path", ["/results/", "/results/?signed-out", "/results/mine/"])
def test_an_address_that_is_not_a_visits_own_answers_everybody_alike(world, client, path):
    one = signed_in(world.candidate).get(path)
    other = client.get(path)

    for each in (one, other):  # of what no cache may keep, an id of each request's own
        each.headers.pop("X-Request-ID", None)
    assert (one.status_code, one.headers, one.content) == (
        other.status_code,
        other.headers,
        other.content,
    )
    assert not one.cookies


def test_what_was_typed_before_see_my_results_is_pressed_is_tried(client, world):
    form = client.get("/results/").content.decode()
    assert 'form="log-in" formaction="/results/mine/" formnovalidate>See my results' in form
    username, password, _ = make_login(world.candidate)
    typed = {"username": username, "password": password}
    response = client.post("/results/mine/", typed)
    assert (response.status_code, client.get(response.url).status_code) == (303, 200)

    assert WRONG in client.post("/results/mine/", {**typed, "password": "0" * 16}).content.decode()
    half = client.post("/results/mine/", {"username": username}).content.decode()
    assert f'value="{username}"' in half and "Type the password" in half


def test_whoever_is_signed_in_is_led_to_the_results_by_a_button(world):
    client = signed_in(world.candidate)

    response = client.post("/results/mine/")

    assert (response.status_code, response.url) == (303, client.own_page)


def test_whoever_is_not_is_led_to_the_form_by_the_same_button(client):
    assert client.post("/results/mine/").url == "/results/"


def test_a_visits_own_address_opens_nothing_for_another_who_is_signed_in(world):
    one, other = signed_in(world.candidate), signed_in(world.candidates["OTH01"])

    response = other.get(one.own_page)

    assert (response.status_code, response.url) == (303, "/results/")
    assert b"MAIN1" not in response.content + other.get(response.url).content


def test_no_two_visits_have_the_same_address(world):
    username, password, _ = make_login(world.candidate)
    addresses = set()
    for second in range(3):
        with time_machine.travel(AFTER + dt.timedelta(seconds=second), tick=False):
            addresses.add(log_in(Client(), username, password).url)

    assert len(addresses) == 3


def test_another_can_log_in_where_somebody_is_signed_in(world):
    client = signed_in(world.candidate)
    username, password, _ = make_login(world.candidates["OTH01"])

    assert "MAIN1" in page(client)
    log_in(client, username, password)
    assert "OTH01" in page(client) and "MAIN1" not in page(client)


def test_an_old_tab_leads_to_the_form_and_does_not_end_the_visit_in_the_new_one(world):
    username, password, _ = make_login(world.candidate)
    client = Client()
    old = log_in(client, username, password).url
    with time_machine.travel(AFTER + dt.timedelta(seconds=5), tick=False):
        log_in(client, username, password)
        response = client.get(old)

        assert (response.status_code, response.url) == (303, "/results/")
        assert not response.cookies
        assert "A(a)" in page(client)


def test_whoever_has_logged_out_is_told_nothing_of_cookies(world):
    html = signed_in(world.candidate).post("/results/log-out/", follow=True).content.decode()
    assert SIGNED_OUT in html and "cookies" not in html


def test_whoever_comes_back_without_a_cookie_is_told_so(world, client):
    response = ask(client)

    assert (response.status_code, response.url) == (303, "/results/?signed-out=")
    html = client.get(response.url).content.decode()
    assert SIGNED_OUT in html and "let your browser keep cookies" in html


# --- The cookie ---------------------------------------------------------------------------------


def test_the_cookie_is_for_this_site_alone_and_holds_no_secret(world, client, settings):
    settings.HTTPS = True
    username, password, credentials = make_login(world.candidate)

    cookie = log_in(client, username, password).cookies["candidate"]

    assert (cookie["path"], cookie["samesite"]) == ("/results/", "Lax")
    assert cookie["httponly"] and cookie["secure"]
    assert cookie["max-age"] == settings.CANDIDATE_IDLE.total_seconds()
    pk, issue_number, ended, _begun_at, seen = signing.loads(
        cookie.value, salt="visit of a candidate"
    )
    assert (pk, issue_number, ended, seen) == (str(credentials.pk), 1, 0, None)


def test_no_session_row_is_written_and_no_other_cookie_set(world):
    client = signed_in(world.candidate)
    page(client)

    assert set(client.cookies) == {"candidate"}


def test_a_forged_cookie_opens_nothing(world, client):
    _, _, credentials = make_login(world.candidate)
    facts = [str(credentials.pk), 1, 0, time.time(), None]
    salt = "visit of a candidate"
    forged = [signing.dumps(facts, key="another key", salt=salt), signing.dumps(facts)]
    odd = [
        signing.dumps(value, salt=salt) for value in ([], [1], "x", facts[:3], ["x", *facts[1:]])
    ]
    for value in ("", "nonsense", *forged, *odd):
        client.cookies["candidate"] = value
        assert is_shut_out(client), value


def test_a_cookie_opens_its_own_candidates_results_only(world):
    one, other = signed_in(world.candidate), signed_in(world.candidates["OTH01"])

    assert "MAIN1" in page(one) and "OTH01" not in page(one)
    assert "OTH01" in page(other) and "MAIN1" not in page(other)


def test_a_visit_ends_when_no_page_is_asked_for_a_while(world, clock, settings):
    client = signed_in(world.candidate)
    value = client.cookies["candidate"].value
    clock.shift(settings.CANDIDATE_IDLE + dt.timedelta(seconds=1))
    client.cookies["candidate"] = value  # as a browser with a wrong clock would

    assert is_shut_out(client)


def test_a_visit_goes_on_while_pages_are_asked_but_not_for_ever(world, clock, settings):
    client = signed_in(world.candidate)
    for _ in range(4):
        clock.shift(settings.CANDIDATE_SESSION / 5)
        page(client)
    clock.shift(settings.CANDIDATE_SESSION / 5)

    assert is_shut_out(client)


def test_after_log_out_a_copy_of_the_cookie_opens_nothing(world):
    client, thief = signed_in(world.candidate), Client()
    thief.cookies["candidate"] = client.cookies["candidate"].value
    thief.own_page = client.own_page
    page(thief)
    client.post("/results/log-out/")

    assert is_shut_out(thief)


def test_log_out_ends_it(world):
    client = signed_in(world.candidate)

    response = client.post("/results/log-out/")

    assert response.status_code == 303
    assert response.cookies["candidate"].value == ""
    assert SIGNED_OUT in client.get(response.url).content.decode()


# --- Shut out at once (rule 9) ------------------------------------------------------------------


def access_taken_from_the_associate_centre(world):
    give(world.associate, world.series, access=False)


def access_taken_by_the_defaults(world):
    set_defaults(world.main, world.series, use_defaults=True, access=False)


def status_set_to_no_candidates(world):
    arrange(world.associate, world.series, status=Status.NONE)


def candidate_deselected(world):
    arrange(world.associate, world.series, status=Status.SELECTED)
    SelectedCandidate.objects.all().delete()


def credentials_replaced(world):
    make_login(world.associate_candidate)


def credentials_revoked(world):
    Credentials.objects.update(revoked_at=AFTER, revoked_because=Credentials.Reason.ACCESS_REMOVED)


@pytest.mark.parametrize(
    "goes",
    [
        access_taken_from_the_associate_centre,
        access_taken_by_the_defaults,
        status_set_to_no_candidates,
        candidate_deselected,
        credentials_replaced,
        credentials_revoked,
    ],
)
def test_when_access_goes_the_next_request_is_shut_out(world, goes):
    client = signed_in(world.associate_candidate)
    cookie = client.cookies["candidate"].value
    assert "A(a)" in page(client)

    goes(world)

    assert is_shut_out(client)
    client.cookies["candidate"] = cookie  # kept aside, it opens nothing either
    assert is_shut_out(client)


# --- What the page says -------------------------------------------------------------------------


def test_before_the_release_each_syllabus_says_when_and_the_top_in_which_zone(world, clock):
    clock.move_to(BEFORE)

    content = page(signed_in(world.candidate))

    rows = re.findall(r"<tr>.*?</tr>", content, re.DOTALL)[1:]
    assert len(rows) == 3
    for row, day in zip(rows, [13, 13, 11], strict=True):
        said = re.sub("<[^>]+>", "", row)
        assert f"{TO_BE_RELEASED}, {day} August, 12:00" in said and "UTC" not in said
    for day in (13, 11):
        assert content.count(f">{day} August 2026, 12:00</time>") == 1
        assert content.count(f"{day} August 2026, 05:00 UTC") == 1
    assert content.count("Bangkok time (UTC+7)") == 2
    assert "<title>Results to be released" in content
    assert not Credentials.objects.exclude(results_first_seen_at=None)


def test_after_the_release_it_gives_grades_pum_notice_contact_and_who_it_is(world):
    Result.objects.filter(entry__syllabus__code="0580").update(pum=84)

    content = page(signed_in(world.candidate))

    for said in (
        "A(a)",
        ">84<",
        "Pending",
        "BLOGGS: Fred",
        ">0001<",
        "MAIN1",
        "June 2026",
        "The results displayed are provisional and for information only.",
        "print screenshots of your results",
        "Exams Office",
        'href="tel:+441223000000"',
        'href="mailto:exams@main.example.org"',
        "PROVISIONAL – not for universities",
    ):
        assert said in content
    assert TO_BE_RELEASED not in content


def test_what_is_held_reads_not_available_yet_without_a_time(world):
    hold(series=world.series)

    content = page(signed_in(world.candidate))

    assert content.count("Not available yet") == 3  # the syllabuses
    assert TO_BE_RELEASED not in content
    assert "August" not in content
    assert "held" not in content


def test_the_page_tells_the_true_time_and_contact_while_the_letter_is_outdated(world, clock):
    clock.move_to(BEFORE)
    client = signed_in(world.candidate)
    arrange(
        world.main,
        world.series,
        delay=26 * HOUR,
        contact=Contact("New Office", "", "new@example.org"),
    )

    content = page(client)

    assert "14 August 2026, 14:00" in content and "14 August, 14:00" in content
    assert "13 August" not in content
    assert "New Office" in content and "exams@main.example.org" not in content
    clock.move_to(IGCSE_RELEASE + 26 * HOUR)
    assert "A(a)" in page(signed_in(world.candidate))


def test_a_candidate_without_entries_is_told_so(world):
    candidate = make_candidate(world.main, world.series, "0002", grades={})

    assert "There is no entry for you in June 2026." in page(signed_in(candidate))


def test_names_of_any_script_stand_in_their_own_direction_and_are_escaped(world):
    candidate = make_candidate(world.main, world.series, "0002", name="<b>فاطمة</b>")

    assert '<bdi translate="no">&lt;b&gt;فاطمة&lt;/b&gt;<' in page(signed_in(candidate))


@pytest.mark.parametrize(
    ("telephone", "number"),
    [
        ("+44 (0)1223 000000, ext. 5", "+441223000000"),
        ("(0092) 21-000 000", "009221000000"),
        ("+٩٢ ٢١ ٠٠٠", "+9221000"),
    ],
)
def test_the_telephone_link_dials_the_number(telephone, number):
    assert dialled(telephone) == number


# --- Small, private, closed to other sites ------------------------------------------------------


@pytest.mark.parametrize("syllabuses", [1, 3, 12])
def test_a_results_page_takes_the_same_few_queries(world, django_assert_num_queries, syllabuses):
    grades = {f"05{number:02}": "A" for number in range(syllabuses)}
    client = signed_in(make_candidate(world.associate, world.series, "0002", grades=grades))
    page(client)

    with django_assert_num_queries(ONE_PAGE):  # the credentials with the contact, the results
        page(client)


def first_visit(page: bytes) -> int:
    """How many bytes come to a telephone that has nothing yet: the page, which is not compressed, and
    the files that it loads, which are."""
    names = re.findall(r'(?:src|href)="/static/([^"]+?)[.][0-9a-f]{12}([.][a-z]+)"', page.decode())
    assert len(names) == 4
    files = [Path(finders.find(name + ending)).read_bytes() for name, ending in names]
    return len(page) + sum(len(gzip.compress(file)) for file in files)


@pytest.mark.parametrize("code", [code for code, _ in portal_settings.LANGUAGES])
def test_a_first_visit_weighs_little_though_pages_themselves_are_not_compressed(world, clock, code):
    """UTF-8 takes up to three bytes for a letter: Hindi weighs most."""
    grades = {f"05{number:02}": "A" for number in range(12)}
    candidate = make_candidate(world.main, world.series, "0002", grades=grades)

    assert first_visit(Client().get(f"/results/?language={code}").content) <= 12_000
    assert first_visit(ask(signed_in(candidate), f"?language={code}").content) <= 15_000
    clock.move_to(BEFORE)
    assert first_visit(ask(signed_in(candidate), f"?language={code}").content) <= 15_000


@pytest.mark.parametrize("with_script", [True, False])
def test_pages_load_their_own_few_files_only(world, settings, with_script):
    settings.CODE_SIGNS_IN = with_script
    for content in (Client().get("/results/").content.decode(), page(signed_in(world.candidate))):
        loads = re.findall(r'(?:src|href)="(/static/[^"]+)"', content)
        assert len(loads) == 3 + with_script
        assert content.count("<script") == content.count("</script>") == 1 + with_script
        assert ("scanned" in content) is with_script
        assert "style=" not in content


@pytest.mark.parametrize("name", ["scanned_login.js", "login_checks.js", "countdown.js"])
def test_each_script_is_small_old_fashioned_and_talks_to_nobody(name):
    script = Path(finders.find(f"candidate_site/{name}")).read_text()
    written = re.sub(r"(?s)/\*.*?\*/|//[^\n]*", "", script)

    assert len(script) < 3_800
    assert not re.search(r"=>|`|\b(const|let|async|await)\b", written)
    assert not re.search(r"fetch|XMLHttp|Beacon|WebSocket|Storage|cookie|\.submit|import", written)


def test_what_is_personal_is_stored_nowhere_on_the_way(world, client):
    responses = [
        log_in(client, "ABCD-EFGH", "wrong"),
        log_in(client, *make_login(world.candidate)[:2]),
        ask(client),
        client.post("/results/mine/"),
        ask(client, "calendar/"),
        client.post("/results/log-out/"),
    ]
    assert {response.headers["Cache-Control"] for response in responses} == {"no-store"}
    assert all("Cookie" in response.headers["Vary"] for response in responses)


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, True),
        ({"Origin": "http://testserver"}, True),
        ({"Origin": portal_settings.SITE_URL}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "https://elsewhere.example.org"}, False),
        ({"Origin": "null"}, False),
    ],
)
def test_a_form_from_another_site_is_refused(world, headers, taken):
    client = signed_in(world.candidate)
    username, password, _ = make_login(world.associate_candidate)
    login = {"username": username, "password": password}

    logged_in = client.post("/results/", login, headers=headers)
    logged_out = client.post("/results/log-out/", headers=headers)

    for response in (logged_in, logged_out):
        assert response.status_code == (303 if taken else 403)
        assert ("candidate" in response.cookies) is taken
    if not taken:
        assert "came from another website" in logged_in.content.decode()
