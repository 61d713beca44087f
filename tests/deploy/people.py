"""People before the site, as their browsers are: candidates who visit, and an exams officer. They know nothing of
it but its address, and come back as its pages tell them to."""

import base64
import http.client
import io
import re
import threading
import time
from html import unescape
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import pypdf

PATIENCE = 60  # seconds; who is not answered until then has lost the visit
PASSWORD = "of the drill, 27 letters"
FORM = "application/x-www-form-urlencoded"
AGAIN = 0.5  # seconds; a person waits longer, and so does the page
TUS = {"Tus-Resumable": "1.0.0"}


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Browser:
    """One person's: it keeps cookies, and one connection for each request, as behind a busy proxy."""

    def __init__(self, site: str) -> None:
        self.host, self.site = urlsplit(site).netloc, site
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """May raise OSError or HTTPException, where there is no answer."""
        line = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            sent["Sec-Fetch-Site"], sent["Referer"] = "same-origin", f"{self.site}/"
            sent["Origin"], sent["X-CSRFToken"] = self.site, self.cookies.get("csrftoken", "")
            if self.cookies:
                sent["Cookie"] = "; ".join(
                    f"{name}={value}" for name, value in self.cookies.items()
                )
            line.request(method, path, body or None, sent)
            answer = line.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            line.close()

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, **typed: str) -> Answer:
        return self.ask("POST", path, urlencode(typed).encode(), Content_Type=FORM)


class Lost(Exception):
    """What somebody came for they did not get."""


def patiently(act, *expected: int) -> Answer:
    """Again and again, as a person presses the button again, until it is answered so. Raises Lost."""
    end, last = time.monotonic() + PATIENCE, ""
    while time.monotonic() < end:
        try:
            answer = act()
        except (OSError, http.client.HTTPException) as error:
            last = f"no answer ({type(error).__name__})"
        else:
            if answer.status in expected:
                return answer
            last = f"{answer.status}: {' '.join(re.sub('<[^>]*>', ' ', answer.text).split())[:200]}"
            if answer.status not in (429, 502, 503, 504):
                break
        time.sleep(AGAIN)
    raise Lost(last)


def visit(site: str, username: str, password: str) -> int:
    """One candidate's whole visit: how many results there are. Raises Lost."""
    browser = Browser(site)
    patiently(lambda: browser.get("/results/"), 200)
    answer = patiently(lambda: browser.post("/results/", username=username, password=password), 303)
    page = patiently(lambda: browser.get(answer.headers["Location"]), 200)
    if "Provisional results" not in page.text:
        raise Lost("the results page shows no results")
    patiently(lambda: browser.post("/results/log-out/"), 303)
    return len(re.findall("<tr", page.text))


class Visitors:
    """They come one after another, a few at a time, for as long as the block lasts; `lost` says of whom why."""

    def __init__(self, site: str, logins: list[tuple[str, str]], *, at_once: int = 3) -> None:
        self.site, self.logins, self.at_once = site, logins, at_once
        self.seconds: list[float] = []
        self.lost: list[str] = []
        self.over = threading.Event()
        self.threads: list[threading.Thread] = []

    def __enter__(self) -> "Visitors":
        for number in range(self.at_once):
            self.threads.append(threading.Thread(target=self._come, args=(number,), daemon=True))
            self.threads[-1].start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _come(self, number: int) -> None:
        while not self.over.is_set():
            start = time.monotonic()
            username, password = self.logins[number % len(self.logins)]
            try:
                visit(self.site, username, password)
                self.seconds.append(time.monotonic() - start)
            except Lost as error:
                self.lost.append(f"A visit was lost: {error}")
            number += self.at_once
            time.sleep(0.1)


class Officer(Browser):
    """An exams officer, signed in."""

    def __init__(self, site: str, username: str) -> None:
        super().__init__(site)
        patiently(lambda: self.get("/log-in/"), 200)
        patiently(lambda: self.form("/log-in/", login=username, password=PASSWORD), 302)

    def form(self, path: str, **typed: str) -> Answer:
        """Posts what is typed with what the page hides in its form."""
        page = self.get(path)
        return self.post(path, csrfmiddlewaretoken=hidden(page, "csrfmiddlewaretoken"), **typed)

    def create_letters(self, at: str) -> str:
        """*Create credentials* for a centre, through the page that asks: the address of the letter file."""
        token = hidden(patiently(lambda: self.get(at), 200), "csrfmiddlewaretoken")
        create = f"{at}credentials/create/"
        page = patiently(lambda: self.post(create, csrfmiddlewaretoken=token), 200)
        counted = hidden(page, "counted")
        asked = {"csrfmiddlewaretoken": token, "counted": counted}
        return patiently(lambda: self.post(create, **asked), 302).headers["Location"]

    def letters(self, address: str) -> list[tuple[str, str]]:
        """Once they are made: the logins that are printed on them."""
        end = time.monotonic() + 3 * PATIENCE
        while True:
            answer = patiently(lambda: self.get(f"{address}download/"), 200, 302)
            if answer.headers.get_content_type() == "application/pdf":
                pages = pypdf.PdfReader(io.BytesIO(answer.body)).pages
                return [login_on(page.extract_text()) for page in pages]
            if time.monotonic() > end:
                raise Lost("letters were not made")
            time.sleep(AGAIN)

    def begin_upload(self, exchange: str, name: str, size: int) -> str:
        said = {"name": name, "kind": "entries", "series": "", "note": ""}
        metadata = ",".join(
            f"{key} {base64.b64encode(value.encode()).decode()}".strip()
            for key, value in said.items()
        )
        made = patiently(
            lambda: self.ask(
                "POST",
                f"{exchange}uploads/",
                **TUS,
                Upload_Length=str(size),
                Upload_Metadata=metadata,
                Content_Length="0",
            ),
            201,
        )
        return made.headers["Location"]

    def upload(self, address: str, data: bytes, *, until: int, part: int = 1 << 20) -> str:
        """From where it stands until there, a megabyte at a time: where the file is, when it is whole."""
        where = ""
        while (at := self._stands_at(address)) < until:
            answer = patiently(
                lambda at=at: self.ask(
                    "PATCH",
                    address,
                    data[at : min(at + part, until)],
                    **TUS,
                    Upload_Offset=str(at),
                    Content_Type="application/offset+octet-stream",
                ),
                *(204, 409, 423),
            )
            where = answer.headers.get("Content-Location", "") or where
        return where

    def _stands_at(self, address: str) -> int:
        return int(
            patiently(lambda: self.ask("HEAD", address, **TUS), 200).headers["Upload-Offset"]
        )


def hidden(page: Answer, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    if not found:
        raise Lost(f"the page has no {name}: {' '.join(page.text.split())[:300]}")
    return unescape(found[1])


def login_on(page: str) -> tuple[str, str]:
    """The username and password printed on a letter."""
    groups = r"((?:[0-9A-Z]{4}-){%d}[0-9A-Z]{4})\s"
    return re.search(groups % 1, page)[1], re.search(groups % 3, page)[1]
