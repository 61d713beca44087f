"""A main centre's officer invites an Associate's, who sets up two factors and creates letters."""

import time

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from playwright.sync_api import Browser, Page, expect

from accounts.people import acts
from accounts.session_store import SessionStore
from tests.builders import PASSWORD

pytestmark = pytest.mark.browser

NEW = "a river in spring"


def code_of(secret: str, *, steps: int = 0) -> str:
    """What an authenticator app with this key shows now; `steps`: or so many steps from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def log_in(page: Page, username: str, password: str) -> None:
    page.get_by_label("Username", exact=True).fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def give_fingerprint_reader(page: Page) -> None:
    """Chromium's own authenticator of software, on which somebody always puts the right finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def an_hour_passes(page: Page) -> None:
    """Since the one who is signed in there last showed that it is them."""
    key = next(one["value"] for one in page.context.cookies() if one["name"] == "sessionid")
    session = SessionStore(key)
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()


def test_an_associates_officer_is_invited_sets_up_two_factors_and_creates_letters(
    page, browser: Browser, live_server, look, world, settings, worker
):
    settings.MFA_REQUIRED = True
    settings.SITE_URL = live_server.url
    world.open_all()
    secret = generate_totp_secret()
    TOTP.activate(world.officer, secret)

    page.goto(live_server.url)
    log_in(page, "officer.main", PASSWORD)
    look()
    page.get_by_label("Security code").fill(code_of(secret))
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("link", name="People").click()
    look()
    page.get_by_role("link", name="ASC01").click()
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("Choose a role.").first).to_be_visible()
    look()
    page.get_by_label("Name", exact=True).fill("नीना Example")
    page.get_by_label("Username", exact=True).fill("nina.asc01")
    page.get_by_label("Exams officer").check()
    page.get_by_label("May manage the Candidate Results website").check()
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("heading", name="नीना Example is invited")).to_be_visible()
    look()
    link = page.get_by_label("Link", exact=True).input_value()

    theirs = browser.new_context().new_page()
    give_fingerprint_reader(theirs)
    theirs.goto(link)
    theirs.get_by_label("New password", exact=True).fill(NEW)
    theirs.get_by_label("New password confirmation").fill(NEW)
    theirs.get_by_role("button", name="Set password").click()
    log_in(theirs, "nina.asc01", NEW)
    expect(theirs.get_by_role("heading", name="Set up an authenticator app")).to_be_visible()
    key = theirs.locator("code").inner_text()
    theirs.get_by_label("Security code").fill(code_of(key))
    theirs.get_by_role("button", name="Set up").click()
    expect(theirs.get_by_text("10 of 10 are unused.")).to_be_visible()

    theirs.goto(f"{live_server.url}/account/")
    theirs.get_by_role("link", name="Add a passkey").click()
    theirs.get_by_label("Name").fill("My computer")
    theirs.get_by_role("button", name="Add a passkey").click()
    expect(theirs.get_by_text("The passkey is added.")).to_be_visible()
    expect(theirs.get_by_role("rowheader", name="My computer")).to_be_visible()
    theirs.get_by_role("button", name="Log out").click()
    log_in(theirs, "nina.asc01", NEW)
    theirs.get_by_role("button", name="Use a passkey").click()
    expect(theirs.get_by_role("heading", name="Administer exams")).to_be_visible()

    theirs.goto(f"{live_server.url}/candidate-results/2026-06/ASC01/")
    theirs.get_by_role("button", name="Create credentials").first.click()
    an_hour_passes(theirs)
    theirs.get_by_role("button", name="Create credentials").click()
    theirs.get_by_role("link", name="Use a passkey instead").click()
    theirs.get_by_role("button", name="Use a passkey").click()
    expect(theirs.get_by_text("Asked for by nina.asc01")).to_be_visible()
    worker()
    theirs.goto(theirs.url)
    expect(theirs.get_by_role("button", name="Download the letters (PDF)")).to_be_visible()
    theirs.context.close()

    page.goto(f"{live_server.url}/people/ASC01/staff/nina.asc01/")
    look()
    page.goto(f"{live_server.url}/account/")
    look()


def test_who_has_lost_the_phone_finishes_a_recovery_that_a_colleague_has_started(
    page, live_server, look, world, settings
):
    settings.SITE_URL = live_server.url
    TOTP.activate(world.associate_officer, generate_totp_secret())
    member = world.associate_officer.memberships.get()
    page.goto(acts.start_recovery(member=member, by=world.officer))
    look()
    for password in ("wrong", PASSWORD):
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Step 2 of 2")).to_be_visible()
    look()
    key = page.locator("code").inner_text()
    page.get_by_label("Security code").fill(code_of(key))
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("Your authenticator app is set up.")).to_be_visible()
    log_in(page, "officer.asc01", PASSWORD)
    page.get_by_label("Security code").fill(code_of(key, steps=1))  # that one was used
    page.get_by_role("button", name="Log in", exact=True).click()

    expect(page.get_by_role("heading", name="Your account", exact=True)).to_be_visible()
    expect(page.get_by_text("Finished the recovery of lost factors")).to_be_visible()


def test_the_keyboard_skips_to_the_content_and_after_saving_reads_the_message(
    page, live_server, world
):
    page.goto(live_server.url)
    log_in(page, "officer.main", PASSWORD)
    page.goto(f"{live_server.url}/people/MAIN1/staff/viewer.main/rights/edit/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.goto(page.url.removesuffix("#main"))
    page.get_by_label("Exams officer").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The role and rights of")).to_be_visible()
    expect(page.get_by_role("status")).to_be_focused()
