"""Imports run down: from the packages of pages to those that they share, and never back."""

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.layout import layers, packages


def test_imports_run_down_only():
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS


def test_every_package_has_its_place_in_the_order():
    assert sorted(layers()) == sorted(packages())
