"""A naive site, for the drill that must see it: ours, behind a lock that shuts after a few wrong tries,
a username whoever it was, and an address whoever else is behind it.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

from portal.wsgi import application as ours

TRIES = 3


def application(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    from django.core.cache import cache  # in the database: one count for every worker

    if environ["REQUEST_METHOD"] != "POST":
        return ours(environ, start_response)
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    username = parse_qs(body.decode()).get("username", [""])[0]
    keys = [f"tries-{username}", f"tries-{environ['HTTP_X_FORWARDED_FOR']}"]
    if any(cache.get(key, 0) >= TRIES for key in keys):
        start_response("429 Too Many Requests", [("Content-Length", "0")])
        return [b""]

    def answer(status: str, *others: Any) -> Any:
        if not status.startswith("303"):
            for key in keys:
                cache.set(key, cache.get(key, 0) + 1, timeout=None)
        return start_response(status, *others)

    return ours(environ, answer)
