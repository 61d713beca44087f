"""`bin/portal pictures`: take them all anew, and write what each shows beside them.

The walk is that of the test which looks whether they still show today's pages; only here it writes.
"""

import os
import sys

import pytest

os.environ["TAKE_PICTURES"] = "yes"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop beside the ORM
sys.exit(pytest.main(["-q", "-n0", "-p", "no:cacheprovider", "tests/pictures"]))
