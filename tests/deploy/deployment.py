"""The site on many machines, installed from `deploy/` as docs/operations.md says: what drills and tests drive.

    front      HAProxy                      web1, web2   the four pools
    worker     a worker, and the timers     database     PostgreSQL
    objects    an S3, a process of its own  outside      where people come from: only its network

None shares a disk with another. `deployed()` gives it running; `machines[name]` is a machine, on which a unit is
stopped, killed or restarted, or which is cut off; there `manage` is portal-manage.
"""

import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from tests.deploy.machines import Network, booted, network, wait_until
from tests.postgres import candidates
from tests.tracked import ROOT, text_of

DIRECT = build_opener(ProxyHandler({}))
VERSION = re.search(r'^version = "(.+)"$', text_of("pyproject.toml"), re.M)[1]
RELEASE = f"/opt/portal/releases/{VERSION}"
PACKAGES = f"lib/python3.{sys.version_info[1]}/site-packages"
WEB = ("web1", "web2")
POOLS = {"candidates": 8001, "staff": 8002, "transfers": 8003, "sealed": 8004}

# The machines' own Python, with what is installed for the tests in its site-packages: as `bin/portal setup` makes it,
# but that nothing is fetched. And nothing of what else runs on this machine.
VENV = f"""
rm -rf /etc/systemd/system/*.wants /etc/rc?.d/* /etc/portal /opt/portal/current
cd {RELEASE}/.venv
mkdir bin
ln -s /usr/bin/python3 bin/python
printf "home = /usr/bin\\ninclude-system-site-packages = false\\n" > pyvenv.cfg
printf "#!/bin/sh\\nexec /opt/portal/current/.venv/bin/python -m gunicorn \\"\\$@\\"\\n" > bin/gunicorn
chmod 755 bin/gunicorn
cksum < /srv/release/requirements/run.txt > .stamp-run
"""
UNIT = "[Unit]\n[Service]\nRestart=always\nRestartSec=1\n"


def why_not() -> str:
    """What keeps this from being done here, beside machines at all."""
    missing = [
        name
        for name, there in {
            "haproxy": Path("/usr/sbin/haproxy").exists(),
            "PostgreSQL": any(str(one).startswith("/usr/lib") for one in candidates()),
            f"/usr/bin/python3 of version 3.{sys.version_info[1]}": Path(
                f"/usr/bin/python3.{sys.version_info[1]}"
            ).exists(),
        }.items()
        if not there
    ]
    return f"{', '.join(missing)} is not installed" if missing else ""


