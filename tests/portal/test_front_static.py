"""Files are asked of the site once, however they are asked for; who asks for what is not there stands behind others."""

import threading
import time
from itertools import count

import pytest

from tests.bench.visitors import header
from tests.portal.test_front import Door, door, pages, status

__all__ = ["door", "pages"]
ATTEMPTS = 11  # at most, while no machine has it
MUCH = 40  # a minute, of what no cache has
NAMES = (f"/static/portal/page.{number:012x}.css" for number in count())


def asked(line: str, *said: str) -> bytes:
    """A request of this first line, with these lines of its head."""
    version = "" if " HTTP/" in line else " HTTP/1.1"
    lines = (f"{line}{version}", "Host: 127.0.0.1", "Connection: close", *said)
    return "".join(f"{one}\r\n" for one in lines).encode() + b"\r\n"


def machines_asked(door: Door, *requests: bytes, **options) -> list[str]:
    """What the web machines were asked for these."""
    before = len(door.candidates.asked)
    for one in requests:
        door.ask(one, **options)
    return door.candidates.asked[before:]


@pytest.mark.parametrize(
    "again",
    [
        lambda name: asked(f"GET {name}?x=1"),
        lambda name: asked(f"GET {name.replace('portal', '%70ortal')}"),
        lambda name: asked(f"GET a://127.0.0.1{name}"),
        lambda name: asked(f"GET {name}").replace(b"127.0.0.1", b"127.0.0.1:1"),
        lambda name: asked(f"GET {name}", "Cache-Control: no-cache"),
        lambda name: asked(f"GET {name}", "Cache-Control: max-age=0"),
        lambda name: asked(f"GET {name}", "Pragma: no-cache"),
        lambda name: asked(f"GET {name}", "Authorization: x"),
        lambda name: asked(f"GET {name}", "Cookie: sessionid=x"),
        lambda name: asked(f"GET {name}", "Range: bytes=0-1"),
        lambda name: asked(f"GET {name}", "If-None-Match: x"),
        lambda name: asked(f"GET {name}", "If-Modified-Since: Thu, 13 Aug 2026 05:00:00 GMT"),
        lambda name: asked(f"GET {name}", "Accept-Encoding: made-up, deflate;q=0.5"),
        lambda name: asked(f"GET {name}", "Accept-Language: ur", "Referer: http://x/"),
    ],
)
def test_no_way_of_asking_for_a_file_gets_past_the_cache(door, again):
    name = next(NAMES)
    asked_once = [f"{name}?identity"]
    assert machines_asked(door, again(name), asked(f"GET {name}"), again(name)) == asked_once


def test_a_file_is_asked_for_once_in_each_encoding_that_the_site_has(door):
    name = next(NAMES)
    wishes = ("gzip, deflate, br, zstd", "br;q=1.0, *;q=0.1", "gzip;q=0.5", "GZIP", "x, y", "*")
    before = len(door.candidates.asked)
    for order in (-1, 1):
        answers = [
            door.ask(asked(f"GET {name}", f"Accept-Encoding: {wish}")) for wish in wishes[::order]
        ][::order]
        bodies = [one.partition(b"\r\n\r\n")[2] for one in answers]
        assert bodies == [b"br", b"br", b"gzip", b"gzip", b"identity", b"identity"]
        assert {header(one, b"vary") for one in answers} == {"Accept-Encoding"}
    assert len(door.candidates.asked) == before + 3


@pytest.mark.parametrize(
    "line",
    [
        "POST /static/portal/page.css",
        "GET /static/portal/%20page.css",
        "GET /static/portal/page.css%0d%0aX:y",
        "GET /static/portal/page.css%0a",
        "GET /static/portal/%e2%82%ac.css",
    ],
)
def test_what_can_be_no_file_of_ours_reaches_no_machine(door, line):
    before = len(door.candidates.asked)
    assert status(door.ask(asked(line, "Content-Length: 0"))) == 404
    assert len(door.candidates.asked) == before


def test_a_file_that_one_machine_lacks_is_asked_of_the_others_but_not_for_whoever_asks_much(door):
    home = {"source": "127.0.8.1"}
    assert len(machines_asked(door, asked("GET /static/missing-1.css"), **home)) == ATTEMPTS
    machines_asked(
        door, *(asked(f"HEAD /static/{number}.css") for number in range(MUCH + 1)), **home
    )
    assert len(machines_asked(door, asked("GET /static/missing-2.css"), **home)) == 1
    assert (
        len(machines_asked(door, asked("GET /static/missing-3.css"), source="127.0.8.2"))
        == ATTEMPTS
    )
    cached = [asked("GET /static/there.css")] * 200
    assert len(machines_asked(door, *cached, source="127.0.8.3")) == 1
    assert (
        len(machines_asked(door, asked("GET /static/missing-4.css"), source="127.0.8.3"))
        == ATTEMPTS
    )


def test_whoever_asks_much_of_what_no_cache_has_stands_behind_all_others(door):
    flood = "127.0.8.4"
    machines_asked(
        door, *(asked(f"HEAD /static/{number}.css") for number in range(MUCH + 1)), source=flood
    )
    before = len(door.candidates.asked)
    crowd = []
    with door.candidates.still():
        for number in range(8):
            one = asked(f"GET /static/missing-flood-{number}.css")
            crowd.append(threading.Thread(target=door.ask, args=(one,), kwargs={"source": flood}))
            crowd[-1].start()
        time.sleep(0.5)
        crowd.append(threading.Thread(target=door.ask, args=(asked("GET /static/honest.css"),)))
        crowd[-1].start()
        time.sleep(0.3)
    for one in crowd:
        one.join()
    order = door.candidates.asked[before:]
    assert len(order) == 9 and order.index("/static/honest.css?identity") in (2, 3)
