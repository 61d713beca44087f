"""The browser of somebody of the board who gives results to be sealed, and passphrases."""

import re
import urllib.request
import uuid

from tests.drills.database import Officer

PATIENCE = 1_800  # seconds
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class BoardBrowser(Officer):
    """Signed in a moment ago, in a session of its own."""

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """The form of this page, filled in; the page that follows."""
        return self.ask(path, csrfmiddlewaretoken=self._token(path), **fields)

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> tuple[int, str]:
        """The form of this page, with a file."""
        edge = uuid.uuid4().hex
        parts = []
        for field, value in {"csrfmiddlewaretoken": self._token(path), **fields}.items():
            parts.append(
                f'--{edge}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
            )
        parts.append(
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        )
        body = b"".join(["".join(parts).encode(), content, f"\r\n--{edge}--\r\n".encode()])
        cookies = "; ".join(f"{one}={value}" for one, value in self.cookies.items())
        headers = {"Cookie": cookies, "Content-Type": f"multipart/form-data; boundary={edge}"}
        request = urllib.request.Request(self.site + path, body, headers)
        with self.opener.open(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()

    def _token(self, path: str) -> str:
        _, page = self.ask(path)
        token = TOKEN.search(page)
        if token is None:
            raise RuntimeError(f"{path} has no form")
        return token[1]
