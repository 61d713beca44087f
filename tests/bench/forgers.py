"""Results day with a thousand who send made-up logins, as fast as they are answered, from ten addresses.

Meanwhile real candidates come: a school of two thousand behind one address, of whom every tenth mistypes first, and
a thousand from elsewhere. Whoever is asked to come back does so as told, with what was typed. Each is let in, or not,
within the time that is measured.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count, islice
from time import perf_counter

from credentials.logins import secret
from tests.bench.measure import percentile, table
from tests.bench.overload import Site
from tests.bench.visitors import (
    SIGN_IN,
    Asking,
    Crowd,
    Login,
    Visitor,
    expect,
    header,
    request,
    sign_in,
    typed,
    visit,
)

FORGERS, ADDRESSES = 1_000, 10
SCHOOL, ELSEWHERE = 2_000, 1_000
RATE = 60  # candidates a second
PATIENCE = 60  # seconds after the last has come
MISTYPES = 10  # every tenth of the school


def forgers(site: Site, visitors: ProcessPoolExecutor, *, quick: bool) -> dict[str, float]:
    school, elsewhere, many = (40, 20, 50) if quick else (SCHOOL, ELSEWHERE, FORGERS)
    logins = list(islice(site.logins, school + elsewhere))
    made_up = [_made_up() for _ in range(many)]
    told = visitors.submit(flood, site.port, logins, school, made_up).result()
    table(
        f"{many:,} forgers on {ADDRESSES} addresses",
        ["", "came", "let in", "%", "seconds, half", "99 % within s"],
        [
            [name, float(all_), float(len(took)), 100 * len(took) / all_, *_spread(took)]
            for name, all_, took in (
                ("a school behind one address", school, told.school),
                ("from elsewhere", elsewhere, told.elsewhere),
            )
        ],
    )
    print(f"{told.forged:,} made-up logins were answered meanwhile")
    return {
        "forgers_real_logins_share": (len(told.school) + len(told.elsewhere)) / len(logins),
        "forgers_school_share": len(told.school) / school,
    }


def _spread(took: list[float]) -> list[float]:
    return [percentile(took, percent) for percent in (50, 99)] if took else [0, 0]


def _made_up() -> Login:
    """A login that reads like one, and is nobody's."""
    login = secret.make()
    return Login(login.grouped_username, login.grouped_password)


@dataclass
class Told:
    school: list[float] = field(default_factory=list)  # seconds until each visit was complete
    elsewhere: list[float] = field(default_factory=list)
    forged: int = 0


def flood(port: int, logins: Sequence[Login], school: int, made_up: Sequence[Login]) -> Told:
    """Let all of them come, and say who was let in."""
    told, order = Told(), count()
    back: list[tuple[float, int, Visitor]] = []
    waiting = [(login, number < school) for number, login in enumerate(logins)]
    coming = iter(sorted(waiting, key=lambda one: hash(one[0].username)))
    with Crowd(port) as crowd:
        for number, login in enumerate(made_up):
            source = f"127.0.1.{number % ADDRESSES + 1}"
            crowd.come(Visitor(login, _forges(login), source))
        start, came, left = perf_counter(), 0, len(logins)
        while left and perf_counter() - start < len(logins) / RATE + PATIENCE:
            now = perf_counter() - start
            while came < now * RATE and (one := next(coming, None)):
                crowd.come(_candidate(*one, number=came))
                came += 1
            while back and back[0][0] <= now:
                crowd.ask(heappop(back)[2])
            for visitor in crowd.answered(0.005):
                forger = visitor.source.startswith("127.0.1.")
                if not forger and visitor.answer.startswith(b"HTTP/1.1 503 "):
                    after = int(header(visitor.answer, b"retry-after"))
                    visitor.answer = b""
                    heappush(back, (now + after, next(order), visitor))
                elif crowd.goes_on(visitor):
                    told.forged += forger
                else:
                    left -= 1
                    of_school = visitor.source == "127.0.2.1"
                    (told.school if of_school else told.elsewhere).append(visitor.seconds())
    return told


def _candidate(login: Login, of_school: bool, *, number: int) -> Visitor:
    if not of_school:
        return Visitor(login, visit(login), f"127.0.3.{number % 200 + 1}")
    mistypes = number % MISTYPES == 0
    return Visitor(login, _mistyped(login) if mistypes else visit(login), "127.0.2.1")


def _forges(login: Login) -> Asking:
    while True:
        yield request("POST", SIGN_IN, body=typed(login))


def _mistyped(login: Login) -> Asking:
    wrong = login._replace(
        password=f"{login.password[:-1]}{'2' if login.password[-1] != '2' else '3'}"
    )
    expect((yield request("POST", SIGN_IN, body=typed(wrong))), 200, SIGN_IN)
    yield from sign_in(login)
