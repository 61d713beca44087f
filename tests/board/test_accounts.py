"""Accounts are opened by two people of the board, never one's own, and shut out by one."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.four_eyes import settling
from accounts.models import User
from board import accounts
from board.models import ProposedAccess
from board.proposals import CannotPropose
from tests.board.events import events
from tests.builders import PASSWORD, make_board_operator
from tests.letters import an_hour_passes

URL = "/board/accounts/"
NEW = {"act": "operator", "username": "board.new", "name": "New", "email": "new@example.org"}


def typed(act: str = "link", username: str = "officer.main", **more) -> dict:
    return {"act": act, "username": username, "reason": "Telephoned, known to me", **more}


def propose(client, act: str = "link", username: str = "officer.main", **more):
    return client.post(f"{URL}propose/", typed(act, username, confirmed="yes", **more), follow=True)


def html(answer) -> str:
    return answer.content.decode()


def waiting() -> ProposedAccess:
    return ProposedAccess.objects.waiting().get()


def give_factor(username: str) -> None:
    Authenticator.objects.create(
        user=User.objects.get(username=username), type="totp", data={"secret": ""}
    )


@pytest.mark.parametrize(("act", "way"), [("link", "/set-password/"), ("recovery", "/recover/")])
def test_one_proposes_a_link_and_who_confirms_is_shown_it(board, colleague, world, act, way):
    asked = html(board.post(f"{URL}propose/", typed(act)))
    assert "officer.main (Officer officer.main, of centres)" in asked
    assert not ProposedAccess.objects.exists()

    page = html(propose(board, act))
    assert (
        "It takes effect once somebody else at the board confirms it." in page and way not in page
    )
    own = html(board.post(f"{URL}{waiting().pk}/confirm/", follow=True))
    assert "You proposed this" in own and way not in own

    answer = colleague.post(f"{URL}{waiting().pk}/confirm/")
    assert way in html(answer) and "no-store" in answer["Cache-Control"]
    assert " ".join(one.action for one in events()[:2]) == "access_proposed access_confirmed"
    assert [one.subject for one in events()] == ["officer.main"] * 3
    assert settling(["officer.main"])["officer.main"].by == "board.second"


def test_a_second_factor_is_removed_by_two(board, colleague, world):
    give_factor("officer.main")
    propose(board, "factors")
    assert Authenticator.objects.exists()

    colleague.post(f"{URL}{waiting().pk}/confirm/")
    assert not Authenticator.objects.exists()
    assert events()[-1].action == "second_factor_removed"


def test_a_new_board_operator_is_made_by_two_and_is_no_second_person_for_a_week(
    board, colleague, world
):
    propose(board, **NEW)
    assert not User.objects.filter(username="board.new").exists()

    assert "/set-password/" in html(colleague.post(f"{URL}{waiting().pk}/confirm/"))
    new = User.objects.get(username="board.new")
    assert (new.is_superuser, new.is_staff, new.has_usable_password()) == (True, True, False)
    assert (new.name, new.email) == ("New", "new@example.org")
    assert settling(["board.new"])["board.new"].by == "board.second"


def test_to_shut_out_takes_one_and_to_let_in_again_two(board, colleague, world):
    theirs = Client()
    theirs.force_login(world.officer)
    asked = html(board.post(f"{URL}propose/", typed("shut-out")))
    assert "Shut out officer.main?" in asked
    assert theirs.get("/").status_code == 200

    propose(board, "shut-out")
    assert theirs.get("/").status_code == 302
    assert User.objects.get(username="officer.main").is_active is False
    propose(board, "reopen")
    assert User.objects.get(username="officer.main").is_active is False
    colleague.post(f"{URL}{waiting().pk}/confirm/")
    assert User.objects.get(username="officer.main").is_active is True
    assert [one.action for one in events()] == [
        "account_shut_out",
        "access_proposed",
        "access_confirmed",
        "account_reopened",
    ]


@pytest.mark.parametrize("act", ["link", "recovery", "factors", "shut-out"])
def test_nobody_does_it_for_themselves(board, world, act):
    give_factor("board")
    assert "This is your own account." in html(propose(board, act, "board"))
    assert not ProposedAccess.objects.exists()
    assert events() == []


def test_nor_confirms_what_somebody_proposed_for_them(board, colleague, world):
    propose(board, "link", "board.second")

    page = html(colleague.post(f"{URL}{waiting().pk}/confirm/", follow=True))

    assert "This is your own account." in page and "/set-password/" not in page
    assert waiting()


@pytest.mark.parametrize(
    ("more", "answer"),
    [
        ({"username": "nobody"}, "There is no account with the username nobody"),
        ({"username": "Officer.MAIN"}, "There is no account with the username Officer.MAIN"),
        ({"act": "factors"}, "officer.main has no second factor"),
        ({"act": "reopen"}, "officer.main is not shut out"),
        ({**NEW, "username": "Officer.MAIN"}, "Somebody has this username already"),
        ({**NEW, "username": "a b"}, "is not a username"),
        ({**NEW, "email": ""}, "Give the name and the e-mail address"),
        ({"reason": " "}, "Enter a reason."),
        ({"act": "something"}, "Select a valid choice"),
    ],
)
@pytest.mark.parametrize("confirmed", [{}, {"confirmed": "yes"}])
def test_what_cannot_be_done_is_said_on_the_form(board, world, more, answer, confirmed):
    page = html(board.post(f"{URL}propose/", {**typed(), **more, **confirmed}))

    assert answer in page
    assert not ProposedAccess.objects.exists()
    assert events() == []


def test_of_one_act_one_proposal_waits(board, colleague, world):
    propose(board)
    assert "board has proposed this already" in html(propose(colleague))


def test_an_account_that_has_become_the_boards_is_not_opened_as_one_of_a_centre(
    board, colleague, world
):
    propose(board)
    User.objects.filter(username="officer.main").update(is_superuser=True)

    page = html(colleague.post(f"{URL}{waiting().pk}/confirm/", follow=True))

    assert "of the board" in page and "propose it again" in page and "/set-password/" not in page


def test_what_was_proposed_can_be_refused_or_taken_back(board, colleague, world):
    propose(board)
    colleague.post(f"{URL}{waiting().pk}/refuse/")
    assert not ProposedAccess.objects.waiting().exists()
    propose(board)
    board.post(f"{URL}{waiting().pk}/refuse/")
    assert not ProposedAccess.objects.waiting().exists()
    assert "/set-password/" not in html(board.get(URL))


def test_the_password_is_given_again_before_the_link_is_shown(board, colleague, world):
    propose(board)
    an_hour_passes(colleague)
    asked = colleague.post(f"{URL}{waiting().pk}/confirm/")
    assert asked.url.startswith("/account/confirm/") and waiting()

    assert "/set-password/" in html(colleague.post(asked.url, {"password": PASSWORD}))


def test_who_is_concerned_is_told(board, colleague, world):
    propose(board)
    colleague.post(f"{URL}{waiting().pk}/confirm/")
    theirs = Client()
    theirs.force_login(world.officer)

    page = html(theirs.get("/account/"))
    assert "Proposed to open an account" in page and "Made a set-password link" in page


def test_two_at_once_who_confirm_do_it_once(world):
    proposal = ProposedAccess(act="link", username="officer.main", reason="Telephoned")
    accounts.propose(proposal, by=world.board)
    accounts.confirm(proposal, by=make_board_operator("board.second"))
    with pytest.raises(CannotPropose, match=r"board\.second has confirmed this already"):
        accounts.confirm(proposal, by=make_board_operator("board.third"))


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_takes_the_same_queries_however_many(
    board, world, many, django_assert_num_queries
):
    for number in range(many):
        user = make_board_operator(f"board.{number}")
        proposal = ProposedAccess(act="link", username=user.username, reason="Telephoned")
        accounts.propose(proposal, by=world.board)
    board.get(URL)
    with django_assert_num_queries(8):
        board.get(URL)
