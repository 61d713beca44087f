"""Candidates at their browsers."""

from django.db import connection
from django.test import Client

from centres.models import Candidate
from tests.builders import make_login

ONE_PAGE = 1 if connection.vendor == "postgresql" else 2  # queries of a candidate's own page


def log_in(client: Client, username: str, password: str):
    """Post the form; the browser then knows the address of its own page."""
    response = client.post("/results/", {"username": username, "password": password})
    if response.status_code == 303:
        client.own_page = response.url
    return response


def signed_in(candidate: Candidate) -> Client:
    """A browser in which this candidate has just logged in with a new letter."""
    username, password, _ = make_login(candidate)
    client = Client()
    assert log_in(client, username, password).status_code == 303
    return client


def ask(client: Client, query: str = ""):
    """Ask for the own page; for one that is nobody's where nobody has logged in."""
    return client.get(getattr(client, "own_page", "/results/mine/nobodys/") + query)
