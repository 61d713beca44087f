"""The pictures of guidance, made from the running site by `bin/portal pictures`.

Beside them lies an index: what each picture shows, its size, and the words that stood on the page when
it was taken. The site needs the first two; a test compares the words with today's page.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "static" / "guidance"
INDEX = FOLDER / "pictures.json"


@dataclass(frozen=True)
class Picture:
    slug: str
    alt: str
    width: int
    height: int

    @property
    def name(self) -> str:
        return f"{self.slug}.png"


@cache
def pictures() -> dict[str, Picture]:
    index = json.loads(INDEX.read_text())
    return {
        slug: Picture(slug, one["alt"], one["width"], one["height"]) for slug, one in index.items()
    }
