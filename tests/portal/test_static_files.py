"""Static files of other releases are there beside one's own, so that no page stands without its style while a
deploy rolls."""

from contextlib import closing

import pytest
from django.test import RequestFactory

from portal.middleware import StaticFilesMiddleware

REQUESTS = RequestFactory()


@pytest.mark.django_db  # an answer that is closed looks after the connections
def test_files_of_each_release_are_served_and_a_bare_name_is_ones_own(tmp_path, settings):
    for version in ("1.0", "1.1", "1.2"):
        folder = tmp_path / version / "portal"
        folder.mkdir(parents=True)
        (folder / f"page.{version.replace('.', '0')}abcdef000.css").write_text(version)
        (folder / "page.css").write_text(version)
    settings.STATIC_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "1.1"

    site = StaticFilesMiddleware(lambda request: None)

    def body(name: str) -> str:
        with closing(site(REQUESTS.get(f"/static/portal/{name}"))) as answer:
            return b"".join(answer).decode()

    assert [body(f"page.10{n}abcdef000.css") for n in "012"] == ["1.0", "1.1", "1.2"]
    assert body("page.css") == "1.1"
    assert site(REQUESTS.get("/static/portal/page.999abcdef000.css")) is None
