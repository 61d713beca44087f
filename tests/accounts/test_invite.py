"""Links on which a member of staff sets a password: once, for a time, and audited."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from centres.models import AuditEvent
from tests.accounts.signing_in import log_in

NEW = {"new_password1": "a river in spring", "new_password2": "a river in spring"}


def invite(username: str) -> str:
    out = StringIO()
    call_command("invite", username, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_an_invited_officer_sets_a_password_once(client, world):
    User.objects.filter(pk=world.officer.pk).update(password="!")
    path = invite("officer.main").removeprefix("http://127.0.0.1:8000")

    form = client.get(path, follow=True)
    assert path.split("/")[3] not in form.request["PATH_INFO"]
    client.post(form.request["PATH_INFO"], NEW)

    assert log_in(client, "officer.main", "a river in spring").url == "/"
    again = Client().get(path, follow=True)
    assert "This link no longer works." in again.content.decode()
    assert [event.action for event in AuditEvent.objects.order_by("pk")] == [
        "invited",
        "password_set",
    ]


def test_a_common_password_is_refused(client, world):
    path = invite("officer.main").removeprefix("http://127.0.0.1:8000")
    form = client.get(path, follow=True)

    answer = client.post(
        form.request["PATH_INFO"],
        {"new_password1": "password123456", "new_password2": "password123456"},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("username", ["nobody", ""])
def test_inviting_somebody_unknown_says_so(username, db, capsys):
    with pytest.raises((SystemExit, CommandError)):
        call_command("invite", username)
    assert "There is no active member of staff" in capsys.readouterr().err


def test_a_link_does_not_work_after_three_days(client, world):
    path = invite("officer.main").removeprefix("http://127.0.0.1:8000")

    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1), tick=False):
        html = client.get(path, follow=True).content.decode()
    assert "This link no longer works." in html


def test_who_has_forgotten_the_password_gets_another_link_and_is_out_elsewhere(client, world):
    log_in(client, "officer.main")
    browser = Client()
    form = browser.get(invite("officer.main").removeprefix("http://127.0.0.1:8000"), follow=True)
    answer = browser.post(form.request["PATH_INFO"], NEW, follow=True)

    assert answer.request["PATH_INFO"] == "/log-in/"
    assert "Your password is set." in answer.content.decode()
    assert client.get("/").status_code == 302
    assert log_in(browser, "officer.main").status_code == 200
    assert log_in(browser, "officer.main", "a river in spring").status_code == 302


def test_a_link_does_not_get_round_the_second_factor(client, world):
    TOTP.activate(world.officer, generate_totp_secret())
    form = client.get(invite("officer.main").removeprefix("http://127.0.0.1:8000"), follow=True)
    client.post(form.request["PATH_INFO"], NEW)

    assert log_in(client, "officer.main", "a river in spring").url.startswith("/log-in/code/")


def test_who_has_left_gets_no_link(world, capsys):
    User.objects.filter(pk=world.officer.pk).update(is_active=False)

    with pytest.raises(SystemExit) as stop:
        call_command("invite", "officer.main")
    assert stop.value.code == 1
    assert not AuditEvent.objects.exists()


def test_the_token_stands_in_no_address_that_another_site_could_learn(client, world):
    path = invite("officer.main").removeprefix("http://127.0.0.1:8000")
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer.url.endswith("/set-password/")
    assert client.get(answer.url)["Referrer-Policy"] == "same-origin"
