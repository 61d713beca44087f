"""The clock by which tests of results stand still."""

import pytest
import time_machine

from tests.builders import AFTER


@pytest.fixture
def after_the_release():
    with time_machine.travel(AFTER, tick=False):
        yield
