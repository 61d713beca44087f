"""The bill of materials names every package that runs, the audit says what it could not ask, and whoever tells bandit
to pass something by says why."""

import json
import re
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.tracked import tracked

ROOT = Path(__file__).parents[2]
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", re.MULTILINE)
REASON = re.compile(r"# nosec B\d+(, B\d+)* # \w.+")
BAD = "jinja2"


def portal(*words: str, **environment: str) -> subprocess.CompletedProcess:
    path = f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin"
    return subprocess.run(
        [ROOT / "bin/portal", *words],
        env={"PATH": path, "HOME": "/nonexistent", **environment},
        capture_output=True,
        text=True,
    )


def locked() -> dict[str, str]:
    found = LOCKED.findall((ROOT / "requirements/run.txt").read_text())
    return {name.lower().replace("_", "-"): version for name, version in found}


@pytest.fixture(autouse=True)
def set_up() -> None:
    """`bin/portal` sets nothing up: what is locked is what is installed."""
    sums = (ROOT / "requirements/dev.txt").read_bytes()
    done = subprocess.run(["cksum"], input=sums, capture_output=True)
    if (ROOT / ".venv/.stamp-dev").read_bytes().strip() != done.stdout.strip():
        pytest.skip("the environment is of other locks")


def test_the_bill_of_materials_names_every_package_that_is_locked(tmp_path):
    file = tmp_path / "sbom.json"
    done = portal("sbom", str(file))

    assert done.returncode == 0, done.stderr
    bill = json.loads(file.read_text())
    assert bill["bomFormat"] == "CycloneDX"
    named = {one["name"].lower().replace("_", "-"): one["version"] for one in bill["components"]}
    assert named == locked() and len(named) > 50
    assert all(one["externalReferences"][0]["hashes"] for one in bill["components"])


@contextmanager
def source(vulnerable: str):
    """A source of known vulnerabilities, as OSV's: one package has one."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said: dict = {}
            if asked["package"]["name"] == vulnerable:
                affected = [{"package": asked["package"], "ranges": []}]
                said = {"vulns": [{"id": "OSV-2026-1", "summary": "bad", "affected": affected}]}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize(("vulnerable", "status"), [("nothing", 0), (BAD, 1)])
def test_the_audit_says_whether_anything_is_known(vulnerable, status):
    with source(vulnerable) as url:
        done = portal("audit", PIP_AUDIT_VULNERABILITY_SERVICE="osv", PIP_AUDIT_OSV_URL=url)

    assert done.returncode == status, done.stderr
    assert ("OSV-2026-1" in done.stdout and BAD in done.stdout) == bool(status)


def test_an_audit_whose_source_cannot_be_asked_says_so_and_is_no_success():
    nowhere = "http://127.0.0.1:9/"
    done = portal("audit", PIP_AUDIT_VULNERABILITY_SERVICE="osv", PIP_AUDIT_OSV_URL=nowhere)

    assert done.returncode == 69 and "nothing was audited" in done.stderr


def test_whoever_passes_bandit_by_names_the_rule_and_says_why():
    files = [ROOT / path for path in tracked() if path.endswith(".py")]
    lines = [line for file in files for line in file.read_text().splitlines() if "# nosec" in line]
    lines = [line for line in lines if "test_supply" not in line and "REASON" not in line]
    assert len(lines) > 10
    assert [line for line in lines if not REASON.search(line) and '"# nosec"' not in line] == []
