"""The drill for the oracle: nobody can find out what is wrong with a login that does not open (rule 16).

A wrong username, a wrong password, both, and a login that has ended are tried in random order, through
the whole site as gunicorn calls it. All must be answered with the same bytes and headers; and Welch's t
of the times that they take, each kind against each other, must stay below 3: by the clock, which is what
a stranger has, and by the processor's time, which sees more, as nothing else on the machine blurs it
(but the database's, where that is a server). The same is then done to a naive site, which looks the
username up and then compares: if the drill does not see that, it is blind.
"""

import gc
import hashlib
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import combinations
from math import sqrt
from statistics import fmean, variance
from typing import Any
from urllib.parse import urlencode

from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from credentials.logins import authentication, secret
from credentials.logins.secret import Secret
from credentials.models import Credentials
from demo.cohort.centres import make_centres, make_series, make_syllabuses
from portal.request_ids import HEADER
from tests.bench.cohort import make_candidates, make_logins
from tests.bench.environment import analyze, database_name
from tests.bench.measure import percentile, table

EACH = 1_000  # candidates with a login, and as many whose login has ended
T_AT_MOST = 3.0
NAIVE, FEWEST = 100, 300  # so many times fewer tries show what a naive site gives away
SLOWEST = (
    90  # per cent: what took longer than these, of whatever kind, was held up by something else
)

Application = Callable[..., Any]
Answer = tuple[str, list[tuple[str, str]], bytes]
Times = dict[str, list[int]]  # kind -> nanoseconds of each try
Pair = tuple[str, str]


class Tries:
    """Logins that do not open, of each kind, none of them tried twice unless it is one that has ended."""

    def __init__(self, seed: int, each: int = EACH) -> None:
        self.dice = random.Random(seed)
        series = make_series()
        centres = make_centres(series, first=10001, associates=1)
        make_candidates(series, centres, make_syllabuses()[:2], each=each)
        read = [secret.read(*login) for login in make_logins(series, centres)]
        logins = [login for login in read if login]
        self.dice.shuffle(logins)
        self.live, self.ended = logins[:each], logins[each:]
        digests = [secret.current_digest(login)[1] for login in self.ended]
        Credentials.objects.filter(digest__in=digests).update(
            revoked_at=timezone.now(), revoked_because=Credentials.Reason.REPLACED
        )
        analyze()

    def kinds(self) -> dict[str, Callable[[], Secret]]:
        return {
            "wrong username": lambda: self._drawn(
                lambda new, live, ended: Secret(new.username, live.password)
            ),
            "wrong password": lambda: self._drawn(
                lambda new, live, ended: Secret(live.username, new.password)
            ),
            "both wrong": lambda: self._drawn(lambda new, live, ended: new),
            "ended": lambda: self._drawn(lambda new, live, ended: ended),
        }

    def _drawn(self, chosen: Callable[[Secret, Secret, Secret], Secret]) -> Secret:
        """One login of a kind. As much is made and drawn for each kind, in the same order, so that none
        finds the processor's caches another than the others do when the clock starts."""
        return chosen(secret.make(), self.dice.choice(self.live), self.dice.choice(self.ended))


