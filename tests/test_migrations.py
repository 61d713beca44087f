"""Migrations only grow: one that is there is never edited, as databases have gone through it."""

from tests.layout import packages
from tests.migrations import SUMS, added, faults, there, written

OLD = {"results/migrations/0001_initial.py": "a" * 64}
TEXT = f"{'a' * 64}  results/migrations/0001_initial.py\n"


def test_no_migration_is_edited_or_removed():
    wrong = faults(written(SUMS.read_text(encoding="ascii")), there())

    assert not wrong, "\n".join(wrong)


def test_every_migration_has_its_sum():
    new = there().keys() - written(SUMS.read_text(encoding="ascii")).keys()

    assert not new, f"`python -m tests.migrations` adds the sums of {', '.join(sorted(new))}"


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
