"""The sums of all migrations, so that none is edited: `python -m tests.migrations` adds those that are new.

It never writes a line anew, and a line that git knows from an earlier commit must still be there: an edited
migration with a new sum is found where there is history. The lines are those of `sha256sum`, which can check
them, too.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from tests.tracked import ROOT, tracked

SUMS = ROOT / "tests/data/migrations.sums"


def there() -> dict[str, str]:
    """Path -> sum of each migration."""
    paths = [path for path in tracked() if re.fullmatch(r"\w+/migrations/\d\w+\.py", path)]
    return {path: sha256((ROOT / path).read_bytes()).hexdigest() for path in paths}


def written(text: str) -> dict[str, str]:
    """Path -> sum, as the file tells them."""
    return {path: total for total, path in (line.split("  ") for line in text.splitlines())}


def gone(sums: Path, root: Path = ROOT) -> Iterator[str]:
    """Lines that an earlier commit had, as far back as this clone goes, and that are there no more."""

    def git(*asked: str) -> str:
        return subprocess.run(
            ["git", *asked], cwd=root, capture_output=True, text=True, check=True
        ).stdout

    path, now = sums.relative_to(root), set(sums.read_text(encoding="ascii").splitlines())
    for commit in git(
        "log", "--full-history", "--diff-filter=AM", "--format=%h", "--", f"{path}"
    ).split():
        before = set(git("show", f"{commit}:{path}").splitlines())
        yield from (f"{line} ({commit})" for line in sorted(before - now))


def faults(sums: dict[str, str], found: dict[str, str]) -> list[str]:
    """What was done to a migration that has its sum."""
    return [
        f"{path} was {'edited' if path in found else 'removed'}: databases have gone through it as it was. "
        "Give it back its text, and write what is to change as a new migration"
        for path in sums
        if found.get(path) != sums[path]
    ]


def added(text: str, found: dict[str, str]) -> str:
    """The file with those that are new at its end."""
    new = [f"{found[path]}  {path}\n" for path in sorted(found.keys() - written(text).keys())]
    return text + "".join(new)


def main() -> None:
    text, found = SUMS.read_text(encoding="ascii"), there()
    if wrong := faults(written(text), found):
        sys.exit("\n".join(wrong))
    SUMS.write_text(added(text, found), encoding="ascii")


if __name__ == "__main__":
    main()
