"""Three people at their work: a main centre's officer, an Associate Centre's, and a candidate."""

import datetime as dt
import re

import pypdf
import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.links import set_password_link
from centres.models import Release
from tests.builders import make_login

pytestmark = pytest.mark.browser


def open_series(page: Page) -> None:
    page.get_by_role("link", name="Candidate results website").click()
    page.get_by_label("Series", exact=True).select_option("June 2026")
    page.get_by_role("button", name="Go", exact=True).click()


def test_a_main_centres_officer_sets_up_her_own_and_her_associate_centres(
    officer_at, look, worker, world, tmp_path
):
    page = officer_at("officer.main")
    look()
    open_series(page)
    expect(page.get_by_role("heading", name="NO candidates have access")).to_be_visible()
    look()

    page.get_by_role("link", name="Edit status").click()
    look()
    page.get_by_label("ALL candidates").check()
    page.get_by_label("Contact name").fill("Exams Office")
    page.get_by_label("Telephone").fill("+66 2 000 0000")
    page.get_by_label("Candidate Results delay").fill("two hours")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Write the delay as hours and minutes")).to_be_visible()
    expect(page.get_by_text("Tick this box to agree")).to_be_visible()
    look()
    page.get_by_label("Candidate Results delay").fill("2:00")
    page.get_by_label("By signing up for this service").check()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="ALL candidates have access")).to_be_visible()

    page.get_by_role("link", name="Manage attached centres").click()
    look()
    page.get_by_label("Give access, ASC01").check()
    page.get_by_label("Candidate Results delay, ASC01").fill("1:3")
    page.get_by_label("Contact name").fill("Main office")
    page.get_by_label("E-mail").fill("office@main1.example.org")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("1 field needs your attention")).to_be_visible()
    look()
    page.get_by_label("Candidate Results delay, ASC01").fill("1:30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Each row is in force for its centre now")).to_be_visible()
    expect(page.get_by_label("Candidate Results delay, ASC01")).to_have_value("1:30")

    page.get_by_role("link", name="Candidates and letters").click()
    page.get_by_role("button", name="Create credentials").click()
    expect(page.get_by_role("heading", name="Create credentials for 1 candidate?")).to_be_visible()
    look()
    page.get_by_role("button", name="Create credentials").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    look()
    worker()
    expect(page.get_by_text("1 letter ready.")).to_be_visible()
    look()
    page.get_by_role("link", name="Choose how to print").click()
    look()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the letters").click()
    download.value.save_as(tmp_path / "letters.pdf")
    letter = pypdf.PdfReader(tmp_path / "letters.pdf").pages[0].extract_text()
    assert "BLOGGS: Fred" in letter

    page.get_by_role("link", name="Candidates", exact=True).click()
    look()
    page.get_by_label("Subcentre", exact=True).select_option(label=str(world.associate))
    page.get_by_role("button", name="change Subcentre").click()
    expect(page.get_by_text("You are acting for the Associate Centre")).to_be_visible()
    look()
    page.get_by_role("link", name="Audit trail").click()
    expect(page.get_by_text("Saved Subcentre Management").first).to_be_visible()
    look()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    look()


def test_taking_access_away_asks_and_then_shuts_the_candidate_out(officer_at, look, world):
    world.open_all()
    make_login(world.associate_candidate)
    page = officer_at("officer.main")
    open_series(page)
    page.get_by_role("link", name="Manage attached centres").click()
    page.get_by_label("Give access, ASC01").uncheck()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", name="1 candidate will lose access")).to_be_visible()
    look()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Give access, ASC01")).not_to_be_checked()


def test_a_changed_delay_outdates_letters_and_an_associates_officer_makes_them_anew(
    officer_at, look, worker, world
):
    world.open_all()
    Release.objects.update(candidates_at=timezone.now() + dt.timedelta(days=1))
    make_login(world.associate_candidate)
    world.associate.main_link.arrangements.update(delay=dt.timedelta(hours=3))
    page = officer_at("officer.asc01")
    look()
    open_series(page)
    page.get_by_role("link", name="Candidates and letters").click()
    page.get_by_role("button", name="Outdated 1").click()

    expect(page.get_by_text("What these letters say no longer holds.")).to_be_visible()
    look()
    page.get_by_role("button", name="Re-create 1 outdated").click()
    expect(
        page.get_by_role("heading", name="Re-create credentials for 1 candidate?")
    ).to_be_visible()
    page.get_by_role("button", name="Re-create and end 1 login").click()
    worker()
    expect(page.get_by_text("1 letter ready.")).to_be_visible()
    page.get_by_role("link", name="Candidates", exact=True).click()
    expect(page.get_by_role("heading", name="Candidates and letters")).to_be_visible()
    expect(page.get_by_role("button", name="Outdated 0")).to_be_visible()


