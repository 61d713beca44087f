"""The units that a board installs: systemd takes each, and none may do more than it needs."""

import re
import shutil
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.deploy.units import POOLS, SERVICES, UNITS, analysed, copied
from tests.tracked import ROOT

needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd is not here"
)
MOST_EXPOSED = 15  # of 100, as systemd counts; an ordinary service has 96


@needs_systemd
def test_systemd_takes_every_unit(tmp_path):
    units = copied(tmp_path)
    timers = [path.name for path in UNITS.glob("*.timer")]
    sockets = [path.name for path in UNITS.glob("*.socket")]
    assert timers
    assert len(sockets) == len(POOLS)

    done = analysed(units, "verify", "--man=no", *SERVICES, *timers, *sockets, "portal.target")

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_do_no_more_than_it_needs(service, tmp_path):
    units = copied(tmp_path)

    done = analysed(
        units, "security", "--no-pager", "--offline=true", f"--threshold={MOST_EXPOSED}", service
    )

    assert done.returncode == 0, done.stdout[-400:]


@needs_systemd
def test_a_service_that_may_do_more_would_be_found(tmp_path):
    units = copied(tmp_path)
    site = units / "portal-.service.d" / "site.conf"
    site.write_text(
        site.read_text().replace("ProtectSystem=strict\n", "").replace("User=portal", "")
    )

    done = analysed(
        units,
        "security",
        "--no-pager",
        "--offline=true",
        f"--threshold={MOST_EXPOSED}",
        SERVICES[0],
    )

    assert done.returncode != 0


def test_each_pool_has_a_socket_and_workers():
    assert {path.name for path in UNITS.glob("*.socket")} == {
        f"portal-web@{pool}.socket" for pool in POOLS
    }
    for pool in POOLS:
        socket = (UNITS / f"portal-web@{pool}.socket").read_text()
        allowed = re.search(r"^IPAddressAllow=localhost (.+)$", socket, re.M)[1].split()
        assert "\nIPAddressDeny=any\n" in socket  # what HAProxy says of a visitor is believed
        assert all(ip_network(one).is_private for one in allowed)
        assert "--workers" in (ROOT / "deploy" / f"web-{pool}.env").read_text()


def test_a_pool_has_longer_to_stop_than_it_takes():
    """gunicorn's own limit is 30 seconds where a pool names none."""
    unit = (UNITS / "portal-web@.service").read_text()
    stop = int(re.search(r"^TimeoutStopSec=(\d+)$", unit, re.M)[1])
    for pool in POOLS:
        named = re.search(r"--graceful-timeout (\d+)", _pool(pool))
        assert stop > (int(named[1]) if named else 30)


def test_haproxy_gives_a_pool_what_it_can_answer():
    """What more comes waits in HAProxy, which knows who is first, and not in front of gunicorn."""
    given = dict(
        re.findall(
            r"^#?([A-Z_]+)=(\d+)$", (ROOT / "deploy/haproxy/haproxy.default").read_text(), re.M
        )
    )
    at_once = {}
    for pool in POOLS:
        size = dict(re.findall(r"--(workers|threads) (\d+)", _pool(pool)))
        at_once[pool] = int(size["workers"]) * int(size.get("threads", 1))
    assert 2 * int(given["NEWCOMERS"]) == at_once["candidates"]
    assert 2 * int(given["INSIDE"]) == 3 * at_once["candidates"]
    assert int(given["STAFF"]) <= at_once["staff"]
    assert int(given["TRANSFERS"]) <= at_once["transfers"]
    assert int(given["SEALED"]) < at_once["sealed"]  # one is left for HAProxy's checks


def test_every_file_of_deploy_is_named_by_a_test():
    """What a board installs was tried."""
    tests = "".join(path.read_text() for path in Path(ROOT, "tests").rglob("*.py"))
    tests += (ROOT / "deploy" / "install").read_text()
    for path in Path(ROOT, "deploy").rglob("*"):
        if path.is_file():
            assert path.name in tests or path.parent.name in tests, path


def test_no_file_of_deploy_has_a_secret_that_everybody_could_know():
    """Whoever forgets to make one of their own cannot start."""
    secret = re.compile(
        r"^(?!\s*#)\s*[\w-]*(?:pass|PASS_KEY|SECRET_KEY|_KEYS|TOKEN) *[=:] *(\S+)", re.M
    )
    found = {
        path.name: secret.findall(path.read_text())
        for path in Path(ROOT, "deploy").rglob("*")
        if path.is_file()
    }
    assert {name: words for name, words in found.items() if words} == {}


def _pool(pool: str) -> str:
    return (ROOT / "deploy" / f"web-{pool}.env").read_text()
