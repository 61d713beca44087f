"""What is posted while the database is busy is sent again by itself, and for a few minutes only."""

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser


def test_after_five_minutes_nothing_is_sent_by_itself(page: Page, live_server, db):
    address = f"{live_server.url}/busy/"
    html = render_to_string(
        "503.html",
        {"title": "Busy", "fields": [("note", "a")], "path": "/busy/", "by_itself": True}
        | {"come_back": 10, "done_nothing": True, "text": "Busy."},
    )
    posts: list[str] = []

    def answer(route: Route) -> None:
        posts.append(route.request.method)
        route.fulfill(status=503, content_type="text/html", body=html)

    page.clock.install()
    page.route(address, answer)
    page.goto(address)
    told = page.get_by_text("This page tries again in a few seconds")
    for _ in range(40):
        if not told.is_visible():
            break
        sent = len(posts)
        with page.expect_navigation(wait_until="load"):
            page.clock.run_for(15_000)
        assert len(posts) == sent + 1
    expect(told).not_to_be_visible()
    sent = len(posts)
    page.clock.run_for(60_000)

    assert len(posts) == sent and sent > 15
    page.get_by_role("button", name="Try again").click()
    page.wait_for_load_state()
    assert len(posts) == sent + 1