class Deployment:
    """`site` is the address that people type."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.binds = {
            ROOT: "/srv/release",
            Path(sys.prefix).resolve() / PACKAGES: f"{RELEASE}/.venv/{PACKAGES}",
        }
        self.machines = network.machines
        self.seconds: dict[str, float] = {}  # what took how long

    @property
    def site(self) -> str:
        return f"http://{self.machines['front'].address}"

    def install(self) -> None:
        """The release, once for all machines: each of them begins with a copy."""
        with self.timed("install"):
            image = self.network.machine("image")
            image.build(VENV, "/srv/release/deploy/install keys", binds=self.binds)
            self.network.images = [image.disk]
        with self.timed("boot"):
            names = ("front", *WEB, "worker", "database", "objects")
            booted([self.network.machine(name) for name in names], self.binds)
        self.network.join(self.network.machine("outside"))

    def begin(self, **own: str) -> None:
        """Everything that an operator says on these machines, in this order; `own` is put into portal.env."""
        with self.timed("set up"):
            self._database()
            self._objects()
            for name in (*WEB, "worker"):
                self.machines[name].write("/etc/portal/portal.env", self._settings(own))
            self.manage("migrate", "--verbosity", "0")
            web = [f"portal-web@{pool}.{kind}" for pool in POOLS for kind in ("socket", "service")]
            worker = ["portal-worker@1", "portal-periodic-tasks.timer"]
            with ThreadPoolExecutor() as everywhere:
                for done in [
                    everywhere.submit(self.machines[name].systemctl, "enable", "--now", *units)
                    for name, units in {**dict.fromkeys(WEB, web), "worker": worker}.items()
                ]:
                    done.result()
            self._front()
            for name in WEB:
                self.wait_for(name)

    def _settings(self, own: dict[str, str]) -> str:
        objects = self.machines["objects"].address
        values = {
            "SITE_URL": self.site,
            "DATABASE_URL": f"postgres://portal@{self.machines['database'].address}/portal",
            "STORAGE_URL": f"s3://portal?endpoint=http://{objects}:9000&region=us-east-1",
            **own,
        }
        settings = text_of("deploy/portal.env")
        for name, value in values.items():
            settings, found = re.subn(rf"^#?{name}=.*$", f"{name}={value}", settings, flags=re.M)
            if not found:
                raise RuntimeError(f"deploy/portal.env has no line for {name}")
        return f"{settings}AWS_ACCESS_KEY_ID=drill\nAWS_SECRET_ACCESS_KEY=drill\n"

    def _database(self) -> None:
        machine = self.machines["database"]
        programs = next(one for one in candidates() if str(one).startswith("/usr/lib"))
        machine.run("install", "-d", "-o", "postgres", "-m", "700", "/var/lib/database")
        as_postgres = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
        machine.run(
            *as_postgres,
            *(f"{programs}/initdb", "-D", "/var/lib/database", "-U", "portal", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        machine.run(
            "sh", "-c", "echo host all all 10.77.0.0/24 trust >> /var/lib/database/pg_hba.conf"
        )
        start = (
            f"{programs}/postgres -D /var/lib/database -c listen_addresses=* -c max_connections=200"
        )
        machine.write(
            "/etc/systemd/system/database.service",
            f"{UNIT}Type=notify\nUser=postgres\nRuntimeDirectory=postgresql\nExecStart={start}\n"
            "KillSignal=SIGINT\n[Install]\nWantedBy=multi-user.target\n",
        )
        machine.systemctl("enable", "--now", "database")
        machine.run(f"{programs}/createdb", "-h", "/run/postgresql", "-U", "portal", "portal")

    def _objects(self) -> None:
        machine = self.machines["objects"]
        python = f"{RELEASE}/.venv/bin/python"
        machine.write(
            "/etc/systemd/system/objects.service",
            f"{UNIT}ExecStart={python} -m moto.server -H 0.0.0.0 -p 9000\n"
            "[Install]\nWantedBy=multi-user.target\n",
        )
        machine.systemctl("enable", "--now", "objects")
        address = f"http://{machine.address}:9000"
        wait_until(lambda: answers(address), "the S3 does not answer")
        DIRECT.open(Request(f"{address}/portal", method="PUT")).close()

    def _front(self) -> None:
        machine = self.machines["front"]
        self.machines["web1"].run("portal-manage", "front_pages", "/var/lib/portal/front")
        pages = self.machines["web1"].run(
            "sh", "-c", "tar -C /var/lib/portal/front -cf - . | base64"
        )
        machine.run("install", "-d", "/etc/haproxy/portal")
        machine.run("sh", "-c", "base64 -d | tar -C /etc/haproxy/portal -xf -", stdin=pages)
        settings = re.sub(
            r"^(TLS_CERTIFICATE|PLAIN_LISTEN)=",
            r"#\1=",
            text_of("deploy/haproxy/haproxy.default"),
            flags=re.M,
        )
        for name, value in {
            "SITE_HOST": machine.address,
            "PASS_KEY": "b2YgdGhlIGRyaWxsLCBhbmQgb2Ygbm8gb3RoZXIgc2l0ZQ==",
            "LISTEN": ":80",
            "WEB_1": self.machines["web1"].address,
            "WEB_2": self.machines["web2"].address,
        }.items():
            settings = re.sub(rf"^#?{name}=.*$", f"{name}={value}", settings, flags=re.M)
        machine.write("/etc/default/haproxy", settings)
        machine.write("/etc/haproxy/haproxy.cfg", text_of("deploy/haproxy/haproxy.cfg"))
        machine.systemctl("enable", "--now", "haproxy")

    def manage(self, *words: str, on: str = "web1") -> str:
        return self.machines[on].run("portal-manage", *words)

    def wait_for(self, name: str) -> None:
        """Until the machine says that it is ready, in each of its pools."""
        machine = self.machines[name]
        for port in POOLS.values():
            address = f"http://{machine.address}:{port}/health/ready/"
            wait_until(lambda: answers(address) == 200, f"{name}, port {port}: is not ready")  # noqa: B023

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        start = time.monotonic()
        yield
        self.seconds[what] = round(time.monotonic() - start, 1)
        print(f"{what}: {self.seconds[what]} s", flush=True)

    def logs(self) -> str:
        """What units of the site said, on all machines, and the proxy."""
        return "".join(
            f"--- {name}\n{machine.log('portal-*')[-4000:]}{machine.log('haproxy')[-4000:]}"
            for name, machine in self.machines.items()
            if machine.leader
        )


@contextmanager
def deployed(**own: str) -> Iterator[Deployment]:
    with network() as one:
        made = Deployment(one)
        made.install()
        try:
            made.begin(**own)
            yield made
        except Exception:
            print(made.logs(), flush=True)
            raise


def answers(address: str) -> int:
    """The status of the answer; 0 when there is none."""
    try:
        with DIRECT.open(address, timeout=5) as answer:
            return answer.status
    except HTTPError as answer:
        return answer.code
    except OSError:
        return 0
