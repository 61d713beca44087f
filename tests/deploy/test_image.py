"""The image and the compose file: what of them can be looked at where no engine of containers runs. `bin/portal drill
image` builds the image and starts it."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from board.database_log import WANTED
from tests.deploy.test_settings_file import read_by_the_site
from tests.tracked import ROOT, text_of

CONTAINERFILE = text_of("deploy/Containerfile")
COMPOSE = yaml.safe_load(text_of("deploy/compose.yaml"))
OURS = {
    name: one
    for name, one in COMPOSE["services"].items()
    if one.get("image", "").startswith("portal:")
}


def instructions(stage: str) -> list[tuple[str, str]]:
    """What the last stage, or all of them, does: (RUN, …)."""
    joined = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", CONTAINERFILE, flags=re.M))
    found = re.findall(r"^([A-Z]+) (.*)$", joined, re.M)
    last = max(at for at, (word, _) in enumerate(found) if word == "FROM")
    return found[last:] if stage == "last" else found


def test_the_image_has_what_letters_need_and_the_locked_dependencies():
    needed = re.search(r'^PACKAGES_PDF="(.+)"$', text_of("bin/portal"), re.M)[1].split()
    runs = " ".join(said for word, said in instructions("all") if word == "RUN")

    assert set(needed) <= set(runs.split())
    assert "--require-hashes -r /opt/portal/requirements/run.txt" in runs


def test_what_is_copied_is_there():
    copied = [said.split()[:-1] for word, said in instructions("all") if word == "COPY"]
    sources = [one for words in copied for one in words if "--from" not in " ".join(words)]

    assert sources
    assert not [one for one in sources if not (ROOT / one).exists()]


def test_it_runs_as_nobody_in_particular_and_says_whether_it_is_well():
    last = dict(instructions("last"))

    assert last["USER"] not in ("", "0", "root")
    assert "deploy/healthcheck.py" in last["HEALTHCHECK"]


def test_secrets_and_what_was_made_here_stay_out_of_it():
    """By the name that each engine reads, Docker's too. `deploy/` has secrets of who runs compose.yaml."""
    left_out = set(text_of(".dockerignore").split())
    files = {one["file"] for one in COMPOSE["secrets"].values()}
    files |= {one["env_file"] for one in COMPOSE["services"].values() if "env_file" in one}
    theirs = {f"deploy/{one.split('/')[0]}" for one in files}

    assert {".git", ".venv", "var"} <= left_out
    assert len(theirs) == 3 and theirs <= left_out
    assert {f"/{one}" for one in theirs} <= {
        one.rstrip("/") for one in text_of(".gitignore").split()
    }
    assert not [one for one in theirs if f"--exclude=./{one} " not in text_of("deploy/install")]


def test_the_log_of_its_database_holds_no_values():
    command = COMPOSE["services"]["database"]["command"].split()
    said = dict(one.split("=") for one in command if "=" in one)

    assert said.items() <= WANTED.items()
    assert set(said) == {
        "log_min_error_statement",
        "log_error_verbosity",
    }  # what PostgreSQL logs else


@pytest.mark.parametrize("name", OURS)
def test_a_container_writes_nowhere_but_where_it_is_told(name):
    service = OURS[name]

    assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["tmpfs"] == ["/tmp"]
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_what_a_service_names_is_there(name):
    service = COMPOSE["services"][name]
    names = [one.split(":")[0] for one in service.get("volumes", [])]
    files = [one for one in names if one.startswith("./") and "/secrets/" not in one]

    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    assert {one for one in names if "/" not in one} <= set(COMPOSE["volumes"])
    assert set(service.get("depends_on", {})) <= set(COMPOSE["services"])
    assert not [one for one in files if not (ROOT / "deploy" / one).exists()]


def test_it_sets_nothing_that_is_no_setting():
    engine = {"PORT", "GUNICORN_CMD_ARGS"}
    for service in OURS.values():
        for name in service["environment"]:
            assert name.removesuffix("_FILE") in read_by_the_site() | engine


def test_whether_it_is_well_is_asked_of_the_site(tmp_path):
    """A port at which nobody listens, and one at which somebody answers that it is not ready."""
    script = Path(ROOT, "deploy", "healthcheck.py")

    def asked(port: int) -> subprocess.CompletedProcess:
        environment = {"PORT": str(port), "PATH": "/usr/bin:/bin"}
        return subprocess.run(
            [sys.executable, script], env=environment, capture_output=True, text=True
        )

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert "not ready" in asked(port).stderr

    for status, code in ((b"503 No", 1), (b"200 OK", 0)):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            process = subprocess.Popen(
                [sys.executable, script],
                env={"PORT": str(listening.getsockname()[1])},
                stderr=subprocess.DEVNULL,
            )
            line, _ = listening.accept()
            with line:
                assert line.recv(1000).startswith(b"GET /health/ready/ ")
                line.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
            assert process.wait(10) == code
