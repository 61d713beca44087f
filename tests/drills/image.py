"""The drill for the image: it is built as `deploy/Containerfile` says, and started as its own configuration says, as
nobody in particular, on a root file system that cannot be written. What it asks itself must say that it is well.

No registry is reached: its base is a Debian made here by debootstrap, and buildah needs no engine.
"""

import json
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.tracked import ROOT, text_of

SUITES = {"12": "bookworm", "13": "trixie"}
TRUSTED = Path("/usr/local/share/ca-certificates")  # what this machine trusts beside Debian's list
BASE, IMAGE = "localhost/drill-base", "localhost/portal:drill"
PATIENCE = 90  # seconds


class Images:
    """A store of images of its own, gone afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = ["buildah", "--root", str(folder / "root"), "--runroot", str(folder / "run")]
        self.program += ["--storage-driver", "vfs"]

    def buildah(self, *words: str) -> str:
        done = subprocess.run([*self.program, *words], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"buildah {words[0]}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
        return done.stdout.strip()

    def make_base(self, suite: str) -> None:
        files = self.folder / "debian"
        subprocess.run(
            ["debootstrap", "--variant=minbase", suite, str(files)], check=True, capture_output=True
        )
        if TRUSTED.exists():
            shutil.copytree(TRUSTED, files / TRUSTED.relative_to("/"), dirs_exist_ok=True)
        subprocess.run(["tar", "-C", files, "-cf", self.folder / "debian.tar", "."], check=True)
        container = self.buildah("from", "scratch")
        self.buildah("add", container, str(self.folder / "debian.tar"), "/")
        self.buildah("commit", container, BASE)
        self.buildah("rm", container)


def run(*, times: int, seed: int) -> dict:
    seconds: dict[str, float] = {}
    suite = SUITES[re.search(r"debian:(\d+)-slim AS base", text_of("deploy/Containerfile"))[1]]
    with tempfile.TemporaryDirectory(prefix="image-", ignore_cleanup_errors=True) as name:
        images = Images(Path(name))
        start = time.monotonic()
        images.make_base(suite)
        seconds["base"] = round(time.monotonic() - start, 1)
        start = time.monotonic()
        build = ["bud", "--isolation=chroot", "--format=docker", "--from", BASE, "--tag", IMAGE]
        images.buildah(*build, "--file", str(ROOT / "deploy" / "Containerfile"), str(ROOT))
        seconds["build"] = round(time.monotonic() - start, 1)
        container = images.buildah("from", IMAGE)
        root = Path(images.buildah("mount", container))
        config = json.loads(images.buildah("inspect", "--type", "image", IMAGE))["Docker"]["config"]
        start = time.monotonic()
        said = _started(root, config, images.folder)
        seconds["start"] = round(time.monotonic() - start, 1)
        images.buildah("umount", container)
        images.buildah("rm", container)
    print("\n".join(said), flush=True)
    faults = {
        "It can write its root.": "WRITABLE" in said,
        "It is root.": "uid 0" in said,
        "It is not well.": "WELL" not in said,
    }
    return {
        "seed": seed,
        "seconds": seconds,
        "violations": [one for one, is_so in faults.items() if is_so],
    }


def _started(root: Path, config: dict, folder: Path) -> list[str]:
    """What is said by a container of these files: migrated, started, and asked whether it is well."""
    data = folder / "data"
    data.mkdir()
    shutil.chown(data, 10001)
    asked = " ".join(config["Healthcheck"]["Test"][1:])
    script = f"""
cd {config["WorkingDir"]}
echo "uid $(id -u)"
if touch /x 2>/dev/null; then echo WRITABLE; fi
python --version
python manage.py migrate --verbosity 0
{" ".join(config["Cmd"])} &
for try in $(seq {PATIENCE}); do if {asked} 2>/dev/null; then echo WELL; exit; fi; sleep 1; done
"""
    command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--read-only"]
    command += [f"--directory={root}", f"--user={config['User']}", "--tmpfs=/tmp:mode=1777"]
    command += [f"--bind={data}:/var/lib/portal", "--private-network", "--as-pid2"]
    command += [f"--setenv={one}" for one in config["Env"]]
    done = subprocess.run(
        [*command, "/bin/sh", "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()
