"""A real HAProxy before a site, as deploy/haproxy sets it up."""

import base64
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

ROOT = Path(__file__).parents[1]
CONFIGURATION = ROOT / "deploy/haproxy/haproxy.cfg"
HAPROXY = "/usr/sbin/haproxy"


@dataclass
class Front:
    """Where it listens, with what it signs, where it says what it counts, and its process."""

    port: int
    pass_key: bytes
    metrics: int
    process: Popen

    def asked(self) -> dict[str, int]:
        """Pool -> how many requests went there."""
        told = urllib.request.urlopen(
            f"http://127.0.0.1:{self.metrics}/metrics?scope=backend"
        ).read()
        found = re.findall(
            r'^haproxy_backend_http_requests_total\{proxy="(\w+)"\} (\d+)', told.decode(), re.M
        )
        return {pool: int(many) for pool, many in found}


def write_pages(folder: Path, **site: str) -> None:
    """What HAProxy reads of a site with this environment."""
    command = [sys.executable, "manage.py", "front_pages", str(folder)]
    subprocess.run(command, env=os.environ | site, check=True, cwd=ROOT)


@contextmanager
def front(pages: Path, *, web: int, **options: str) -> Iterator[Front]:
    """HAProxy before a site that listens on port `web`, whose pages are in this folder."""
    key = secrets.token_bytes(32)
    port, metrics = free_port(), free_port()
    settings = {
        "LISTEN": f"127.0.0.1:{port}",
        "METRICS_LISTEN": f"127.0.0.1:{metrics}",
        "PAGES": str(pages),
        "SITE_HOST": "127.0.0.1",
        "PASS_KEY": base64.b64encode(key).decode(),
        **{f"{pool}_PORT": str(web) for pool in ("CANDIDATES", "STAFF", "TRANSFERS", "SEALED")},
        **options,
    }
    with Popen([HAPROXY, "-W", "-f", str(CONFIGURATION)], env=os.environ | settings) as process:
        try:
            wait_until_it_listens(process, port)
            yield Front(port, key, metrics, process)
        finally:
            process.terminate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def wait_until_it_listens(process: Popen, port: int) -> None:
    for _ in range(1_200):  # a minute: gunicorn loads the site first, and the machine may be busy
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    process.kill()
    process.wait()
    raise RuntimeError("the proxy did not start")
