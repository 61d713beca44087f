"""The search term, as every page with a search reads it: no longer than anybody types, and without a
NUL, which PostgreSQL refuses."""

from collections.abc import Mapping

LONGEST = 200  # characters


def searched_for(asked: Mapping[str, str], name: str = "search") -> str:
    return asked.get(name, "").replace("\0", "").strip()[:LONGEST]
