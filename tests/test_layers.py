"""The rooms: portal → results → credentials → centres, and never back."""

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_arrows_between_the_rooms_point_down_only():
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS
