"""Post the staff sign-in as a browser does."""

from typing import Any

from django.test import Client

from tests.builders import PASSWORD


def log_in(client: Client, username: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post("/log-in/", {"login": username, "password": password}, **extra)
