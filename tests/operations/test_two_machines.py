"""Two machines of one site, each a process with an environment of its own: one that differs is not ready, and says why.

What of it is the schema's stands in test_health.py, what is the clock's in tests/core/test_gate_clock.py.
"""

import json
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from tests.portal.test_start import made, run, site, written

__all__ = ["made", "site"]

ASK = ["manage.py", "shell", "-v", "0", "-c"]
REASONS = "from operations import readiness; print(*readiness.reasons(), sep='\\n')"


@pytest.fixture
def machine(site, tmp_path):
    """machine(name, changed): its reasons not to be ready, with this environment beside the common one."""

    def asked(name: str, **changed: str) -> str:
        folder = tmp_path / name / settings.VERSION
        if not folder.exists():
            shutil.copytree(settings.STATIC_ROOT, folder)
        environment = {"STATIC_DIR": str(folder.parent), **changed}
        done = run([*ASK, REASONS], site, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return asked


def test_one_with_another_key_is_not_ready(machine):
    assert machine("first") == ""
    assert machine("second", PEPPER_KEYS=written("1", b"x")).startswith(
        "Key 1 of PEPPER_KEYS is another than this site's."
    )
    assert machine("first") == ""


def test_one_that_names_its_static_files_otherwise_is_not_ready(machine, tmp_path):
    assert machine("first") == machine("second") == ""

    manifest = Path(tmp_path, "second", settings.VERSION, "staticfiles.json")
    named = json.loads(manifest.read_text())
    named["paths"]["portal/portal.css"] = "portal/portal.0123456789ab.css"
    manifest.write_text(json.dumps(named))
    assert machine("second").startswith("The static files here are others than those with which ")
    assert machine("first") == ""

    (manifest.parent / "portal/portal.css").write_text("of another release")
    assert machine("second").startswith(
        "The static files of this code are not collected: portal/portal.css is missing or older."
    )
