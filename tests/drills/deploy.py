"""The drill for a deployment: the site on seven machines, of which each part is killed, restarted or cut off while
candidates visit, letters are made and a file comes in.

The machines are installed from `deploy/` (tests/deploy/deployment.py), and none shares a disk with another. A visit is
lost when somebody who comes again as the pages say does not see their results within a minute; nothing else
may be lost either: each login printed on a letter lets its candidate in, and a file arrives as it was sent, though the
machine that took its first half is gone.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence

from tests.deploy.deployment import Deployment, deployed
from tests.deploy.machines import wait_until
from tests.deploy.people import PASSWORD, Lost, Officer, Visitors, patiently, visit

CENTRES = ("10000", "10001")  # a main centre, and its Associate Centre
CANDIDATES = 120
OFFICER = f"""
from accounts.models import User
from centres.models import Centre, Membership
made = User.objects.create_user("officer", email="officer@example.org", password="{PASSWORD}", name="Officer")
for centre in Centre.objects.all():
    Membership.objects.create(user=made, centre=centre, role="exams_officer", may_manage_results_service=True)
"""
SETTLED = 2  # seconds of visits before and after something is done
MEGABYTE = 1 << 20


class Drill:
    """One run of it."""

    def __init__(self, site: Deployment, seed: int) -> None:
        self.site, self.dice = site, random.Random(seed)
        self.violations: list[str] = []
        self.figures: dict[str, dict] = {}
        self.letters_made = self.logins_tried = self.asked_for = 0

    def begin(self) -> None:
        manage = self.site.manage
        logins = "/var/lib/portal/logins.csv"
        size = ("--centres", "2", "--associates", "1", "--candidates", str(CANDIDATES))
        manage("make_cohort", *size, "--logins", logins, on="worker")
        rows = self.site.machines["worker"].run("cat", logins).split()[1:]
        self.logins = [tuple(row.split(",")) for row in rows]
        self.visitors = self.logins[
            : CANDIDATES // 2
        ]  # of the main centre, whose letters stay as they are
        manage("shell", "--verbosity", "0", "-c", OFFICER)
        with self.site.timed("first visit"):
            visit(self.site.site, *self.logins[0])
        self.officer = Officer(self.site.site, "officer")

    def round(self, name: str, act: Callable[[], object]) -> None:
        """Somebody does this while candidates visit: who lost a visit, and how long the longest took."""
        with Visitors(self.site.site, self.visitors) as crowd:
            time.sleep(SETTLED)
            start = time.monotonic()
            try:
                act()
            except Lost as error:
                crowd.lost.append(f"Something was lost: {error}")
            took = time.monotonic() - start
            time.sleep(SETTLED)
        for sentence in crowd.lost:
            self._must(False, f"{name}: {sentence}")
        self._must(bool(crowd.seconds), f"{name}: nobody came through")
        self.figures[name] = {
            "took": round(took, 1),
            "visits": len(crowd.seconds),
            "lost": len(crowd.lost),
            "median": round(statistics.median(crowd.seconds or [0]), 2),
            "longest": round(max(crowd.seconds, default=0), 1),
        }
        print(f"{name}: {self.figures[name]}", flush=True)

    def _must(self, holds: bool, sentence: str) -> None:
        if not holds:
            self.violations.append(sentence)
            print("  " + sentence, flush=True)

    # --- What is done -----------------------------------------------------------------------------

    def restart_pool(self) -> None:
        self.site.machines["web1"].systemctl("restart", "portal-web@candidates")

    def kill_pool(self) -> None:
        self.site.machines["web2"].kill("portal-web@candidates")
        self.site.wait_for("web2")

    def restart_front(self) -> None:
        self.site.machines["front"].systemctl("reload", "haproxy")
        self.site.machines["front"].systemctl("restart", "haproxy")

    def roll_static_files(self) -> None:
        """One machine has the next release, whose pages name files that the other has not. Each is asked for once: a
        second time HAProxy has it."""
        folder, sums = "/opt/portal/static/next/portal", range(16)
        self.asked_for += 1
        names = [f"drill.{self.asked_for:06x}{one:06x}.css" for one in sums]
        web1 = self.site.machines["web1"]
        for name in names:
            web1.write(f"{folder}/{name}", "p { color: black }", mode="644")
        web1.run("chown", "-R", "portal", "/opt/portal/static/next")
        web1.systemctl("restart", "portal-web@candidates")
        first, *others = (f"/static/portal/{name}" for name in names)
        wait_until(lambda: self.officer.get(first).status == 200, "nobody has the style sheet")
        for address in others:
            answer = self.officer.get(address)
            self._must(answer.status == 200, f"A style sheet is answered {answer.status}.")

    def restart_database(self) -> None:
        self.site.machines["database"].systemctl("restart", "database")

    def upload_over_two(self) -> None:
        """The machine that takes the first half loses its power; the other takes the second."""
        data = b"%PDF-1.7\n" + self.dice.randbytes(6 * MEGABYTE) + b"\n%%EOF\n"
        exchange = f"/file-exchange/{CENTRES[1]}/{CENTRES[0]}/"
        web1, web2 = self.site.machines["web1"], self.site.machines["web2"]
        web2.systemctl("stop", "portal-web@transfers.socket", "portal-web@transfers")
        address = self.officer.begin_upload(exchange, "drill.pdf", len(data))
        self.officer.upload(address, data, until=len(data) // 2)
        web2.systemctl("start", "portal-web@transfers.socket", "portal-web@transfers")
        self.site.wait_for("web2")
        web1.cut_off()
        file = self.officer.upload(address, data, until=len(data))
        web1.boot(self.site.binds)
        self.site.wait_for("web1")
        came = patiently(lambda: self.officer.get(f"{file}1/download/"), 200)
        self._must(came.body == data, "A file did not arrive as it was sent.")

    def letters_without_a_worker(self) -> None:
        """It is killed while it makes letters."""
        self._letters(lambda: self.site.machines["worker"].kill("portal-worker@1"))

    def letters_while_it_restarts(self) -> None:
        self._letters(lambda: self.site.machines["worker"].systemctl("restart", "portal-worker@1"))

    def letters_without_objects(self) -> None:
        """The storage is away for a moment. (moto keeps nothing: it is frozen, not ended.)"""

        def away() -> None:
            self.site.machines["objects"].kill("objects", "STOP")
            time.sleep(5)
            self.site.machines["objects"].kill("objects", "CONT")

        self._letters(away)

    def _letters(self, meanwhile: Callable[[], object]) -> None:
        at = f"/candidate-results/2026-06/{CENTRES[1]}/"
        address = self.officer.create_letters(at)
        time.sleep(self.dice.uniform(0, 1.5))
        meanwhile()
        logins = self.officer.letters(address)
        self._must(len(logins) == CANDIDATES // 2, f"{len(logins)} letters were made.")
        self.letters_made += len(logins)
        for login in self.dice.sample(logins, 10):
            visit(self.site.site, *login)
            self.logins_tried += 1


SHORT = ("upload_over_two", "letters_without_a_worker")
ALL = (
    *(
        "restart_pool",
        "kill_pool",
        "roll_static_files",
        "restart_front",
        "restart_database",
        "upload_over_two",
    ),
    *("letters_without_a_worker", "letters_while_it_restarts", "letters_without_objects"),
)


def run(*, times: int, seed: int, rounds: Sequence[str] = ALL) -> dict:
    """Each of these so often; what was found."""
    start = time.monotonic()
    with deployed(DEMO="true", MFA_REQUIRED="false") as site:
        drill = Drill(site, seed)
        drill.begin()
        for number in range(1, times + 1):
            for name in rounds:
                drill.round(f"{name} {number}", getattr(drill, name))
        if drill.violations:
            print(site.logs(), flush=True)
    return {
        "seed": seed,
        "seconds": site.seconds | {"in all": round(time.monotonic() - start)},
        "rounds": drill.figures,
        "visits": sum(one["visits"] for one in drill.figures.values()),
        "visits_lost": sum(one["lost"] for one in drill.figures.values()),
        "letters_made": drill.letters_made,
        "logins_tried": drill.logins_tried,
        "violations": drill.violations,
    }
