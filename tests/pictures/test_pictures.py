"""No picture of guidance is stale: the pages still say what they said when it was taken."""

import json
import os
import re

import pytest
from PIL import Image

from guidance.pictures import FOLDER, INDEX
from guidance.topics import TOPICS, text_of
from tests.pictures.shots import SHOTS, Shot
from tests.pictures.walk import Seen, walk

TAKING = os.environ.get("TAKE_PICTURES", "").split()  # the names of those that are
COLOURS = 256
LARGEST = 60_000  # bytes: guidance is also read where the network is slow
STALE = (
    "Pictures of guidance no longer show what these pages say: {}. Look at the pages and at what guidance "
    "says of them, then take the pictures anew with `bin/portal pictures`."
)


@pytest.mark.browser
def test_every_picture_shows_what_its_page_says_today(page, live_server, login):
    seen = {}
    stored = json.loads(INDEX.read_text()) if INDEX.exists() else {}
    for one in walk(page, live_server.url, login, wanted()):
        if TAKING:
            stored[one.shot.slug] = taken(one)
        seen[one.shot.slug] = {"alt": one.shot.alt, "text": one.text}
    if TAKING:
        write({shot.slug: stored[shot.slug] for shot in SHOTS})

    stale = [slug for slug, now in seen.items() if not now.items() <= stored.get(slug, {}).items()]
    assert not stale, STALE.format(", ".join(stale))


def wanted() -> tuple[Shot, ...]:
    by_slug = {shot.slug: shot for shot in SHOTS}
    return tuple(by_slug[slug] for slug in TAKING) or SHOTS


def taken(seen: Seen) -> dict:
    """Write the picture; what the index says of it."""
    image = seen.take().convert("RGB")
    path = FOLDER / f"{seen.shot.slug}.png"
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    width, height = image.size
    return {"alt": seen.shot.alt, "width": width, "height": height, "text": seen.text}


def write(index: dict) -> None:
    INDEX.write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n")
    for path in FOLDER.glob("*.png"):
        if path.stem not in index:
            path.unlink()


def test_every_picture_is_there_small_enough_and_used():
    used = {
        slug
        for topic in TOPICS
        for slug in re.findall(r"picture:([a-z-]+)\.png", text_of(topic, printed=True))
    }

    assert used == {shot.slug for shot in SHOTS}
    assert used == {path.stem for path in FOLDER.glob("*.png")}
    for path in FOLDER.glob("*.png"):
        assert path.stat().st_size <= LARGEST, path.name
