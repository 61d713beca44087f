"""People: lists, inviting, every act with its ask page, and confirming before each."""

import html
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from centres.models import AuditEvent, Membership, Role
from tests.accounts.signing_in import log_in
from tests.builders import PASSWORD, make_officer, trust

ASC01 = "/people/ASC01/"
PERSON = ASC01 + "staff/officer.asc01/"
VIEWER = "/people/MAIN1/staff/viewer.main/"
NEW = {"name": "Ann Other", "username": "ann.other", "email": "ann@example.org", "role": "viewer"}


def text(answer) -> str:
    return html.unescape(answer.content.decode())


@pytest.fixture
def officer(client: Client, world) -> Client:
    log_in(client, "officer.main")
    return client


def later(minutes: int = 11):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False)


# --- Lists ---------------------------------------------------------------------------------------


def test_the_way_there_is_shown_to_who_may_and_to_nobody_else(world):
    for username, shown in (("officer.main", True), ("viewer.main", False), ("board", False)):
        browser = Client()
        log_in(browser, username)
        assert ('href="/people/"' in text(browser.get("/"))) is shown, username


def test_an_associates_officer_comes_straight_to_the_own_centre(client, world):
    client.force_login(world.associate_officer)

    assert client.get("/people/").url == ASC01


def test_a_long_list_of_centres_is_searched(officer, world):
    page = text(officer.get("/people/?search=asc02"))
    assert "All <b>1</b>" in page
    assert "ASC01" not in page
    assert "No centre here holds “nonsense”" in text(officer.get("/people/?search=nonsense"))
    assert "OTH01" not in text(officer.get("/people/?search=oth01")).replace("“oth01”", "")


def test_centres_that_nobody_manages_are_counted_and_shown_alone(officer, world):
    assert "Nobody manages <b>1</b>" in text(officer.get("/people/"))
    page = text(officer.get("/people/?show=unmanaged"))
    assert "ASC02" in page
    assert "MAIN1" not in page
    assert "Nobody manages <b>0</b>" in text(officer.get("/people/?show=unmanaged&search=asc01"))


def test_the_list_says_of_each_person_what_they_may_do(officer, world):
    trust(world.associate_officer)
    invited = User.objects.create(username="invited", password="!x")
    for user, fields in ((invited, {}), (world.viewer, {"suspended_at": timezone.now()})):
        Membership.objects.create(
            user=user, centre=world.associate, role=Role.EXAMS_OFFICER, **fields
        )

    rows = re.findall(
        r"<tr role=\"row\">\s*<th role=\"rowheader\".*?</tr>", text(officer.get(ASC01)), re.S
    )
    assert ["Invited, no password yet" in rows[0], "Sees results in confidence" in rows[1]] == [
        True
    ] * 2
    assert "Manages the Candidate Results website and the people" in rows[1]
    assert "Suspended" in rows[2]


def test_a_centre_without_staff_says_what_to_do(officer, world):
    assert "Nobody is on the staff of this centre yet." in text(officer.get("/people/ASC02/"))


@pytest.mark.parametrize("count", [1, 3])
def test_a_centres_people_take_the_same_queries_however_many(
    count, officer, world, django_assert_num_queries
):
    for number in range(count):
        make_officer(f"officer.{number}", world.associate)
    with django_assert_num_queries(7):
        officer.get(ASC01)


# --- Inviting ------------------------------------------------------------------------------------


def test_where_nobody_manages_yet_the_exams_officer_who_does_is_offered_first(officer, world):
    ticked = re.findall(r"<input[^>]* checked[^>]*>", text(officer.get("/people/ASC02/invite/")))
    assert ['value="exams_officer"' in ticked[0], 'name="manages"' in ticked[1]] == [True, True]

    assert " checked" not in text(officer.get(ASC01 + "invite/"))  # there, somebody has the right
    suspended = Membership.objects.filter(user=world.associate_officer)
    suspended.update(suspended_at=timezone.now())
    assert text(officer.get(ASC01 + "invite/")).count(" checked") == 2


def test_what_an_exams_officer_cannot_do_without_the_right_is_told_beside_it(officer, world):
    assert "Without it, they can only look" in text(officer.get(ASC01 + "invite/"))


