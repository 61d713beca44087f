"""What is planted for the drill of secrets, and how it is looked for: a whole word of ours in any way of writing it."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
BEGINS = 6  # symbols by which a place is looked through once for all of them


def words(dice: random.Random, *, many: int, length: int) -> list[str]:
    """Made-up words that nobody else writes."""
    return ["".join(dice.choices(LETTERS, k=length)) for _ in range(many)]


class Planted:
    """Secrets by kind: as somebody writes them, and without dashes, in capitals or not."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}  # a secret, as it is compared -> what it is
        self._begins: dict[str, list[str]] = defaultdict(list)

    def add(self, kind: str, *secrets: str) -> None:
        for secret in map(plain, secrets):
            if secret not in self.kinds:
                self._begins[secret[:BEGINS]].append(secret)
            self.kinds[secret] = kind

    def found_in(self, text: str) -> set[str]:
        """Those that stand in it, also where a browser or a form has encoded them."""
        return {one for form in {plain(text), plain(unquote(text))} for one in self._in(form)}

    def _in(self, text: str) -> Iterator[str]:
        for at in range(len(text) - BEGINS + 1):
            for secret in self._begins.get(text[at : at + BEGINS], ()):
                if text.startswith(secret, at):
                    yield secret

    def told(self, places: Mapping[str, str]) -> list[str]:
        """What was found where, in sentences that repeat none of it."""
        sentences = []
        for place, text in places.items():
            by_kind: dict[str, int] = defaultdict(int)
            for one in self.found_in(text):
                by_kind[self.kinds[one]] += 1
            sentences += [f"{many} × {kind} in {place}." for kind, many in sorted(by_kind.items())]
        return sentences

    def __len__(self) -> int:
        return len(self.kinds)


def plain(text: str) -> str:
    return text.casefold().replace("-", "")


def texts_below(folder: Path) -> str:
    """Names and contents of all files in it."""
    said = []
    for path in sorted(folder.rglob("*")):
        said.append(str(path.relative_to(folder)))
        if path.is_file():
            said.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(said)
