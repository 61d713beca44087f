"""`bin/portal pictures [NAME…]`: take them all anew, or these, and write what each shows beside them.

The walk is that of the test which looks whether they still show today's pages; only here it writes. The
browser finds the fonts of letters, so that names in every script are drawn whatever a machine has.
"""

import os
import sys
import tempfile
from pathlib import Path

import pytest

from core.pdf.fonts import FONTS
from tests.pictures.shots import SHOTS

os.environ["TAKE_PICTURES"] = " ".join(sys.argv[1:] or (shot.slug for shot in SHOTS))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop beside the ORM
with tempfile.TemporaryDirectory() as folder:
    (Path(folder) / "fonts").symlink_to(FONTS)
    os.environ["XDG_DATA_HOME"] = folder
    taken = pytest.main(["-q", "-n0", "-p", "no:cacheprovider", "tests/pictures"])
sys.exit(taken)
