"""`portal-manage`: the site's commands by systemd-run, with the rights of its units. What stands for systemd-run here
writes down how it was called."""

import subprocess
from pathlib import Path

import pytest

from tests.tracked import ROOT


def run(folder: Path, *words: str) -> tuple[subprocess.CompletedProcess, str]:
    """What it says, and how systemd-run was called; "" if it was not."""
    called = folder / "called"
    stand_in = folder / "systemd-run"
    stand_in.write_text(f'#!/bin/sh\necho "$@" > {called}\n')
    stand_in.chmod(0o755)
    done = subprocess.run(
        ["sh", str(ROOT / "deploy/portal-manage"), *words],
        env={"PATH": f"{folder}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, called.read_text() if called.exists() else ""


@pytest.mark.parametrize(
    "words", [("--to", "/tmp/a.zip"), ("--to=/tmp/a.zip",), ("--to", "/var/tmp/a.zip")]
)
def test_a_file_is_not_written_where_nobody_would_find_it(tmp_path, words):
    done, called = run(tmp_path, "person", "export", "--uci", "MAIN11260001A", *words)
    assert (done.returncode, called) == (64, "")
    assert "Name a place below /var/lib/portal" in done.stderr


def test_all_else_is_handed_on_as_it_is(tmp_path):
    done, called = run(tmp_path, "person", "export", "--to", "/var/lib/portal/tmp/a.zip")
    assert done.returncode == 0
    assert called.endswith("manage.py person export --to /var/lib/portal/tmp/a.zip\n")
