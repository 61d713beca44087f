"""HAProxy counts logins that are refused, by address, and knows a login however it is sent."""

import pytest

from tests.bench.visitors import request
from tests.portal.test_front import Door, door, login, pages, status

__all__ = ["door", "pages"]


def guess(door: Door, source: str, *, right: list[str]) -> str:
    """The pool of a login from there, after thirty wrong ones and these right ones."""
    for number in range(30):
        door.ask(login(f"wrong-{number}"), source=source)
    for one in right:
        door.ask(login(one), source=source)
    return door.pool_of(login("7K3M"), source=source)


def test_an_address_that_guesses_has_a_queue_of_its_own(door):
    assert guess(door, "127.0.9.1", right=[]) == "guessers"
    assert door.pool_of(login("7K3M"), source="127.0.9.2") == "newcomers"
    assert door.pool_of(request("GET", "/results/"), source="127.0.9.1") == "form"


def test_a_school_that_mistypes_has_more_who_are_let_in(door):
    assert (
        guess(door, "127.0.9.3", right=[f"right-pupil-{number}" for number in range(30)])
        == "newcomers"
    )


def test_one_login_used_again_and_again_does_not_make_a_school(door):
    assert guess(door, "127.0.9.4", right=["right-again"] * 30) == "guessers"


def posted(body: str, kind: str = "application/x-www-form-urlencoded", **headers: str) -> bytes:
    plain = request("POST", "/results/", body=body)
    plain = plain.replace(b"application/x-www-form-urlencoded", kind.encode())
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return plain.replace(b"Connection:", f"{more}Connection:".encode(), 1)


PARTS = '--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n7K3M\r\n--x--\r\n'


@pytest.mark.parametrize(
    "asked",
    [
        posted(PARTS, "multipart/form-data; boundary=x"),
        posted(f"&username=7K3M&\r\n{PARTS}", "multipart/form-data; boundary=x"),
        posted("user%6eame=7K3M&password=AB"),
        posted("username=7K3M&password=AB", "text/plain"),
        posted(f"x={'x' * 16_300}&username=7K3M"),
        posted(""),
    ],
)
def test_what_could_be_read_as_a_login_and_not_be_counted_reaches_no_machine(door, asked):
    before = len(door.candidates.asked)
    assert status(door.ask(asked)) == 400
    assert len(door.candidates.asked) == before


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        (
            "127.0.9.5",
            posted("username=7K3M", Origin="https://x.example").replace(b"Sec-Fetch-Site", b"X-No"),
        ),
        ("127.0.9.6", posted("username=7K3M").replace(b"same-origin", b"cross-site")),
        ("127.0.9.7", posted("username=7K3M").replace(b"same-origin", b"")),
        (
            "127.0.9.8",
            posted(
                f"&username=7K3M&\r\n{PARTS}", **{"Content-Type": "multipart/form-data; boundary=x"}
            ),
        ),
    ],
)
def test_a_login_is_counted_whatever_is_said_of_where_it_comes_from(door, source, asked):
    for _ in range(30):
        assert status(door.ask(asked, source=source)) == 200
    assert door.pool_of(asked, source=source) == "guessers"
    assert door.pool_of(login("7K3M"), source=source) == "guessers"
