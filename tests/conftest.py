"""What all tests share: static files as in production, fresh keys, the cast, the network off."""

import os
import tempfile

# Before the settings are read: what tests write goes into a folder of their own.
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="portal-tests-"))
os.environ.setdefault("MFA_REQUIRED", "false")

import pytest
from django.core.management import call_command

from tests.builders import World


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Pages name their style sheets by the content's hash, so the files are collected first."""
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture
def world(db) -> World:
    return World()
