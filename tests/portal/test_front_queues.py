"""HAProxy when more come than can be served: the waiting page, passes, transfers."""

import base64
import hashlib
import hmac
import threading
import time
from contextlib import contextmanager

import pytest

from tests.bench.visitors import header, request
from tests.front import free_port, front
from tests.portal.test_front import (
    LANGUAGES,
    MINE,
    Door,
    door,
    login,
    pages,
    pass_in,
    status,
    wishing,
)

__all__ = ["door", "pages"]
MANY = 6  # more than any pool of candidates lets through at once
SAID = [(f"?language={code}", "en", code) for code in LANGUAGES] + [
    ("", code, code) for code in LANGUAGES
]


@contextmanager
def crowded(door: Door, *asked: bytes):
    """All places of a pool are taken by these, and nobody is answered."""
    with door.candidates.still():
        first = [threading.Thread(target=door.ask, args=(one,)) for one in asked]
        for one in first:
            one.start()
        time.sleep(0.3)
        yield
    for one in first:
        one.join()


def test_whoever_waits_too_long_gets_the_waiting_page_in_each_language_with_what_was_typed(door):
    asked = [
        wishing(login("7K3M-AB 12.x", path=f"/results/{query}"), wish) for query, wish, _ in SAID
    ]
    with crowded(door, *[login("first")] * MANY):
        begun = time.monotonic()
        answers = door.ask_all(*asked)
        took = time.monotonic() - begun
    assert 0.5 <= took < 3
    for answer, (query, _, code) in zip(answers, SAID, strict=True):
        page = answer.decode()
        assert status(answer) == 503 and f'<html lang="{code}"' in page and page.endswith("</html>")
        assert 'value="7K3M-AB 12.x"' in page and 'value="AB CD"' in page
        assert f'action="/results/{query}"' in page
        assert 5 <= int(header(answer, b"retry-after")) <= 20 and not header(answer, b"refresh")
        assert header(answer, b"cache-control") == "no-store"
        assert "default-src 'none'" in header(answer, b"content-security-policy")


def test_a_page_that_is_only_looked_at_comes_back_by_itself(door):
    asked = [wishing(request("GET", f"{MINE}{query}"), wish) for query, wish, _ in SAID]
    with crowded(door, *[request("GET", MINE)] * 2):
        answers = door.ask_all(*asked)
    for answer, (_, _, code) in zip(answers, SAID, strict=True):
        assert status(answer) == 503 and f'<html lang="{code}"'.encode() in answer
        assert answer.endswith(b"</html>") and b"<input" not in answer
        assert 5 <= int(header(answer, b"refresh")) <= 20


@pytest.mark.parametrize(
    "wish",
    ["", "xx", "xx-YY, fr-CA;q=0.8, en;q=0.5", "zh-Hant-TW", "FR", "nonsense;;;", "x" * 4_000],
)
def test_no_wish_leaves_the_page_empty(door, wish):
    with crowded(door, *[login("first")] * MANY):
        answer = door.ask(wishing(login("7K3M"), wish) if wish else login("7K3M"))
    expected = {"xx-YY, fr-CA;q=0.8, en;q=0.5": "fr", "zh-Hant-TW": "zh-hans", "FR": "fr"}
    assert f'<html lang="{expected.get(wish, "en-gb")}"'.encode() in answer
    assert b'value="7K3M"' in answer


def test_what_a_page_would_have_to_escape_is_left_out(door):
    with crowded(door, request("GET", MINE), *[login("first")] * MANY):
        answer = door.ask(login('"><script>x</script>&é\0'))
        other = door.ask(login("7K3M").replace(b"same-origin", b"cross-site"))
    assert b'value="scriptxscript"' in answer
    assert b"7K3M" not in other


def test_while_there_is_no_site_the_page_says_that_it_is_our_fault(pages):
    with front(pages, web=free_port()) as alone:
        here = Door(alone, None, None, None)
        for _ in range(60):
            answer = here.ask(wishing(login("7K3M"), "es"))
            if b"Se ha producido un error" in answer:
                break
            time.sleep(0.2)
        assert status(answer) == 503 and b'value="7K3M"' in answer
        assert b"cannot reach its records" in here.ask(request("GET", "/people/"))


def test_the_form_is_asked_of_the_site_once_whatever_stands_in_the_address(door):
    asked = [
        wishing(request("GET", f"/results/{query}"), "hi, en;q=0.5")
        for query in ("", "?x=1", "?%00", "?language=xx")
    ]
    before = len(door.candidates.asked)
    answers = [door.ask(one) for one in asked * 3]
    assert door.candidates.asked[before:] == ["/results/?wished=hi"]
    assert all(header(one, b"vary") == "Accept-Language" for one in answers)
    chosen = [door.ask(request("GET", "/results/?signed-out=&language=ur")) for _ in range(3)]
    assert door.candidates.asked[before + 1 :] == ["/results/?signed-out=&language=ur"]
    assert not any(header(one, b"vary") for one in chosen)
    with door.candidates.still():
        assert status(door.ask(asked[0])) == 200


