"""What all tests share: static files as in production, fresh keys, the cast, a real browser."""

import os
import shutil

import pytest
from django.contrib.staticfiles import handlers
from django.core.management import call_command
from django.test import testcases

from tests.builders import World


@pytest.fixture(scope="session", autouse=True)
def static_files():
    """Pages name their style sheets by the content's hash, so the files are collected first.

    pytest-django's live server looks for the files where they were written, under their first
    names; Django's own test handler looks where they were collected.
    """
    call_command("collectstatic", interactive=False, verbosity=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handlers, "StaticFilesHandler", testcases._StaticFilesHandler)
        yield


@pytest.fixture
def world(db) -> World:
    return World()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    """Debian's own Chromium. Without its sandbox, which root cannot have."""
    return {
        "executable_path": os.environ.get("CHROMIUM") or shutil.which("chromium"),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }
