"""The waiting page: it comes back by itself, and what was typed is not lost."""

import pytest
from django.test import Client

LOGIN = {"username": "7K3M-PQ9T", "password": "ABCD-EFGH-JKMN-PQR5"}

pytestmark = pytest.mark.django_db  # a login looks whether its connection is of a restored database


def test_it_says_what_happens_and_comes_back_by_itself(client):
    answer = client.get("/results/waiting/")

    assert answer.status_code == 503
    assert 5 <= int(answer["Retry-After"]) <= 20
    assert answer["Refresh"] == answer["Retry-After"]
    assert answer["Cache-Control"] == "no-store"
    assert "This page looks again by itself" in answer.content.decode()
    assert len(answer.content) < 2_000


def test_not_all_are_told_to_come_back_together(client):
    told = {client.get("/results/waiting/")["Retry-After"] for _ in range(50)}

    assert len(told) > 5


def test_after_a_login_it_holds_what_was_typed_in_a_form_that_logs_in(client):
    answer = client.post("/results/waiting/", LOGIN, HTTP_SEC_FETCH_SITE="same-origin")

    page = answer.content.decode()
    assert answer.status_code == 503
    assert "Refresh" not in answer  # which would lose it
    assert 'action="/results/"' in page
    assert 'type="text" name="username" id="id_username" value="7K3M-PQ9T"' in page
    assert 'type="password" name="password" id="id_password" value="ABCD-EFGH-JKMN-PQR5"' in page


def test_what_was_typed_stays_text(client):
    page = client.post("/results/waiting/", {**LOGIN, "username": '"><b>'}).content.decode()

    assert 'value="&#34;&gt;&lt;b&gt;"' in page
    assert "<b>Candidate results</b>" in page and page.count("<b>") == 1


def test_what_another_site_sends_is_not_kept():
    for where in ({"HTTP_SEC_FETCH_SITE": "cross-site"}, {"HTTP_ORIGIN": "https://evil.example"}):
        answer = Client().post("/results/waiting/", LOGIN, **where)

        assert answer.status_code == 503
        assert "7K3M-PQ9T" not in answer.content.decode()