# --- Passes


def let_in(door: Door, username: str) -> str:
    answer = door.ask(login(username))
    assert status(answer) == 303
    return pass_in(answer)


def with_pass(cookie: str) -> bytes:
    return request("GET", MINE, cookies=f"other=1; {cookie}")


def test_whoever_is_in_waits_longer_than_a_stranger_and_is_served_first(door):
    ours = let_in(door, "right-one")
    assert door.pool_of(with_pass(ours)) == "inside"
    others = [with_pass(let_in(door, f"right-other-{number}")) for number in range(MANY)]
    with crowded(door, *others):
        begun = time.monotonic()
        waits = threading.Thread(target=lambda: answers.append(door.ask(with_pass(ours))))
        answers: list[bytes] = []
        waits.start()
        waits.join(1.5)
        assert not answers and time.monotonic() - begun > 1
    waits.join()
    assert status(answers[0]) == 200


def signed(door: Door, claim: str) -> str:
    mac = hmac.new(door.front.pass_key, claim.encode(), hashlib.sha256).digest()
    return f"pass={claim}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def test_a_pass_is_what_we_think_it_is(door):
    ours = let_in(door, "right-two")
    claim = ours.removeprefix("pass=").partition(".")[0]
    expires, _, whose = claim.partition("-")
    assert 880 <= int(expires) - time.time() <= 901 and len(whose) == 36
    assert signed(door, claim) == ours


@pytest.mark.parametrize(
    "kind", ["forged", "another's", "expired", "later", "empty", "no end", "other key"]
)
def test_a_pass_that_is_not_good_gains_nothing(door, kind):
    ours = let_in(door, "right-three").removeprefix("pass=")
    claim, _, signature = ours.partition(".")
    expires, _, whose = claim.partition("-")
    cookie = {
        "forged": f"pass={claim}.{signature[:-2]}AA",
        "another's": f"pass={expires}-{whose[:-4]}0000.{signature}",
        "expired": signed(door, f"{int(time.time()) - 1}-{whose}"),
        "later": f"pass={int(expires) + 900}-{whose}.{signature}",
        "empty": "pass=.",
        "no end": f"pass={claim}",
        "other key": "pass="
        + claim
        + "."
        + base64.urlsafe_b64encode(b"x" * 32).decode().rstrip("="),
    }[kind]
    assert door.pool_of(with_pass(cookie)) == "strangers"


def test_a_pass_that_is_copied_has_one_share_and_so_has_a_login_however_often_it_is_used(door):
    ours = let_in(door, "right-four")
    for _ in range(30):
        assert status(door.ask(with_pass(ours))) == 200
    assert door.pool_of(with_pass(ours)) == "strangers"
    assert door.pool_of(with_pass(let_in(door, "right-four"))) == "strangers"
    assert door.pool_of(with_pass(let_in(door, "right-five"))) == "inside"


# --- Transfers


def test_one_person_has_two_transfers_at_once_and_all_have_as_many_as_there_are_places(door):
    file = "/board/missing/csv/"
    ann = request("GET", file, cookies="sessionid=ann")
    bob = request("GET", file, cookies="sessionid=bob")
    with door.transfers.still():
        going = [threading.Thread(target=door.ask, args=(ann,)) for _ in range(2)]
        for one in going:
            one.start()
        time.sleep(0.3)
        third = door.ask(ann)
        assert status(third) == 429 and b"Please wait a moment" in third
        assert header(third, b"retry-after") == header(third, b"refresh") == "10"
        assert status(door.ask(request("GET", "/people/", cookies="sessionid=ann"))) == 200
        before = len(door.transfers.asked)
        others = [threading.Thread(target=door.ask, args=(bob,)) for _ in range(2)]
        for one in others:
            one.start()
        time.sleep(0.5)
        assert len(door.transfers.asked) == before + 1  # the fourth waits
    for one in (*going, *others):
        one.join()
    assert status(door.ask(ann)) == 200


# --- What is to be sealed


def test_nobody_ends_more_than_sixty_processes_in_a_minute(door):
    passphrase = request("POST", "/board/sealed-results/ceremonies/1/", body="passphrase=x")
    answers = [status(door.ask(passphrase, source="127.0.9.5")) for _ in range(61)]
    assert answers == [200] * 60 + [429]
    assert status(door.ask(passphrase, source="127.0.9.6")) == 200
