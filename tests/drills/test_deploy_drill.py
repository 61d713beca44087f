"""`bin/portal drill deploy`, a part of it: the site runs on many machines as `deploy/` says; one of them goes."""

import json
import subprocess
import sys

import pytest

from tests.deploy import deployment, machines
from tests.tracked import ROOT

why_not = machines.why_not() or deployment.why_not()
pytestmark = pytest.mark.skipif(bool(why_not), reason=why_not)


def test_nothing_is_lost_on_many_machines():
    done = subprocess.run(
        [sys.executable, "-m", "tests.drills", "deploy", "--short", "--seed", "7"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["visits"] > 20
    assert (figures["visits_lost"], figures["violations"]) == (0, [])
    assert figures["logins_tried"] == 10
