"""Machines for drills: each has a disk, a network and a systemd of its own, and all are gone afterwards.

A machine is a container of systemd-nspawn over this machine's own files: what it writes goes to a folder of its
own, which no other sees. Its network is a namespace with one card, and a switch of its own joins them: nothing
leads outside. So units and config files are driven by the very programs that drive them at a board.
"""

import ctypes
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

NEEDED = ("systemd-nspawn", "ip", "unshare", "nsenter")
CLONE_NEWNET = 0x40000000
PATIENCE = 60  # seconds
# A bind of this machine's files is seen by nobody else, so that whoever clears up can never reach through it.
MOUNTS = """
set -e
mount --make-rprivate /
mkdir -p {base} {disk} {work} {root}
mount --bind {files} {base}
mount -o remount,bind,ro {base}
mount -t overlay overlay -o lowerdir={lower},upperdir={disk},workdir={work} {root}
"""
# Else units of one name would be one group on all machines, and one machine would end another's.
CGROUPS = ("/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup")
OWN_GROUP = "".join(
    f"if [ -w {parent}/cgroup.procs ]; then mkdir -p {parent}/{{name}}; echo $$ > {parent}/{{name}}/cgroup.procs; fi\n"
    for parent in CGROUPS
)


def why_not() -> str:
    """What keeps machines from being made here; nothing, if nothing does."""
    if os.geteuid() != 0:
        return "machines of their own can be made by root alone"
    if missing := [one for one in NEEDED if not shutil.which(one)]:
        return f"{', '.join(missing)} is not installed"
    allowed = subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True)
    return "" if allowed.returncode == 0 else "no namespaces may be made here"