def test_the_link_is_shown_once_and_kept_by_no_cache(officer, world):
    answer = officer.post(ASC01 + "invite/", NEW)

    link = re.search(r"http://\S+/set-password/[^<]+", text(answer))[0]
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert link not in text(officer.get(ASC01)) + text(officer.get(ASC01 + "staff/ann.other/"))
    assert "There is no e-mail address" not in text(answer)
    assert "It was also mailed" not in text(answer)
    browser = Client()
    form = browser.get(link, follow=True)
    assert "For the username ann.other." in text(form)


def test_with_mail_the_link_is_mailed_too(officer, world, settings):
    settings.HAS_MAIL = True
    answer = officer.post(ASC01 + "invite/", NEW)

    assert "It was also e-mailed to ann@example.org." in text(answer)
    (letter,) = mail.outbox
    assert letter.to == ["ann@example.org"]
    assert re.search(r"http://\S+/set-password/\S+", letter.body)[0] in text(answer)


def test_a_name_stands_in_one_line_of_the_mail(officer, world, settings, mailoutbox):
    settings.HAS_MAIL = True
    answer = officer.post(ASC01 + "invite/", {**NEW, "name": "Ann\r\n\r\nPay  here"})
    assert "U+000D" in text(answer) and mailoutbox == []

    officer.post(ASC01 + "invite/", {**NEW, "name": "Ann   Pay  here"})
    assert str(User.objects.get(username="ann.other")) == "Ann Pay here"


def test_with_mail_that_fails_nobody_is_told_that_it_was_mailed(officer, world, settings):
    settings.HAS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = officer.post(ASC01 + "invite/", NEW)

    assert "/set-password/" in text(answer)
    assert "It was also mailed" not in text(answer)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"username": "Officer.OTH01"}, "This username is taken. Choose another."),
        ({"username": "no spaces"}, "is not a username."),
        ({"username": "", "name": ""}, "Enter a username."),
        ({"email": "not an address"}, "Enter a valid email address."),
        ({"manages": "on"}, "A viewer can only look."),
        ({"role": ""}, "Choose a role."),
    ],
)
def test_bad_input_is_told_and_what_was_typed_stays(said, words, officer, world):
    page = text(officer.post(ASC01 + "invite/", {**NEW, **said}))

    assert words in page
    assert ({**NEW, **said})["email"] in page
    assert not User.objects.filter(username="ann.other").exists()


def test_a_right_that_the_officer_has_not_is_neither_offered_nor_taken(officer, world):
    assert "in confidence" not in text(officer.get(ASC01 + "invite/"))
    officer.post(ASC01 + "invite/", {**NEW, "restricted": "on"})

    assert not Membership.objects.get(user__username="ann.other").may_see_restricted_results


def test_somebody_of_an_own_centre_is_added_to_another(officer, world):
    page = text(officer.get("/people/ASC02/add/"))
    assert "officer.asc01" in page
    assert "officer.oth01" not in page
    officer.post("/people/ASC02/add/", {"username": "officer.asc01", "role": "viewer"})

    assert "officer.asc01" in text(officer.get("/people/ASC02/"))


def test_who_was_removed_by_mistake_is_brought_back(officer, world):
    officer.post(PERSON + "remove/")
    assert "officer.asc01" in text(officer.get(ASC01 + "add/"))
    wanted = {"username": "officer.asc01", "role": "exams_officer", "manages": "on"}
    officer.post(ASC01 + "add/", wanted)

    assert log_in(Client(), "officer.asc01").url == "/"


def test_where_nobody_can_be_added_the_page_says_so(client, world):
    client.force_login(world.associate_officer)

    assert "Invite somebody new instead." in text(client.get(ASC01 + "add/"))
    assert "Add somebody with an account" not in text(client.get(ASC01))


# --- Acts ----------------------------------------------------------------------------------------


def test_rights_are_changed(officer, world):
    officer.post(VIEWER + "rights/edit/", {"role": "exams_officer", "manages": "on"})

    assert Membership.objects.get(user=world.viewer).manages
    page = text(officer.get(VIEWER))
    assert "role: Viewer → Exams officer" in page
    assert "may manage results service: no → yes" in page


