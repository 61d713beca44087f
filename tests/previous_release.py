"""The release before this one, as its commit has it: in a folder of its own.

A clone may have no tags, so `pyproject.toml` names the commit ([tool.releases]).
"""

import subprocess
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
COMMIT = settings.PREVIOUS_RELEASE["commit"]


def git(*asked: str, check: bool = True) -> subprocess.CompletedProcess:
    return subprocess.run(["git", *asked], cwd=ROOT, capture_output=True, check=check)


def is_there() -> bool:
    """Whether this clone goes back so far."""
    return git("cat-file", "-e", f"{COMMIT}^{{commit}}", check=False).returncode == 0


def check_out(folder: Path) -> Path:
    """Its files, in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "-x", "-C", folder], input=git("archive", COMMIT).stdout, check=True)
    return folder


def migrations() -> set[str]:
    """The paths of its migrations."""
    listed = git("ls-tree", "-r", "--name-only", COMMIT).stdout.decode().splitlines()
    return {path for path in listed if "/migrations/0" in path}