def run(*, times: int, seed: int) -> dict:
    """So many tries of each kind; what was found."""
    print(f"{database_name()}, seed {seed}")
    began = time.perf_counter()
    tries, application = Tries(seed), get_wsgi_application()
    violations = differing_answers(application, tries)
    ours = told(f"This site, {times:,} tries of each kind", measure(application, tries, times))
    violations += [
        f"By the {clock}, {one} and {other} can be told apart: t is {t:.1f}."
        for clock, ts in ours.items()
        for (one, other), t in ts.items()
        if abs(t) >= T_AT_MOST
    ]
    with naive(tries):
        few = max(FEWEST, times // NAIVE)
        theirs = told(f"A naive site, {few:,}", measure(application, tries, few))
    seen = {clock: abs(ts["wrong username", "wrong password"]) for clock, ts in theirs.items()}
    if max(seen.values()) < T_AT_MOST:
        violations.append(f"The drill is blind: on a naive site t is {seen}.")
    return {
        "tries_of_each_kind": times,
        "seed": seed,
        "seconds": round(time.perf_counter() - began, 1),
        **{
            f"largest_t_{clock}": round(max(map(abs, ts.values())), 2) for clock, ts in ours.items()
        },
        **{f"naive_t_{clock}": round(t, 1) for clock, t in seen.items()},
        "violations": violations,
    }


def differing_answers(application: Application, tries: Tries) -> list[str]:
    """The kinds whose answer is not, byte for byte, that of the first; but for what was typed, which
    is written back."""
    answers = {}
    for kind, login_of in tries.kinds().items():
        login = login_of()
        answers[kind] = masked(ask(application, request(login)), login)
    first = next(iter(answers.values()))
    return [f"{kind} is answered differently." for kind in answers if answers[kind] != first]


def masked(answer: Answer, login: Secret) -> Answer:
    status, headers, content = answer
    for typed in (login.grouped_username, login.grouped_password):
        content = content.replace(typed.encode(), b"TYPED")
    return status, headers, content


def measure(application: Application, tries: Tries, times: int) -> dict[str, Times]:
    """By which clock -> what each try took. In random order, so that whatever else the machine does
    hits all kinds alike; without the collector of garbage, which would hit some."""
    kinds = tries.kinds()
    by_clock: Times = {kind: [] for kind in kinds}
    by_processor: Times = {kind: [] for kind in kinds}
    for kind in list(kinds) * 20:  # everything is warm
        ask(application, request(kinds[kind]()))
    gc.collect()
    gc.disable()
    try:
        for done in range(times):
            for kind in tries.dice.sample(list(kinds), len(kinds)):
                environ = request(kinds[kind]())
                start, start_of_processor = time.perf_counter_ns(), time.thread_time_ns()
                ask(application, environ)
                end_of_processor, end = time.thread_time_ns(), time.perf_counter_ns()
                by_clock[kind].append(end - start)
                by_processor[kind].append(end_of_processor - start_of_processor)
            if done % 500 == 0:
                gc.collect()
            if done and done % 10_000 == 0:
                print(f"{done:,} tries of each kind", flush=True)
    finally:
        gc.enable()
    return {"clock": by_clock, "processor": by_processor}


def welch(took: Times) -> dict[Pair, float]:
    """Welch's t of each pair of kinds. The slowest of all, by one limit for every kind, are left out."""
    limit = percentile([one for of_kind in took.values() for one in of_kind], SLOWEST)
    stored = {kind: [one for one in of_kind if one <= limit] for kind, of_kind in took.items()}
    return {
        (one, other): welchs_t(stored[one], stored[other]) for one, other in combinations(stored, 2)
    }


def welchs_t(one: list[int], other: list[int]) -> float:
    """The difference of the means, in units of what chance alone would make of it."""
    chance = variance(one) / len(one) + variance(other) / len(other)
    return (fmean(one) - fmean(other)) / sqrt(chance)


def told(title: str, measured: dict[str, Times]) -> dict[str, dict[Pair, float]]:
    """Print what was measured; by which clock -> Welch's t of each pair."""
    for clock, took in measured.items():
        rows = [
            [kind, *(percentile(of_kind, at) / 1e3 for at in (10, 50, 90))]
            for kind, of_kind in took.items()
        ]
        table(f"{title}, by the {clock}", ["", "µs: 10 %", "50 %", "90 %"], rows)
    ts = {clock: welch(took) for clock, took in measured.items()}
    pairs = [
        [", ".join(pair), *(of_clock[pair] for of_clock in ts.values())] for pair in ts["clock"]
    ]
    table("Welch's t", ["", *ts], pairs)
    return ts


def request(login: Secret) -> dict[str, Any]:
    body = urlencode(
        {"username": login.grouped_username, "password": login.grouped_password}
    ).encode()
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/results/",
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def ask(application: Application, environ: dict[str, Any]) -> Answer:
    """Status, headers and bytes, as gunicorn takes them."""
    started = []
    response = application(environ, lambda *answer: started.append(answer))
    content = b"".join(response)
    response.close()
    status, headers = started[0][:2]
    return status, [one for one in headers if one[0] != HEADER], content  # the request's own id


@contextmanager
def naive(tries: Tries) -> Iterator[None]:
    """The site with a sign-in as one would first write it: find the username, then compare the hash.
    It asks one query as well, and takes a hundredth of the rounds that Django's own hasher would."""
    usernames = {login.username: secret.current_digest(login)[1] for login in tries.live}

    def look_up(login: secret.Secret) -> Credentials | None:
        digest = usernames.get(login.username, b"")
        found = Credentials.objects.filter(digest=digest, revoked_at=None).first()
        if found:
            hashlib.pbkdf2_hmac(
                "sha256", login.password.encode(), b"salt", 10_000
            )  # never the right one
        return None

    ours, authentication.opened_by = authentication.opened_by, look_up
    try:
        yield
    finally:
        authentication.opened_by = ours
