"""Pages that refuse: calm, whole, and made of nothing that may be broken at that moment."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.views.defaults import server_error


def test_an_error_of_ours_needs_neither_database_nor_request(rf, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = server_error(rf.get("/"))

    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()
    assert "{" not in answer.content.decode()


def test_what_that_page_is_drawn_with_is_there_under_its_plain_name(rf, client, db):
    """Names with the content's hash are looked up in a list, which may be what is broken."""
    sheets = re.findall(r'href="(/static[^"]+)"', server_error(rf.get("/")).content.decode())

    assert len(sheets) == 2
    for sheet in sheets:
        answer = client.get(sheet)
        answer.close()
        assert answer.status_code == 200


def test_an_error_of_ours_tells_no_detail(client, world, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("the pepper is 12345")

    client.force_login(world.officer)
    client.raise_request_exception = False
    with monkeypatch.context() as while_broken:
        while_broken.setattr(connection, "cursor", broken)
        answer = client.get("/health/")
    assert answer.status_code == 500
    assert "pepper" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_a_request_for_a_host_that_is_not_ours_is_refused_calmly(client, db):
    answer = client.get("/log-in/", HTTP_HOST="evil.example.org")

    assert answer.status_code == 400
    assert "This request could not be read" in answer.content.decode()
    assert "evil.example.org" not in answer.content.decode()


def test_a_page_that_was_open_too_long_says_what_to_do(db):
    answer = Client(enforce_csrf_checks=True).post("/log-in/", {"login": "a", "password": "b"})

    assert answer.status_code == 403
    assert "so nothing was saved" in answer.content.decode()


def test_who_may_not_manage_the_service_is_told_whom_to_e_mail(client, world):
    client.force_login(world.viewer)
    answer = client.get("/candidate-results/")

    assert answer.status_code == 403
    assert 'href="mailto:info@cambridgeinternational.org"' in answer.content.decode()


@pytest.mark.parametrize("path", ["/nothing/", "/to-do/nothing/", "/candidate-results/2026-06/NO/"])
def test_a_page_that_does_not_exist_says_so(path, client, world):
    client.force_login(world.officer)
    answer = client.get(path)

    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/file-exchange/%00/board/", 404),
        ("/people/%00/", 404),
        ("/people/MAIN1/staff/%00/", 404),
        ("/people/?search=%00", 200),
        ("/file-exchange/?find=%00", 200),
        ("/candidate-results/2026-06/MAIN1/credentials/create/?only=%00", 200),
    ],
)
def test_what_no_database_can_look_for_is_no_fault_of_ours(world, client, address, status):
    for user in (world.board, world.officer):
        client.force_login(user)
        answer = client.get(address)
    assert answer.status_code == status


def test_nor_is_it_in_what_is_posted(world, client):
    client.force_login(world.officer)
    create = "/candidate-results/2026-06/MAIN1/credentials/create/"
    assert client.post(create, {"candidate": "\0"}).status_code == 200
