"""Nobody has a colleague do what they planted on the colleague's browser before the colleague signed in (rule 26)."""

import html
import re
import time

import pytest
import time_machine
from django.conf import settings

from accounts import kept_posts
from accounts.kept_posts import KeptPost
from accounts.models import AccountEvent
from board.models import ProposedRelease
from centres.models import CentreArrangement, Release
from tests.accounts.test_kept_posts import STATUS, TYPED, Browser, end_session, typed_on
from tests.builders import (
    IGCSE,
    IGCSE_RELEASE,
    PASSWORD,
    hold,
    make_board_operator,
    make_officer,
    make_proposal,
)
from tests.letters import an_hour_passes


@pytest.fixture
def tab(world) -> Browser:
    world.open_all()
    tab = Browser()
    tab.sign_in(world.officer)
    return tab


@pytest.fixture
def colleague(world):
    return make_board_operator("board.second")


@pytest.fixture
def theirs(colleague) -> Browser:
    """The colleague's browser."""
    theirs = Browser()
    theirs.sign_in(colleague)
    return theirs


@pytest.fixture
def proposal(world) -> ProposedRelease:
    return make_proposal(world.series)


def has_moved(proposal: ProposedRelease) -> bool:
    release = Release.objects.get(series=proposal.series, qualification__name=IGCSE)
    return release.candidates_at != IGCSE_RELEASE


def words(answer) -> str:
    return html.unescape(re.sub(r"\s+", " ", answer.content.decode()))


@pytest.mark.parametrize("act", ["confirm", "refuse"])
def test_what_two_people_do_is_pressed_again_after_signing_in(theirs, colleague, proposal, act):
    address = f"/board/releases/{proposal.pk}/{act}/"
    planted = theirs.token("/log-out/")
    end_session(colleague)
    page = theirs.post(address, planted)
    answer = theirs.press(page, login="board.second", password=PASSWORD)
    page = theirs.get(answer.url)
    assert f"<bdi>{address}</bdi>" in words(page), "it says for which page it was"
    answer = theirs.press(page)
    assert answer.status_code == 302 and answer.url == address
    shown = theirs.get(address, follow=True)

    assert kept_posts.PRESS_AGAIN in words(shown)
    assert shown.request["PATH_INFO"] == f"/board/releases/{proposal.pk}/"
    proposal.refresh_from_db()
    assert proposal.waits and not has_moved(proposal)
    # Pressed there it is done.
    theirs.post(address, theirs.token("/log-out/"))
    proposal.refresh_from_db()
    assert not proposal.waits


def test_nor_is_it_done_from_a_page_of_before_the_last_sign_in(theirs, colleague, proposal):
    address = f"/board/releases/{proposal.pk}/confirm/"
    planted = theirs.token("/log-out/")
    end_session(colleague)
    theirs.sign_in(colleague)
    answer = theirs.press(theirs.post(address, planted))

    assert kept_posts.PRESS_AGAIN in words(theirs.get(answer.url, follow=True))
    assert not has_moved(proposal)


def test_nor_when_the_password_is_given_once_more(theirs, colleague, proposal):
    """By an address that names what the session keeps."""
    address = f"/board/releases/{proposal.pk}/confirm/"
    planted = theirs.token("/log-out/")
    end_session(colleague)
    answer = theirs.press(theirs.post(address, planted), login="board.second", password=PASSWORD)
    name = answer.url.split("/")[-2]
    way = f"/account/confirm/?next={address}&kept={name}"
    theirs.post(way, {**theirs.token("/log-out/"), "password": PASSWORD})

    assert not has_moved(proposal)


def test_after_an_hour_in_one_session_it_is_carried_on_with(theirs, proposal):
    address = f"/board/releases/{proposal.pk}/confirm/"
    an_hour_passes(theirs)
    way = theirs.post(address, theirs.token("/log-out/")).url
    theirs.post(way, {**theirs.token("/log-out/"), "password": PASSWORD})

    assert has_moved(proposal)


def test_to_let_a_hold_go_is_pressed_again_among_the_holds(theirs, colleague, world):
    one = hold(series=world.series)
    planted = theirs.token("/log-out/")
    end_session(colleague)
    page = theirs.post("/board/holds/request-release/", {**planted, "hold": one.pk})
    answer = theirs.press(page, login="board.second", password=PASSWORD)
    shown = theirs.get(theirs.press(theirs.get(answer.url)).url, follow=True)

    assert kept_posts.PRESS_AGAIN in words(shown)
    assert shown.request["PATH_INFO"] == "/board/holds/"
    one.refresh_from_db()
    assert not one.asked_at


