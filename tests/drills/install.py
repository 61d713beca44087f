"""The drill for an installation: a new Debian, and on it the very commands that docs/operations.md names for one
machine, in their order. What stands in prose between them, an operator's edits, is done here by hand."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tests.deploy.deployment import answers
from tests.deploy.machines import Machine, network, wait_until
from tests.tracked import ROOT, text_of

SUITES = {1: ("bookworm",), 2: ("bookworm", "trixie")}  # Debian 12; and 13
INCLUDED = "systemd,systemd-sysv,dbus,curl"
TRUSTED = Path("/usr/local/share/ca-certificates")  # what this machine trusts beside Debian's list
NO_START = (
    "printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d"
)
MOST = 30 * 60  # seconds


def commands() -> list[str]:
    """The blocks of commands of the section, in their order."""
    page = text_of("docs/operations.md")
    section = page.split("## Install on one machine\n")[1].split("\n## ")[0]
    return re.findall(r"^```sh\n(.+?)^```$", section, re.M | re.S)


def install(suite: str) -> dict[str, float]:
    """Seconds of each step, on a Debian of this suite."""
    seconds: dict[str, float] = {}

    def step(name: str, act, *words: object, **more: object) -> None:
        start = time.monotonic()
        act(*words, **more)
        seconds[name] = round(time.monotonic() - start, 1)
        print(f"{suite}: {name}: {seconds[name]} s", flush=True)

    packages, database, start_site, proxy, restart_proxy = commands()
    with network() as one:
        debian = one.folder / "debian"
        step("a new Debian", _debootstrap, suite, debian)
        one.files = debian
        machine = one.machine("site")
        release = {ROOT: "/srv/release"}
        own = {name: os.environ[name] for name in ("PIP_CERT",) if name in os.environ}
        machine.build(NO_START, binds={})
        step(
            "packages, release", machine.build, f"cd /srv/release\n{packages}", binds=release, **own
        )
        step("start", machine.boot, release)
        step("database", _run, machine, database)
        address = f"http://{machine.address}"
        _edit(
            machine,
            "/etc/portal/portal.env",
            SITE_URL=address,
            DATABASE_URL="postgres://portal@/portal?host=/var/run/postgresql",
        )
        step("site", _run, machine, start_site)
        step("proxy", _run, machine, proxy)
        _edit(machine, "/etc/default/haproxy", SITE_HOST=machine.address, LISTEN=":80")
        machine.run(
            "sed", "-i", "-E", "s/^(TLS_CERTIFICATE|PLAIN_LISTEN)=/#&/", "/etc/default/haproxy"
        )
        step("proxy started", _run, machine, restart_proxy)
        one.join(one.machine("outside"))
        for path in ("/results/", "/log-in/"):
            wait_until(lambda: answers(address + path) == 200, f"{path} is not answered")  # noqa: B023
        print(machine.run("/opt/portal/current/.venv/bin/python", "--version").strip(), flush=True)
    return seconds


def _debootstrap(suite: str, folder: Path) -> None:
    command = ["debootstrap", "--variant=minbase", f"--include={INCLUDED}", suite, str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    if TRUSTED.exists():
        shutil.copytree(TRUSTED, folder / TRUSTED.relative_to("/"), dirs_exist_ok=True)


def _run(machine: Machine, block: str) -> None:
    machine.run("sh", "-euc", f"cd /srv/release\n{block}")


def _edit(machine: Machine, path: str, **values: str) -> None:
    """What an operator changes in a file of settings."""
    text = machine.run("cat", path)
    for name, value in values.items():
        text, found = re.subn(rf"^#?{name}=.*$", f"{name}={value}", text, flags=re.M)
        if not found:
            raise RuntimeError(f"{path} has no line for {name}")
    machine.write(path, text)


def run(*, times: int, seed: int, suites: Sequence[str] = ()) -> dict:
    """On Debian 12; `times` 2: on Debian 13, too."""
    took = {suite: install(suite) for suite in suites or SUITES[min(times, 2)]}
    sums = {suite: round(sum(steps.values())) for suite, steps in took.items()}
    late = [f"{suite} took {one} s." for suite, one in sums.items() if one > MOST]
    return {"seed": seed, "steps": took, "seconds": sums, "violations": late}
