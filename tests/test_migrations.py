"""Migrations only grow: one that is there is never edited, as databases have gone through it."""

import subprocess

from tests.layout import packages
from tests.migrations import SUMS, added, faults, gone, there, written

OLD = {"results/migrations/0001_initial.py": "a" * 64}
TEXT = f"{'a' * 64}  results/migrations/0001_initial.py\n"


def test_no_migration_is_edited_or_removed():
    wrong = faults(written(SUMS.read_text(encoding="ascii")), there())

    assert not wrong, "\n".join(wrong)


def test_every_migration_has_its_sum():
    new = there().keys() - written(SUMS.read_text(encoding="ascii")).keys()

    assert not new, f"`python -m tests.migrations` adds the sums of {', '.join(sorted(new))}"


def test_no_sum_that_git_knows_has_gone():
    wrong = [*gone(SUMS)]

    assert not wrong, "these migrations, or their sums, were edited:\n" + "\n".join(wrong)


def test_it_looks_at_every_package_with_rows():
    assert len({path.split("/")[0] for path in there()}) >= 7
    assert {path.split("/")[0] for path in there()} <= set(packages())


def test_one_that_is_new_is_added_at_the_end():
    found = OLD | {"board/migrations/0001_initial.py": "b" * 64}

    assert added(TEXT, found) == TEXT + f"{'b' * 64}  board/migrations/0001_initial.py\n"
    assert faults(written(TEXT), found) == []


def test_one_that_is_edited_or_removed_is_told_and_its_sum_stays():
    edited = dict.fromkeys(OLD, "c" * 64)

    assert faults(OLD, edited)[0].startswith("results/migrations/0001_initial.py was edited")
    assert faults(OLD, {})[0].startswith("results/migrations/0001_initial.py was removed")
    assert added(TEXT, edited) == TEXT


def test_a_sum_that_was_edited_is_found_where_there_is_history(tmp_path):
    def git(*asked, folder="whole"):
        who = ("-c", "user.name=A", "-c", "user.email=a@example.com")
        subprocess.run(
            ["git", *who, *asked], cwd=tmp_path / folder, check=True, capture_output=True
        )

    def commit(text):
        (tmp_path / "whole/sums").write_text(text)
        git("add", "sums")
        git("commit", "-m", "results: change a row")

    (tmp_path / "whole").mkdir()
    git("init")
    commit("")
    commit(TEXT)
    assert [*gone(tmp_path / "whole/sums", tmp_path / "whole")] == []

    commit(TEXT.replace("a", "c", 1))
    [found] = gone(tmp_path / "whole/sums", tmp_path / "whole")
    assert found.startswith(TEXT.rstrip("\n"))

    git("clone", "--depth=1", f"file://{tmp_path}/whole", "shallow", folder="")
    shallow = tmp_path / "shallow"
    assert [*gone(shallow / "sums", shallow)] == []  # which knows no other
    (shallow / "sums").write_text(TEXT)
    assert len([*gone(shallow / "sums", shallow)]) == 1
