"""Candidates on results day: complete visits, as fast as the site answers them.

A visit is the sign-in page, the sign-in, the results page and the sign-out, each over a connection
of its own, as behind a busy proxy. Style sheets are left out: a browser keeps them, a proxy has
them. No Django here: the visitors have a process of their own, and as little work as can be.
"""

import re
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter
from urllib.parse import urlencode

AT_ONCE = 6
PATIENCE = 60  # seconds
SIGN_IN, RESULTS, SIGN_OUT = "/results/", "/results/mine/", "/results/log-out/"

Login = tuple[str, str]


def visit_all(port: int, logins: Sequence[Login]) -> tuple[float, list[float]]:
    """All these visits, a few at a time: the seconds that they took together, and each alone."""
    start = perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as visitors:
        each = list(visitors.map(partial(visit, port), logins))
    return perf_counter() - start, each


def visit(port: int, login: Login) -> float:
    """One complete visit; its seconds. Raises RuntimeError when the site answers anything else."""
    start = perf_counter()
    username, password = login
    _ask(port, "GET", SIGN_IN, expect=200)
    form = urlencode({"username": username, "password": password})
    answer = _ask(port, "POST", SIGN_IN, body=form, expect=303)
    cookies = "; ".join(re.findall(r"(?im)^set-cookie: ([^;\r]+)", answer))
    page = _ask(port, "GET", RESULTS, cookies=cookies, expect=200)
    if "Provisional results" not in page:
        raise RuntimeError("the results page shows no results")
    _ask(port, "POST", SIGN_OUT, cookies=cookies, expect=303)
    return perf_counter() - start


def _ask(
    port: int, method: str, path: str, *, expect: int, body: str = "", cookies: str = ""
) -> str:
    head = [
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Connection: close",
        "Sec-Fetch-Site: same-origin",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        f"Cookie: {cookies}",
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall("\r\n".join([*head, "", body]).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    if not answer.startswith(f"HTTP/1.1 {expect} "):
        raise RuntimeError(f"{method} {path} answered {answer[:40]!r}, not {expect}")
    return answer
