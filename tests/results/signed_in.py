"""Candidates at their browsers."""

from django.test import Client

from centres.models import Candidate
from tests.builders import make_login


def log_in(client: Client, username: str, password: str):
    return client.post("/results/", {"username": username, "password": password})


def signed_in(candidate: Candidate) -> Client:
    """A browser in which this candidate has just logged in with a new letter."""
    username, password, _ = make_login(candidate)
    client = Client()
    assert log_in(client, username, password).status_code == 303
    return client
