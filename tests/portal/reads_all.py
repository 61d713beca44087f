"""An application that reads all that is sent to it, and says how much that was."""

from collections.abc import Callable
from typing import Any


def application(environ: dict[str, Any], start_response: Callable) -> list[bytes]:
    said = str(len(environ["wsgi.input"].read())).encode()
    start_response("200 OK", [("Content-Length", str(len(said)))])
    return [said]