@pytest.mark.parametrize("act", ["suspend/", "remove/", "link/make/", "recovery/start/"])
def test_every_act_asks_first(act, officer, world):
    asked = text(officer.get(PERSON + act))

    assert re.search(r"<h1[^>]*>.*\?</h1>", asked)
    assert not AuditEvent.objects.exists()
    officer.post(PERSON + act)
    assert AuditEvent.objects.get().subject == "officer.asc01"


@pytest.mark.parametrize("act", ["suspend/", "remove/"])
def test_the_last_officer_is_told_why_not(act, officer, world):
    page = text(officer.post(f"/people/MAIN1/staff/officer.main/{act}"))

    assert "Nothing was changed." in page
    assert "You are the last exams officer of this centre" in page
    assert not AuditEvent.objects.exists()


def test_who_is_suspended_is_out_at_the_next_request_and_cannot_log_in(officer, world):
    theirs = Client()
    log_in(theirs, "officer.asc01")
    page = "/candidate-results/2026-06/ASC01/"
    assert theirs.get(page).status_code == 200
    officer.post(PERSON + "suspend/")

    assert theirs.get(page).status_code == 302
    told = text(log_in(Client(), "officer.asc01"))
    assert told.count("not correct, or the account is suspended.") == 1
    wrong = text(log_in(Client(), "officer.asc01", "wrong"))
    assert re.sub(r'value="[^"]*"', "", told) == re.sub(r'value="[^"]*"', "", wrong)
    officer.post(PERSON + "suspension/lift/")
    assert log_in(Client(), "officer.asc01").url == "/"


def test_a_suspension_at_one_of_two_centres_takes_that_centre_alone(officer, world):
    Membership.objects.create(
        user=world.associate_officer,
        centre=world.stranger_centre,
        role=Role.EXAMS_OFFICER,
        may_manage_results_service=True,
    )
    theirs = Client()
    log_in(theirs, "officer.asc01")
    officer.post(PERSON + "suspend/")

    assert theirs.get("/candidate-results/2026-06/ASC01/").status_code == 404
    assert theirs.get("/candidate-results/2026-06/OTH01/").status_code == 200


def test_who_is_removed_everywhere_is_signed_out(officer, world):
    theirs = Client()
    log_in(theirs, "officer.asc01")
    officer.post(PERSON + "remove/")

    assert theirs.get("/").url == "/log-in/?next=/"
    assert officer.get(PERSON).status_code == 404


def test_nothing_is_done_by_a_look(officer, world):
    for act in ("suspend/", "suspension/lift/", "remove/", "link/make/", "recovery/start/"):
        officer.head(PERSON + act)
    assert not AuditEvent.objects.exists()


# --- Confirming ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        ASC01 + "invite/",
        "/people/ASC02/add/",
        *(
            PERSON + act
            for act in (
                "rights/edit/",
                "suspend/",
                "suspension/lift/",
                "remove/",
                "link/make/",
                "recovery/start/",
            )
        ),
    ],
)
def test_before_each_act_the_password_is_asked_again_after_ten_minutes(address, officer, world):
    with later():
        for method in ("get", "post"):
            asked = getattr(officer, method)(address).url
            assert (
                asked.partition("&kept=")[0] == f"/account/confirm/?{urlencode({'next': address})}"
            )
        assert not AuditEvent.objects.exists()


def test_lists_ask_nothing_again(officer, world):
    with later():
        for page in ("/people/", ASC01, PERSON):
            assert officer.get(page).status_code == 200


def test_what_was_typed_while_the_time_passed_is_carried_on_with(officer, world):
    with later():
        asked = officer.post(ASC01 + "invite/", NEW)
        answer = officer.post(
            asked.url, {"password": PASSWORD, "next": ASC01 + "invite/"}, follow=True
        )

    assert "/set-password/" in text(answer)
    assert User.objects.get(username="ann.other").name == "Ann Other"


def test_a_wrong_password_there_does_nothing(officer, world):
    with later():
        asked = officer.post(PERSON + "remove/")
        officer.post(asked.url, {"password": "wrong", "next": PERSON + "remove/"})

    assert not AuditEvent.objects.exists()


def test_a_stranger_gets_404_before_any_password_is_asked(client, world):
    log_in(client, "officer.oth01")
    with later():
        assert client.get(PERSON + "remove/").status_code == 404
        assert client.get("/people/ASC01/staff/nobody/remove/").status_code == 404
