"""A whole site with all that watches it, each part a real process on this machine's loopback: two web machines, a
worker, HAProxy with TLS, a virus scanner, exporters, and Prometheus with the rules that a board installs."""

import json
import os
import secrets
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import yaml
from django.conf import settings

from tests.drills.worker import tail
from tests.front import HAPROXY, free_port, write_pages
from tests.postgres import Server
from tests.tracked import ROOT

SCANNER = shutil.which("clamd") or "/usr/sbin/clamd"
NEEDED = ("prometheus", "prometheus-blackbox-exporter", "openssl", HAPROXY, SCANNER)
ADDRESSES = ("127.0.0.1", "127.0.0.2")  # of the two machines
PATIENCE = 60  # seconds
OF_OTHERS = {  # what alerts and the dashboard ask of HAProxy and blackbox_exporter
    "haproxy_backend_active_servers",
    "haproxy_backend_current_queue",
    "haproxy_backend_http_responses_total",
    "haproxy_server_status",
    "probe_ssl_earliest_cert_expiry",
    "probe_success",
}


class Part:
    """A process that can be stopped, and started again with something else in its environment."""

    def __init__(self, name: str, folder: Path, *command: str, **environment: str) -> None:
        self.command, self.log = command, folder / f"{name}.log"
        self.environment = environment
        self.process: subprocess.Popen | None = None

    def start(self, **more: str) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=os.environ | self.environment | more,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> None:
        """With its children, and at once."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def restart(self, **more: str) -> None:
        self.stop()
        self.start(**more)


class WatchedSite:
    """Its parts by name, and what Prometheus says of it."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder
        names = "site metrics_1 metrics_2 haproxy blackbox prometheus candidates staff plain"
        self.ports = {name: free_port() for name in names.split()}
        self.url = f"https://127.0.0.1:{self.ports['site']}"
        self.stamp = folder / "backup-stamp"
        self.certificate = folder / "site.pem"
        os.environ.update(
            SITE_URL=self.url,
            TRUSTED_PROXIES="1",
            MFA_REQUIRED="false",
            METRICS_DIR=str(folder / "metrics"),
            BACKUP_STAMP=str(self.stamp),
            CLAMD=f"unix:{folder / 'clamd.sock'}",
        )
        self.parts = {part.log.stem: part for part in self._parts()}

    def _parts(self) -> Iterator[Part]:
        python = sys.executable
        for at, (address, workers) in enumerate(zip(ADDRESSES, "21", strict=True), start=1):
            binds = [f"--bind={address}:{self.ports[pool]}" for pool in ("candidates", "staff")]
            gunicorn = [python, "-m", "gunicorn", *binds, "--workers", workers]
            yield Part(
                f"web{at}", self.folder, *gunicorn, "--log-level=error", METRICS_POOL=f"web{at}"
            )
            listen = f"127.0.0.1:{self.ports[f'metrics_{at}']}"
            metrics = [python, "manage.py", "metrics"]
            yield Part(f"metrics{at}", self.folder, *metrics, METRICS_ADDRESS=listen)
        yield Part("worker", self.folder, python, "manage.py", "db_worker", "--no-startup-delay")
        yield Part(
            "haproxy",
            self.folder,
            *(HAPROXY, "-W", "-f", str(ROOT / "deploy" / "haproxy" / "haproxy.cfg")),
            LISTEN=f"127.0.0.1:{self.ports['site']}",
            PLAIN_LISTEN=f"127.0.0.1:{self.ports['plain']}",
            METRICS_LISTEN=f"127.0.0.1:{self.ports['haproxy']}",
            TLS_CERTIFICATE=str(self.certificate),
            PAGES=str(self.folder / "pages"),
            SITE_HOST="127.0.0.1",
            PASS_KEY=b64encode(secrets.token_bytes(32)).decode(),
            WEB_1=ADDRESSES[0],
            WEB_2=ADDRESSES[1],
            CANDIDATES_PORT=str(self.ports["candidates"]),
            STAFF_PORT=str(self.ports["staff"]),
            TRANSFERS_PORT=str(self.ports["staff"]),
            SEALED_PORT=str(self.ports["staff"]),
        )
        yield Part(
            "scanner", self.folder, SCANNER, "--config-file", str(self.folder / "clamd.conf")
        )
        yield Part(
            "blackbox",
            self.folder,
            "prometheus-blackbox-exporter",
            f"--config.file={self.folder / 'blackbox.yml'}",
            f"--web.listen-address=127.0.0.1:{self.ports['blackbox']}",
        )
        yield Part(
            "prometheus",
            self.folder,
            "prometheus",
            f"--config.file={self.folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self.server.socket.parent / 'series'}",
            f"--web.listen-address=127.0.0.1:{self.ports['prometheus']}",
        )

    # --- What it is made of -----------------------------------------------------------------------

    def write(self) -> None:
        """What a board's team would write, from the files of deploy/."""
        self.stamp.touch()
        self.certify(days=90)
        write_pages(self.folder / "pages")
        signatures = ROOT / "tests" / "data" / "clamd"
        (self.folder / "clamd.conf").write_text(
            f"LocalSocket {self.folder / 'clamd.sock'}\nDatabaseDirectory {signatures}\nForeground yes\n"
        )
        deployed = ROOT / "deploy" / "prometheus"
        shutil.copy(deployed / "alerts.yml", self.folder)
        (self.folder / "metrics_token").write_text("none is asked for on loopback\n")
        prometheus = yaml.safe_load((deployed / "prometheus.yml").read_text())
        targets = {
            "direct": [f"127.0.0.1:{self.ports[f'metrics_{at}']}" for at in (1, 2)],
            "haproxy": [f"127.0.0.1:{self.ports['haproxy']}"],
            "site": [f"{self.url}/results/"],
        }
        for job in prometheus["scrape_configs"]:
            job["static_configs"] = [{"targets": targets.pop(job["job_name"])}]
            for rule in job.get("relabel_configs", []):
                if rule["target_label"] == "__address__":
                    rule["replacement"] = f"127.0.0.1:{self.ports['blackbox']}"
        (self.folder / "prometheus.yml").write_text(yaml.safe_dump(prometheus))
        blackbox = yaml.safe_load((deployed / "blackbox.yml").read_text())
        trusted = {"ca_file": str(self.certificate)}
        blackbox["modules"]["sign_in_page"]["http"]["tls_config"] = trusted
        (self.folder / "blackbox.yml").write_text(yaml.safe_dump(blackbox))

    def certify(self, *, days: int) -> None:
        """A certificate of this site, and whoever asks it trusts it."""
        key, made = self.folder / "key.pem", self.folder / "certificate.pem"
        names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
        words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", str(days)]
        words += ["-keyout", str(key), "-out", str(made), *names]
        subprocess.run(words, check=True, capture_output=True)
        whole = self.folder / "whole.pem"
        whole.write_text(made.read_text() + key.read_text())
        whole.replace(self.certificate)

    def wait(self) -> None:
        """Until the site answers, and Prometheus has read every part."""
        until(lambda: self.ask("/results/")[0] == 200, "the site did not start")
        until(
            lambda: len(self.query("up == 1")) == 4 and self.query("direct_letters_outdated"),
            "Prometheus does not read every part",
        )
        until(
            lambda: all(map(self.query, OF_OTHERS)), "HAProxy or blackbox_exporter tells too little"
        )

    # --- What is asked of it ----------------------------------------------------------------------

    def ask(
        self, path: str, *, cookies: str = "", timeout: float = PATIENCE, **posted: str
    ) -> tuple[int, str, list[str]]:
        """Status, page and cookies; a status of 0 where nobody answers."""
        data = urllib.parse.urlencode(posted).encode() if posted else None
        headers = {"Cookie": cookies, "Referer": self.url, "Sec-Fetch-Site": "same-origin"}
        request = urllib.request.Request(self.url + path, data, headers)
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted), Stay()
        )
        try:
            answer = opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            answer = error
        except OSError:
            return 0, "", []
        with answer:
            set_ = [one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie", [])]
            where = answer.headers.get("Location", "")
            return answer.status, where or answer.read().decode(), set_

    def query(self, expression: str) -> list[dict]:
        return self._prometheus("query?" + urllib.parse.urlencode({"query": expression}))["result"]

    def firing(self) -> set[str]:
        return {
            one["labels"]["alertname"]
            for one in self._prometheus("alerts")["alerts"]
            if one["state"] == "firing"
        }

    def _prometheus(self, what: str) -> dict:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        url = f"http://127.0.0.1:{self.ports['prometheus']}/api/v1/{what}"
        try:
            return json.load(opener.open(url, timeout=PATIENCE))["data"]
        except OSError:
            return {"result": [], "alerts": []}


class Stay(urllib.request.HTTPRedirectHandler):
    """Whoever is sent on is told where to."""

    def redirect_request(self, *_: object) -> None:
        return None


class Visitors(threading.Thread):
    """Who comes all the time: candidates who look at their results, one of whom mistypes; and staff."""

    def __init__(self, site: WatchedSite, logins: list[tuple[str, str]]) -> None:
        super().__init__(daemon=True)
        self.site, self.logins, self.ended = site, logins, threading.Event()

    def run(self) -> None:
        at = 0
        while not self.ended.wait(0.4):
            at += 1
            username, password = self.logins[at % len(self.logins)]
            wrong = self.logins[(at + 1) % len(self.logins)][1] if at % 10 == 0 else password
            _, place, cookies = self.site.ask(
                "/results/", username=username, password=wrong, timeout=10
            )
            if place.startswith("/"):
                self.site.ask(place, cookies="; ".join(cookies), timeout=10)
            self.site.ask("/", timeout=10)


@contextmanager
def watched_site(server: Server) -> Iterator[WatchedSite]:
    """All of it, gone with the block."""
    if lacking := [one for one in NEEDED if not shutil.which(one)]:
        raise RuntimeError(f"bin/portal setup --for test installs what is not here: {lacking}")
    site = WatchedSite(server, Path(settings.DATA_DIR))
    site.write()
    with ExitStack() as stack:
        for part in site.parts.values():
            stack.callback(part.stop)
            part.start()
        try:
            yield site
        except RuntimeError:
            for name, part in site.parts.items():
                print(f"--- {name}\n{tail(part.log, 8)}", file=sys.stderr)
            raise


def until(what: Callable[[], object], words: str, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not what():
        if time.monotonic() > end:
            raise RuntimeError(words)
        time.sleep(0.2)
