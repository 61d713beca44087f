"""Somebody of the board in a browser, before a real site: gives files of results."""

import re
import secrets
import urllib.error
import urllib.request

from tests.drills.database import Officer

LONGEST = 900  # seconds until a file is sealed


class Board(Officer):
    def give(self, path: str, content: bytes, **fields: str) -> tuple[int, str]:
        """The status and the page with which the file is answered."""
        _, page = self.ask(path)
        [token] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[:1]
        between = secrets.token_hex(16)
        parts = [
            f'--{between}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in {"csrfmiddlewaretoken": token, **fields}.items()
        ]
        parts.append(
            f'--{between}\r\nContent-Disposition: form-data; name="file"; filename="results"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = "".join(parts).encode() + content + f"\r\n--{between}--\r\n".encode()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        heads = {"Cookie": cookies, "Content-Type": f"multipart/form-data; boundary={between}"}
        request = urllib.request.Request(self.site + path, body, heads)
        try:
            answer = self.opener.open(request, timeout=LONGEST)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.read().decode()