def test_a_candidate_waits_and_then_sees_the_results(page: Page, live_server, look, world):
    world.open_all()
    username, password, _ = make_login(world.candidate)
    Release.objects.update(candidates_at=timezone.now() + dt.timedelta(days=3))

    page.goto(f"{live_server.url}/results/")
    look()
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("nothing")
    page.get_by_role("button", name="Log in").click()
    look()
    page.get_by_label("Username").fill(username.lower().replace("-", " "))
    page.get_by_label("Password").fill(password.lower().replace("-", ""))
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Results to be released").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"Bangkok time \(UTC\+7\)")).first).to_be_visible()
    look()

    Release.objects.update(candidates_at=timezone.now() - dt.timedelta(minutes=1))
    page.reload()
    expect(page.get_by_text("A(a)")).to_be_visible()
    expect(
        page.get_by_text(re.compile("provisional and for information only")).first
    ).to_be_visible()
    look()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def test_everything_works_without_javascript(browser, live_server, worker, world):
    world.open_all()
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(live_server.url)
    page.get_by_label("Username", exact=True).fill("officer.main")
    page.get_by_label("Password", exact=True).fill("correct horse battery staple")
    page.get_by_role("button", name="Log in", exact=True).click()
    open_series(page)
    page.get_by_role("link", name="Candidates and letters").click()
    page.get_by_role("button", name="Create credentials").click()
    page.get_by_role("button", name="Create credentials").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    worker()
    expect(page.get_by_text("1 letter ready.")).to_be_visible()


def test_a_new_officer_sets_a_password_and_a_second_factor(
    page: Page, live_server, look, world, settings
):
    settings.MFA_REQUIRED = True
    settings.SITE_URL = live_server.url
    page.goto(set_password_link(user=world.officer, by="test"))
    look()
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_label("New password confirmation").fill("short")
    page.get_by_role("button", name="Set password").click()
    look()
    page.get_by_label("New password", exact=True).fill("a river in spring")
    page.get_by_label("New password confirmation").fill("a river in spring")
    page.get_by_role("button", name="Set password").click()

    expect(page.get_by_text("Your password is set.")).to_be_visible()
    page.get_by_label("Username", exact=True).fill("officer.main")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Log in").click()
    look()
    page.get_by_label("Password", exact=True).fill("a river in spring")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("heading", name="Set up an authenticator app")).to_be_visible()
    look()
    key = page.locator("code").inner_text()
    page.get_by_label("Security code").fill(code_of(key))
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    look()
    code = page.locator("code").first.inner_text()
    page.get_by_role("link", name="Continue to Administer exams").click()
    expect(page.get_by_role("heading", name="Administer exams")).to_be_visible()
    page.get_by_role("link", name="Officer officer.main").click()
    look()
    page.get_by_role("link", name="Change password").click()
    look()

    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Username", exact=True).fill("officer.main")
    page.get_by_label("Password", exact=True).fill("a river in spring")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Enter your security code")).to_be_visible()
    look()
    page.get_by_label("Security code").fill(code)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Administer exams")).to_be_visible()


def test_pages_that_refuse_or_wait_are_calm_too(page: Page, live_server, officer_at, look, world):
    page = officer_at("viewer.main")
    look()
    page.goto(f"{live_server.url}/candidate-results/")
    expect(page.get_by_role("heading", name="You do not have access")).to_be_visible()
    look()
    page.goto(f"{live_server.url}/candidate-results/2026-06/OTH01/")
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    look()
    page.goto(f"{live_server.url}/file-exchange/MAIN1/board/upload/")
    expect(page.get_by_text("An exams officer of your centre can.")).to_be_visible()
    look()


def code_of(key: str) -> str:
    """What an authenticator app with this key shows now."""
    return format_hotp_value(hotp_value(key, next(yield_hotp_counters_from_time())))
