"""Sixty megabytes come in, are checked and go out, and memory stays flat."""

import io
import random
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from exchange.models import Version
from tests.exchange.files import look_at
from tests.exchange.test_page_tus import TUS, create

MEGABYTE = 1024 * 1024
SIZE = 60 * MEGABYTE
FLAT = 12 * MEGABYTE
BLOCK = b"%PDF-1.7\n" + random.Random(60).randbytes(MEGABYTE - 9)
FORM = (
    b'--made-up\r\nContent-Disposition: form-data; name="kind"\r\n\r\nother\r\n'
    b'--made-up\r\nContent-Disposition: form-data; name="file"; filename="large.pdf"\r\n\r\n'
)


class Coming(io.RawIOBase):
    """The body of a request: a head, SIZE bytes that are nowhere as a whole, and a tail."""

    def __init__(self, head: bytes = b"", tail: bytes = b"") -> None:
        self.head, self.left, self.tail = head, SIZE, tail
        self.size = len(head) + SIZE + len(tail)

    def as_request(self, content_type: str) -> dict[str, Any]:
        return {
            "wsgi.input": self,
            "CONTENT_LENGTH": str(self.size),
            "CONTENT_TYPE": content_type,
        }

    def read(self, size: int = -1) -> bytes:
        if self.head:
            piece, self.head = self.head[:size], self.head[size:]
        elif self.left:
            piece = BLOCK[: min(size, self.left, MEGABYTE)]
            self.left -= len(piece)
        else:
            piece, self.tail = self.tail[:size], self.tail[size:]
        return piece


@pytest.fixture
def peak() -> Iterator[Callable[[], int]]:
    """peak(): the most that was in hand at a time since it was last asked, in bytes."""
    tracemalloc.start()

    def most() -> int:
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        return found

    yield most
    tracemalloc.stop()


def by_tus(client) -> None:
    address = create(client, SIZE)["Location"]
    body = Coming()
    answer = client.generic(
        "PATCH",
        address,
        headers={**TUS, "Upload-Offset": "0"},
        **body.as_request("application/offset+octet-stream"),
    )
    assert answer.status_code == 204


def by_form(client) -> None:
    body = Coming(FORM, b"\r\n--made-up--\r\n")
    answer = client.generic(
        "POST",
        "/file-exchange/ASC01/MAIN1/upload/",
        **body.as_request("multipart/form-data; boundary=made-up"),
    )
    assert answer.status_code == 302


@pytest.mark.parametrize("send", [by_tus, by_form])
def test_a_large_file_comes_in_is_looked_at_and_goes_out_in_flat_memory(client, world, send, peak):
    client.force_login(world.associate_officer)
    client.get("/file-exchange/ASC01/MAIN1/upload/")  # what is loaded once is loaded
    before = peak()
    send(client)
    assert peak() - before < FLAT

    version = Version.objects.get()
    look_at(version)
    assert peak() - before < FLAT

    answer = client.get(f"/file-exchange/ASC01/MAIN1/files/{version.file_id}/1/download/")
    assert sum(map(len, answer.streaming_content)) == SIZE == version.stored.size
    assert peak() - before < FLAT
