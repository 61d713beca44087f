"""Whoever stands at the door: one who guesses, and those whom the login belongs to. They come from a
process of their own, without a database, and over the network, as those whom they play do.
"""

import http.client
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from credentials.logins import secret

AT_ONCE = 8
PATIENCE = 60  # seconds
ADDRESSES = 1_000  # from which one login is guessed at

Login = tuple[str, str]


class Refused(Exception):
    """The right login did not open."""


def guess_all(port: int, username: str, many: int) -> Counter[int]:
    """So many wrong passwords for this username, from a thousand addresses: status -> how often."""
    homes = [f"203.0.{number // 250}.{number % 250 + 1}" for number in range(ADDRESSES)]

    def guess(number: int) -> int:
        password = (
            secret.make().grouped_password
        )  # well-formed, as by one who knows how they are made
        return _post(port, (username, password), homes[number % ADDRESSES])[0]

    return Counter(_at_once(guess, range(many)))


def enter(port: int, login: Login, home: str) -> float:
    """The seconds until the candidate's own page is there. Raises Refused."""
    start = time.perf_counter()
    status, where, cookies = _post(port, login, home)
    if status != 303:
        raise Refused(f"the sign-in answered {status}")
    status, _, _, page = _ask(port, "GET", where, home, cookies=cookies)
    if status != 200 or b"</table>" not in page:
        raise Refused(f"the page after the sign-in answered {status}")
    return time.perf_counter() - start


def school(port: int, logins: list[Login], errors: float, seed: int) -> tuple[int, list[str]]:
    """All these candidates behind one address, each typing until it is right: how many tries were
    mistyped, and who did not get in, and why."""
    dice, mistyped, shut_out = random.Random(seed), [], []

    def come(login: Login) -> None:
        username, password = login
        while dice.random() < errors:
            place = dice.choice([at for at, symbol in enumerate(password) if symbol != "-"])
            other = dice.choice(secret.ALPHABET.replace(password[place], ""))
            _post(port, (username, password[:place] + other + password[place + 1 :]), HOME)
            mistyped.append(username)
        try:
            enter(port, login, HOME)
        except Refused as refused:
            shut_out.append(str(refused))

    _at_once(come, logins)
    return len(mistyped), shut_out


HOME = "198.51.100.7"  # of the school


def _at_once(act: Callable, of: Iterable) -> list:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(act, of))


def _post(port: int, login: Login, home: str) -> tuple[int, str, str]:
    body = urlencode({"username": login[0], "password": login[1]})
    return _ask(port, "POST", "/results/", home, body=body)[:3]


def _ask(
    port: int, method: str, path: str, home: str, *, body: str = "", cookies: str = ""
) -> tuple[int, str, str, bytes]:
    """The status, where it leads, the cookies that it sets, and the page; asked through a proxy
    that says for whom."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": "same-origin",
        "X-Forwarded-For": home,
        "Cookie": cookies,
    }
    try:
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        page = answer.read()
    finally:
        connection.close()
    given = "; ".join(
        re.findall(r"^[^;]+", "\n".join(answer.headers.get_all("Set-Cookie", [])), re.M)
    )
    return answer.status, answer.headers.get("Location", ""), given, page
