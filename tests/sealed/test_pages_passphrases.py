"""A passphrase is shown once and kept nowhere: in no row, session, cookie, log, address or later answer (rule 28)."""

import base64
import io
import logging
import re
from html import unescape

import pypdf
import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.sessions import end_visits
from sealed import ceremonies, passphrases
from sealed.models import Keyholder, Turn
from tests.accounts.test_kept_posts import Browser
from tests.builders import PASSWORD
from tests.letters import an_hour_passes
from tests.portal.test_clearing import everything
from tests.sealed.cast import Cast, Kind, make_ring

KEYS, TRY = "/board/sealed-results/keyholders/keys/", "/board/sealed-results/keyholders/try/"
TYPED = "abacus abdomen abide ability ablaze able abnormal"


@pytest.fixture
def keyholders(world) -> list[Cast]:
    return make_ring()


@pytest.fixture
def rehearsal(keyholders) -> str:
    """Of a rehearsal that has begun."""
    one = ceremonies.begin(Kind.REHEARSE, by=keyholders[0].user)
    return reverse("sealed:ceremony", args=[one.pk])


def signed_in(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.user)
    return client


def kept(words: str) -> list[str]:
    """In which rows these words stand, however they are written, the sessions' among them."""
    sessions = repr([one.get_decoded() for one in Session.objects.all()])
    ways = [between.join(words.split()) for between in (" ", "+", "%20", "-", "")]
    return [way for way in ways if way in everything() + sessions]


def no_turn() -> bool:
    return not Turn.objects.filter(ceremony__kind=Kind.REHEARSE).exists()


def in_cookies(client: Client, words: str) -> bool:
    return any(words.split()[0] in one.value for one in client.cookies.values())


def words_on(answer) -> list[str]:
    [shown] = re.findall(r'<ol class="passphrase-words"[^>]*>(.*?)</ol>', answer.text, re.S)
    return re.findall(r"<li>(\w[\w-]*)</li>", shown)


def test_it_is_shown_in_the_one_answer_that_makes_it_and_kept_nowhere(board, world, caplog):
    caplog.set_level(logging.DEBUG)
    assert not Keyholder.objects.exists()
    asked = board.get(KEYS)
    assert "The next page shows your passphrase once, and never again." in asked.text
    assert not Keyholder.objects.exists()

    answer = board.post(KEYS)
    words = words_on(answer)

    assert len(words) == passphrases.WORDS and "no-store" in answer["Cache-Control"]
    assert "It is shown only now." in answer.text
    passphrase = " ".join(words)
    assert (
        "This is your passphrase." in board.post(TRY, {"passphrase": passphrase}, follow=True).text
    )
    assert kept(passphrase) == [] and not in_cookies(board, passphrase)
    assert not any(word in caplog.text for word in words if len(word) > 7)
    again = board.get(KEYS)
    assert "passphrase-words" not in again.text and passphrase not in again.text


def test_the_sheet_is_in_the_same_answer_and_holds_the_words_on_one_page(board, world):
    answer = board.post(KEYS)
    [sheet] = re.findall(r'download="keyholder-sheet.pdf" href="([^"]*)"', answer.text)
    encoded = unescape(sheet).removeprefix("data:application/pdf;base64,")
    [paper] = pypdf.PdfReader(io.BytesIO(base64.b64decode(encoded))).pages

    text = " ".join(paper.extract_text().split())
    found = [text.find(word) for word in words_on(answer)]
    assert -1 not in found and found == sorted(found)
    assert "With fewer than two passphrases left, nobody can read" in text and "board" in text


def test_to_make_keys_once_more_ends_what_was_shown_before(board, world):
    former = " ".join(words_on(board.post(KEYS)))
    page = board.get(KEYS).text
    assert "The passphrase that you were shown on" in page and "You hold nothing before" in page
    new = " ".join(words_on(board.post(KEYS)))

    assert "This is not your passphrase." in board.post(TRY, {"passphrase": former}).text
    assert board.post(TRY, {"passphrase": new}).status_code == 302


def test_a_keyholder_makes_new_keys_and_both_passphrases_can_be_tried_until_they_take_their_place(
    keyholders,
):
    client = signed_in(keyholders[0])
    assert (
        "the passphrase on your sheet counts until two keyholders appoint these"
        in client.get(KEYS).text
    )
    new = " ".join(words_on(client.post(KEYS)))

    page = client.post(TRY, {"passphrase": keyholders[0].passphrase}, follow=True).text
    assert "This is your passphrase." in page and "to take the place of those before" in page
    page = client.post(TRY, {"passphrase": new}, follow=True).text
    assert "This is the passphrase of your new keys." in page
    assert "This is not your passphrase." in client.post(TRY, {"passphrase": TYPED}).text


def test_who_lost_the_sheet_is_given_new_keys_by_two_others(keyholders):
    """Where there are three, and no fourth can come: see what it means, then begin."""
    lost, *others = keyholders
    signed_in(lost).post(KEYS)
    new = Keyholder.objects.get(user=lost.user, appointed_at=None)
    asked = signed_in(others[0]).post(
        "/board/sealed-results/keyholders/change/", {"appointing": [new.pk], "ask": ""}
    )

    page = " ".join(asked.text.split())
    assert "with new keys in the place of those before (passphrase not tried yet)" in page
    assert (
        f'name="retiring" value="{lost.holder.pk}"' in page and "Keyholders then</dt><dd>3:" in page
    )


def test_what_was_typed_wrongly_is_in_no_answer_row_session_cookie_or_log(
    keyholders, rehearsal, caplog
):
    caplog.set_level(logging.DEBUG)
    client = signed_in(keyholders[0])
    for address in (TRY, rehearsal):
        answer = client.post(address, {"passphrase": TYPED})
        assert "This is not your passphrase." in answer.text
        assert "abacus" not in answer.text and "abnormal" not in answer.text
    assert kept(TYPED) == [] and not in_cookies(client, TYPED) and "abacus" not in caplog.text
    assert no_turn()


def test_nor_is_what_is_too_long_or_no_text(keyholders, rehearsal):
    client = signed_in(keyholders[0])
    for typed in ("abacus " * 40, "abacus \x08abdomen", "abacus \u202eabdomen"):
        answer = client.post(rehearsal, {"passphrase": typed})
        assert answer.status_code == 200 and "abacus" not in answer.text


def test_the_right_one_is_kept_nowhere_either(keyholders, rehearsal, caplog):
    caplog.set_level(logging.DEBUG)
    first, client = keyholders[0], signed_in(keyholders[0])
    answer = client.post(rehearsal, {"passphrase": first.passphrase}, follow=True)

    assert "Your passphrase was right." in answer.text and not no_turn()
    assert kept(first.passphrase) == [] and not in_cookies(client, first.passphrase)
    assert first.passphrase not in answer.text + caplog.text


def test_no_turn_is_taken_by_an_address(keyholders, rehearsal):
    client = signed_in(keyholders[0])
    client.get(rehearsal, {"passphrase": keyholders[0].passphrase})
    client.get(TRY, {"passphrase": keyholders[0].passphrase})

    assert no_turn()
    assert (
        Keyholder.objects.get(user=keyholders[0].user).tried_at is not None
    )  # from the ring's own
    assert client.head(rehearsal, {"passphrase": keyholders[0].passphrase}).status_code == 200
    assert no_turn()


@pytest.mark.parametrize("address", ["page", "try", "keys"])
def test_the_password_is_asked_for_before_the_form_is_shown(keyholders, rehearsal, board, address):
    client = board if address == "keys" else signed_in(keyholders[0])
    url = {"page": rehearsal, "try": TRY, "keys": KEYS}[address]
    assert client.get(url).status_code == 200
    an_hour_passes(client)
    assert client.get(url).url.startswith("/account/confirm/?next=")


def test_when_the_time_runs_out_while_it_is_typed_nothing_of_it_is_kept(keyholders, rehearsal):
    first, client = keyholders[0], signed_in(keyholders[0])
    for address in (rehearsal, TRY):
        an_hour_passes(client)
        answer = client.post(address, {"passphrase": first.passphrase})

        assert answer.url.startswith("/account/confirm/?next=") and "kept" not in answer.url
        assert kept(first.passphrase) == [] and not in_cookies(client, first.passphrase)
        asked = client.get(answer.url)
        assert "nothing of what you typed is kept, as it is secret" in asked.text
        assert first.passphrase not in asked.text
        back = client.post(answer.url, {"password": PASSWORD})
        assert back.url == address  # to the form, which is empty
        assert first.passphrase not in client.get(back.url).text
    assert no_turn()


def test_nor_when_somebody_was_signed_out_meanwhile(keyholders, rehearsal):
    tab = Browser()
    tab.sign_in(keyholders[0].user)
    typed = tab.token(rehearsal) | {"passphrase": keyholders[0].passphrase}
    end_visits(keyholders[0].user)
    answer = tab.post(rehearsal, typed)

    assert "You were signed out before this was done. Log in, and do it again." in answer.text
    assert 'name="kept"' not in answer.text and keyholders[0].passphrase not in answer.text
    assert kept(keyholders[0].passphrase) == [] and no_turn()


def test_a_page_from_before_a_sign_in_keeps_nothing_of_it(keyholders, rehearsal):
    tab = Browser()
    tab.sign_in(keyholders[0].user)
    typed = tab.token(rehearsal) | {"passphrase": keyholders[0].passphrase}
    end_visits(keyholders[0].user)
    tab.sign_in(keyholders[0].user)
    answer = tab.post(rehearsal, typed)

    assert keyholders[0].passphrase not in answer.text
    assert kept(keyholders[0].passphrase) == [] and no_turn()


def test_browsers_keep_no_passphrase_and_do_not_fill_one_in(keyholders, rehearsal):
    for address in (TRY, rehearsal):
        text = signed_in(keyholders[0]).get(address).text
        [field] = re.findall(r'<input[^>]*name="passphrase"[^>]*>', text)
        for said in ('type="text"', 'autocomplete="off"', 'spellcheck="false"', "words-hidden"):
            assert said in field
        assert "value=" not in field
