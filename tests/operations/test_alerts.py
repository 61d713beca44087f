"""Alerts and the dashboard: promtool takes the rules, an hour in which all is well brings none, each has its
paragraph in docs/operations.md, and no expression asks for what nobody tells. `bin/portal drill alerts` makes them
fire (tests/drills/alerts.py)."""

import json
import re
import shutil
import subprocess

import pytest
import time_machine
import yaml

from core import worker
from core.jobs import do
from core.models import KeyFingerprint, OrphanCheck
from credentials.models import LetterFile
from operations.metrics import requests
from sealed import keyholders
from sealed.models import Keyholder, Opening, Seal
from tests.builders import BEFORE
from tests.drills.__main__ import TIMES
from tests.drills.faults import FAULTS
from tests.drills.watched_site import OF_OTHERS
from tests.operations.test_metrics import told
from tests.tracked import ROOT, text_of

PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboard.json"
HEADS = re.compile(r"^### (\w+)\n\n\*(page|ticket)\.\* (.+)\n\n(.{40,})$", re.M)
# Told by PostgreSQL alone, or where there is a virus scanner.
SOMETIMES = {
    "direct_database_archive_failing",
    "direct_database_connections",
    "direct_database_connections_most",
    "direct_virus_scanner_up",
}
needs_promtool = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not here")


def alerts() -> list[dict]:
    rules = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())
    return [rule for group in rules["groups"] for rule in group["rules"]]


def panels() -> dict[str, str]:
    """Each expression of the dashboard, and where it stands."""
    board = json.loads(DASHBOARD.read_text())
    return {
        target["expr"]: panel["title"] for panel in board["panels"] for target in panel["targets"]
    }


def named_in(expression: str) -> set[str]:
    return set(
        re.findall(r"\b(?:direct|haproxy|probe)_[a-z_]+", re.sub(r'"[^"]*"', "", expression))
    )


def promtool(*words: str) -> str:
    done = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@needs_promtool
def test_prometheus_takes_the_files(tmp_path):
    for file in PROMETHEUS.glob("*.yml"):
        shutil.copy(file, tmp_path)
    assert (tmp_path / "blackbox.yml").exists()
    (tmp_path / "metrics_token").write_text("a token")

    assert promtool("check", "config", str(tmp_path / "prometheus.yml")) == ""


@needs_promtool
def test_an_hour_in_which_all_is_well_brings_no_alert_and_some_faults_bring_theirs(tmp_path):
    shutil.copy(PROMETHEUS / "alerts.yml", tmp_path)
    shutil.copy(ROOT / "tests" / "operations" / "alerts_test.yml", tmp_path)

    assert promtool("test", "rules", str(tmp_path / "alerts_test.yml")) == ""


@needs_promtool
def test_what_is_told_is_what_prometheus_reads(world):
    text = told()
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_each_alert_says_how_much_it_matters_what_it_means_and_what_to_do():
    paragraphs = {
        name: (how, means) for name, how, means, _ in HEADS.findall(text_of("docs/operations.md"))
    }

    assert len(alerts()) > 30
    for one in alerts():
        name, says = one["alert"], one["annotations"]
        assert paragraphs.pop(name) == (one["labels"]["severity"], says["description"]), name
        assert says["runbook"] == f"docs/operations.md#{name.lower()}"
        assert says["summary"]
        assert one["for"]
    assert not paragraphs, "no such alert"


@time_machine.travel(BEFORE, tick=False)
def test_nothing_is_asked_for_that_nobody_tells(world, settings, tmp_path):
    settings.BACKUP_STAMP = str(tmp_path / "stamp")
    (tmp_path / "stamp").touch()
    worker.heartbeat()
    KeyFingerprint.objects.create(setting="PEPPER_KEYS", key_id="1", refused_at=BEFORE)
    OrphanCheck.objects.create(looked_at=BEFORE)
    LetterFile.objects.create(centre=world.main, series=world.series, asked_by="a")
    do.enqueue("credentials.LetterFile", "a row of which only the queue knows")
    of_an_opening = {"key_until": BEFORE, "key": b"a", "master_key_id": "1", "asked_by": "a"}
    seal = Seal.objects.create(series=world.series, opens_from=BEFORE, public_key=b"a")
    Opening.objects.create(seal=seal, **of_an_opening)
    holder, _ = keyholders.make(world.board)
    Keyholder.objects.filter(pk=holder.pk).update(wrong_at=BEFORE)
    told_now = set(re.findall(r"^(direct_\w+)", told(), re.M))
    told_now |= {
        one.name
        for kind in (requests.TOOK, requests.LOGINS)
        for m in kind.collect()
        for one in m.samples
    }
    told_now |= {
        "direct_request_seconds_bucket",
        "direct_request_seconds_count",
        "direct_logins_total",
    }
    known = told_now | OF_OTHERS | SOMETIMES

    asked = {one["expr"]: one["alert"] for one in alerts()} | panels()
    assert len(asked) > 60
    for expression, where in asked.items():
        assert named_in(expression) or expression.startswith(("up ", "count by (alertname")), where
        assert not named_in(expression) - known, where


def test_an_alert_about_readiness_names_what_is_asked(settings):
    for one in alerts():
        for check in re.findall(r'check="([^"]+)"', one["expr"]):
            assert check in settings.READINESS, one["alert"]


def test_what_is_watched_elsewhere_is_not_told_twice(settings):
    """The rest of what readiness asks has one alert, `NotReady`; the database and the clock have their own."""
    [rest] = [one["expr"] for one in alerts() if one["alert"] == "NotReady"]
    [pattern] = re.findall(r'check!~"([^"]+)"', rest)
    named = {path for path in settings.READINESS if re.fullmatch(pattern, path)}

    own = {check for one in alerts() for check in re.findall(r'check="([^"]+)"', one["expr"])}
    assert named == own | {"operations.readiness.clock"}


@needs_promtool
def test_prometheus_reads_what_the_dashboard_asks(tmp_path):
    """Each as a rule: promtool 2.42 has no other way to look at an expression."""
    rules = [
        {"record": f"panel:{at}", "expr": expression} for at, expression in enumerate(panels())
    ]
    (tmp_path / "panels.yml").write_text(json.dumps({"groups": [{"name": "a", "rules": rules}]}))

    assert len(rules) > 30
    assert promtool("check", "rules", str(tmp_path / "panels.yml")) == ""


def test_the_drill_makes_a_fault_for_each_alert_that_a_fault_can_bring():
    made = {alert for _, alert, _ in FAULTS}
    known = {one["alert"] for one in alerts()}

    assert made <= known
    assert len(made) > 30
    assert known - made == {
        *("BackupUnknown", "DatabaseArchiveFails", "FilesUnknown", "NotReady", "ReadingFails")
    }
    assert TIMES["alerts"] == len(FAULTS)
    assert f"{len(FAULTS)} faults" in text_of("docs/operations.md")