class Machine:
    """`name` is its host name, `address` where the others reach it."""

    def __init__(self, network: "Network", name: str, number: int) -> None:
        self.network, self.name = network, name
        self.address = f"10.77.0.{number}"
        self.namespace = f"{network.name}-{name}"
        self.folder = network.folder / name
        self.disk = self.folder / "disk"  # what it has written
        self.process: subprocess.Popen | None = None
        self.leader = 0

    def _mounts(self) -> str:
        base = self.folder / "base"
        lower = [*map(str, self.network.images), str(base)]
        return MOUNTS.format(
            files=self.network.files,
            base=base,
            disk=self.disk,
            work=self.folder / "work",
            root=self.folder / "root",
            lower=":".join(lower),
        )

    def build(self, *scripts: str, binds: dict[Path, str], **environment: str) -> None:
        """Run these on its disk while it is switched off, with the network of this machine."""
        root = self.folder / "root"
        bound = "".join(
            f"mkdir -p {root}{there}\nmount --bind {here} {root}{there}\n"
            for here, there in binds.items()
        )
        mounts = f"""{self._mounts()}{bound}
mount -t proc proc {root}/proc
mount -t tmpfs tmpfs {root}/run
mount --bind /dev {root}/dev
"""
        for script in scripts:
            command = f'{mounts}exec chroot {root} /bin/sh -euc "$1"'
            done = subprocess.run(
                ["unshare", "--mount", "--pid", "--fork", "/bin/sh", "-c", command, "sh", script],
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"} | environment,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(
                    f"{self.name}: {script}\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
                )

    def boot(self, binds: dict[Path, str]) -> None:
        nspawn = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot"]
        nspawn += ["--console=read-only", f"--machine={self.name}", "--resolv-conf=off"]
        nspawn += [f"--directory={self.folder / 'root'}", "--timezone=off", "--link-journal=no"]
        nspawn += [f"--network-namespace-path=/run/netns/{self.namespace}"]
        nspawn += [f"--bind-ro={here}:{there}" for here, there in binds.items()]
        (self.disk / "etc").mkdir(parents=True, exist_ok=True)
        (self.disk / "etc" / "hostname").write_text(f"{self.name}\n")
        mounts = f'{self._mounts()}{OWN_GROUP.format(name=self.namespace)}exec "$@"'
        with (self.folder / "console").open("ab") as console:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "/bin/sh", "-c", mounts, "sh", *nspawn],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
            )
        wait_until(self._is_up, f"{self.name} did not start: {self._console()}")

    def _is_up(self) -> bool:
        assert self.process
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} has stopped: {self._console()}")
        pid = self.process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            name = ""
            with suppress(OSError):  # one of those that mount, which has ended meanwhile
                name = Path(f"/proc/{child}/comm").read_text().strip()
            if name == "systemd":
                self.leader = int(child)
                found = self._command("systemctl", "is-active", "basic.target")
                return found.stdout.strip() == "active"
        return False

    def _console(self) -> str:
        console = self.folder / "console"
        return console.read_text(errors="replace")[-1500:] if console.exists() else ""

    def _command(self, *words: str, **options) -> subprocess.CompletedProcess[str]:
        into = ["nsenter", f"--target={self.leader}", "--mount", "--uts", "--ipc", "--net", "--pid"]
        return subprocess.run(
            [*into, "--", *words],
            env={"PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    def run(self, *words: str, stdin: str = "") -> str:
        """What a command there prints; RuntimeError with what it says when it fails."""
        done = self._command(*words, input=stdin)
        if done.returncode:
            said = f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
            raise RuntimeError(f"{self.name}: {' '.join(words)}: exit {done.returncode}\n{said}")
        return done.stdout

    def write(self, path: str, text: str, mode: str = "600") -> None:
        self.run("install", "-D", "-m", mode, "/dev/stdin", path, stdin=text)

    def systemctl(self, *words: str) -> str:
        return self.run("systemctl", "--no-pager", *words)

    def kill(self, unit: str, signal: str = "KILL") -> None:
        """Every process of a unit, at once."""
        self.systemctl("kill", f"--signal={signal}", unit)

    def log(self, unit: str = "*") -> str:
        return self._command("journalctl", "--no-pager", "--output=cat", "--unit", unit).stdout

    def cut_off(self) -> None:
        """As when its plug is pulled: nothing is told, nothing is ended in order."""
        if self.process is not None:
            if self.leader:
                subprocess.run(["kill", "-KILL", str(self.leader)], check=False)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process, self.leader = None, 0


class Network:
    """The machines, and a switch that joins them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, f"drill{os.getpid()}"
        self.files = Path("/")  # what each machine has to begin with: this one's own files
        self.images: list[Path] = []  # what is installed on every machine, the newest first
        self.machines: dict[str, Machine] = {}
        self._ip("netns", "add", f"{self.name}-switch")
        self._ip("-n", f"{self.name}-switch", "link", "add", "bridge", "type", "bridge")
        self._ip("-n", f"{self.name}-switch", "link", "set", "bridge", "up")

    def _ip(self, *words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)

    def machine(self, name: str) -> Machine:
        one = Machine(self, name, len(self.machines) + 1)
        self.machines[name] = one
        switch, card = f"{self.name}-switch", f"v{one.address.rpartition('.')[2]}"
        one.folder.mkdir()
        self._ip("netns", "add", one.namespace)
        self._ip(
            "-n",
            switch,
            "link",
            "add",
            card,
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            one.namespace,
        )
        self._ip("-n", switch, "link", "set", card, "master", "bridge", "up")
        self._ip("-n", one.namespace, "address", "add", f"{one.address}/24", "dev", "eth0")
        for link in ("lo", "eth0"):
            self._ip("-n", one.namespace, "link", "set", link, "up")
        return one

    def unplug(self, machine: Machine, *, again: bool = False) -> None:
        """Its cable; `again` plugs it in."""
        card = f"v{machine.address.rpartition('.')[2]}"
        self._ip("-n", f"{self.name}-switch", "link", "set", card, "up" if again else "down")

    def join(self, machine: Machine) -> None:
        """From now on this process speaks from there: it must have no threads yet."""
        with open(f"/run/netns/{machine.namespace}") as namespace:
            if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")

    def close(self) -> None:
        for machine in self.machines.values():
            machine.cut_off()
            for parent in CGROUPS:
                groups = Path(parent, machine.namespace)
                for group in [*sorted(groups.rglob("*/"), reverse=True), groups]:
                    with suppress(OSError):
                        group.rmdir()
        for namespace in [f"{self.name}-{one}" for one in (*self.machines, "switch")]:
            subprocess.run(["ip", "netns", "delete", namespace], check=False)


@contextmanager
def network() -> Iterator[Network]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="drill-")))
        # A file system of its own: layers of an overlay may not lie in one another.
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8G,mode=711", "drill", folder], check=True
        )
        stack.callback(subprocess.run, ["umount", "--lazy", folder], check=True)
        made = Network(folder)
        stack.callback(made.close)
        yield made


def wait_until(holds: Callable[[], object], otherwise: str, patience: float = PATIENCE) -> None:
    """RuntimeError with `otherwise` when it did not come about within our patience."""
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError(otherwise)
        time.sleep(0.05)


def booted(machines: Sequence[Machine], binds: dict[Path, str]) -> None:
    """All of them at once."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda one: one.boot(binds), machines))
