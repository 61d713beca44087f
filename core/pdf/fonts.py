"""The fonts of this library and no others, so that a page looks alike on every machine."""

import os
from pathlib import Path
from xml.sax.saxutils import escape  # nosec B406 # writes XML, reads none

from django.conf import settings

FONTS = Path(__file__).parent / "fonts"

CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def configuration() -> Path:
    """Write fontconfig's configuration into DATA_DIR, where its cache can be; return its path.

    Processes that start at once write the same, and each puts it in place whole.
    """
    folder = settings.DATA_DIR / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "fonts.conf"
    draft = folder / f"fonts.conf.{os.getpid()}"
    draft.write_text(
        CONFIGURATION.format(fonts=escape(str(FONTS)), cache=escape(str(folder / "cache")))
    )
    draft.replace(path)
    return path