def test_who_logs_out_leaves_no_page_that_is_theirs(tab, world):
    before = tab.cookies[settings.CSRF_COOKIE_NAME].value
    answer = tab.press(tab.get("/log-out/"))

    assert answer.cookies[settings.PAGES_COOKIE]["max-age"] == 0
    assert tab.cookies[settings.CSRF_COOKIE_NAME].value != before
    answer = tab.post(STATUS, {**TYPED, **tab.token("/log-in/")})
    assert answer.status_code == 302 and answer.url.startswith("/log-in/?next=")


def sealed(world) -> str:
    """What somebody can take from a browser in which the officer was signed in."""
    other = Browser()
    other.sign_in(world.officer)
    typed = typed_on(other)
    end_session(world.officer)
    return other.fields(other.post(STATUS, typed))["kept"][0]


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize(
    "said", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://a.example"}]
)
def test_another_site_puts_nothing_on_the_sign_in_page(tab, world, said, signed_in):
    text = sealed(world)
    if signed_in:
        tab.sign_in(world.officer)
    answer = tab.post("/log-in/", {"kept": text}, headers=said)

    assert answer.status_code == 403 and text not in words(answer)


def test_what_is_kept_is_for_a_browser_in_which_they_were_signed_in(world):
    world.open_all()
    text = sealed(world)
    fresh = Browser()
    page = fresh.get("/log-in/")
    answer = fresh.press(page, login="officer.main", password=PASSWORD, kept=text)

    assert kept_posts.NOTHING in words(fresh.get(answer.url, follow=True))


def test_a_page_that_asks_for_no_token_first_has_its_token_looked_at_all_the_same(world):
    """A file's form is read late (`csrf_exempt`)."""
    theirs = Browser()
    theirs.sign_in(world.associate_officer)
    token = theirs.token("/file-exchange/ASC01/MAIN1/upload/")
    end_session(world.associate_officer)
    for fields, is_kept in (({}, False), ({"csrfmiddlewaretoken": "a" * 64}, False), (token, True)):
        page = theirs.post("/file-exchange/ASC01/MAIN1/upload/", {**fields, "note": "Planted"})
        assert (b'name="kept"' in page.content) is is_kept


def test_a_second_factor_that_must_be_set_up_comes_before_what_is_kept(tab, world, settings):
    typed = typed_on(tab)
    end_session(world.officer)
    settings.MFA_REQUIRED = True
    answer = tab.press(tab.post(STATUS, typed), login="officer.main", password=PASSWORD)
    name = answer.url.split("/")[-2]
    token = tab.token("/account/authenticator/set-up/")
    tab.post(f"/account/confirm/?next={STATUS}&kept={name}", {**token, "password": PASSWORD})

    assert not CentreArrangement.objects.filter(contact_name__startswith="Typed").exists()


def test_what_is_posted_to_an_address_with_an_accent_is_carried_on_with(world):
    officer = make_officer("zoë", world.main, manages=False)
    theirs = Browser()
    theirs.sign_in(world.officer)
    address = "/people/MAIN1/staff/zoë/suspend/"
    token = theirs.token("/log-out/")
    an_hour_passes(theirs)
    way = theirs.post(address, token).url
    theirs.post(way, {**theirs.token("/log-out/"), "password": PASSWORD})

    assert AccountEvent.objects.filter(account=officer).exists()


def test_a_session_carries_little_of_it(rf, world):
    request = rf.get("/")
    request.session, request.user = {}, world.officer
    names = []
    for at in range(4):
        fields = [("note", str(hash((at, one)))) for one in range(20_000)]
        names.append(
            kept_posts.keep(request, KeptPost(str(world.officer.pk), STATUS, fields, False))
        )
    kept = request.session[kept_posts.IN_SESSION]
    assert all(names) and sum(len(text) for _, text in kept.values()) <= kept_posts.LONGEST
    assert kept_posts.kept(request, names[-1]) and not kept_posts.kept(request, names[0])


def test_nor_what_is_old_beside_what_is_young(rf, world):
    request = rf.get("/")
    request.session, request.user = {}, world.officer
    one = KeptPost(str(world.officer.pk), STATUS, [("note", "a")], False)
    old = kept_posts.keep(request, one)
    with time_machine.travel(time.time() + 600):
        kept_posts.keep(request, one)
    with time_machine.travel(time.time() + 1000):
        kept_posts.forget_old(request)
        assert old not in request.session[kept_posts.IN_SESSION]
        assert len(request.session[kept_posts.IN_SESSION]) == 1
