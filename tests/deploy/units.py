"""The units of `deploy/systemd/`, as systemd on this machine would have them: beside programs that are there."""

import shutil
import subprocess
from pathlib import Path

from tests.tracked import ROOT

UNITS = ROOT / "deploy" / "systemd"
INSTALLED = "/opt/portal/current"  # the release that runs, where deploy/install puts it
POOLS = ("candidates", "staff", "transfers", "sealed")
SERVICES = (
    *(f"portal-web@{pool}.service" for pool in POOLS),
    "portal-worker@1.service",
    *sorted(path.name for path in UNITS.glob("portal-[!@]*.service") if "@" not in path.name),
)


def copied(folder: Path) -> Path:
    """The units in this folder, for a release that stands in the folder of this project."""
    copy = shutil.copytree(UNITS, folder / "units")
    for path in copy.rglob("*"):
        if path.is_file():
            path.write_text(path.read_text().replace(INSTALLED, str(ROOT)))
    return copy


def analysed(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`systemd-analyze`, which takes units from this folder before the system's own."""
    return subprocess.run(
        ["systemd-analyze", *words],
        env={"SYSTEMD_UNIT_PATH": f"{folder}:", "PATH": "/usr/bin:/bin", "SYSTEMD_COLORS": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
