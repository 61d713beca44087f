"""Rule 27: Direct says what it keeps of its staff, and how it can be used, before and after the sign-in."""

import pytest
from django.conf import settings
from django.test import Client

PAGES = ("/privacy/", "/accessibility/")


@pytest.mark.parametrize("path", PAGES)
def test_they_are_open_to_all_and_linked_in_the_foot(client, world, path):
    inside = Client()
    inside.force_login(world.officer)
    for one, front in ((client, "/log-in/"), (inside, "/")):
        assert one.get(path).status_code == 200
        foot = one.get(front).content.decode().partition("<footer")[2]
        assert f'href="{path}"' in foot


def test_the_notice_names_the_board_and_the_times_of_the_settings(client, db):
    said = client.get("/privacy/").content.decode()
    assert settings.SUPPORT_EMAIL in said
    for days in ("90 days", "2192 days", "730 days", "365 days", "8 hours"):
        assert days in said
