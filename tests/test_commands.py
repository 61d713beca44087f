"""README's tables and `bin/portal help` name every command, benchmark and drill that there is."""

import re

import pytest

from tests.bench.__main__ import NAMES
from tests.drills.__main__ import TIMES
from tests.tracked import text_of

SCRIPT, README = text_of("bin/portal"), text_of("README.md")
USAGE = SCRIPT.partition("<<'USAGE'\n")[2].partition("\nUSAGE\n")[0]
COMMANDS = re.findall(r"^([a-z]+)\)", SCRIPT.partition("\ncase $command in\n")[2], re.M)


def test_there_are_commands():
    assert {"setup", "demo", "test", "bench", "verify"} <= set(COMMANDS)
    assert len(NAMES) > 5 and len(TIMES) > 5


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_told(command):
    assert re.search(rf"^bin/portal {command}\b", USAGE, re.M)
    assert re.search(rf"^\|.*`(bin/portal )?{command}\b", README, re.M)


@pytest.mark.parametrize(
    ("command", "option"),
    [("setup", "--for test"), ("bench loading", "--board"), ("bench results-day", "--pair")],
)
def test_each_option_that_is_a_way_of_its_own_is_told(command, option):
    assert re.search(rf"^\| `bin/portal {command}\b.*{option}\b", README, re.M)


@pytest.mark.parametrize("name", NAMES)
def test_each_benchmark_is_told(name):
    assert re.search(rf"\b{name}\b", USAGE) and f"`{name}`" in README


@pytest.mark.parametrize("name", TIMES)
def test_each_drill_is_told(name):
    assert re.search(rf"\b{name}\b \(", USAGE) and f"| `bin/portal drill {name}` |" in README
