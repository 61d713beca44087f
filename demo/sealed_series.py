"""A sealed series in the demo: three keyholders, whose passphrases the demo prints, and a results file that two of
them can open at once (rule 28). Everybody in it is made up."""

import io
import random

from django.utils import timezone

from accounts.models import User
from centres.models import Entry, Series
from demo.fill import BOARD, GRADES
from sealed import ceremonies, checking, giving, keyholders, ring
from sealed.models import Ceremony

THIRD = ("keyholder", "Third keyholder")


def begin(series: Series, *, password: str) -> dict[str, str]:
    """Username -> passphrase of each keyholder."""
    username, name = THIRD
    User.objects.create_superuser(username, f"{username}@example.org", password, name=name)
    users = [User.objects.get(username=username) for username, _ in (*BOARD, THIRD)]
    made = [keyholders.make(user) for user in users]
    appointed = [holder for holder, _ in made]
    one = ceremonies.begin(Ceremony.Kind.CHANGE, by=users[0], appointing=appointed)
    for holder, passphrase in made[: ring.TOGETHER]:
        ceremonies.take_turn(
            one, user=holder.user, passphrase=passphrase, session=holder.user.username
        )
    seal = ring.seal_series(
        series, by=users[0], opens_from=timezone.now().replace(second=0, microsecond=0)
    )
    content = io.BytesIO(_results(series).encode())
    checked = checking.check(series, content)
    giving.keep(
        seal,
        content.getbuffer(),
        checked.counts,
        length=checked.length,
        name="made-up results.csv",
        by=users[0],
    )
    return {holder.user.username: passphrase for holder, passphrase in made}


def _results(series: Series) -> str:
    dice = random.Random(28)  # noqa: S311 # nosec B311 # nothing secret: the same grades every time
    rows = ["series,centre,candidate_number,syllabus,grade,pum"]
    entries = Entry.objects.valid().filter(candidate__series=series)
    of = ("candidate__centre__number", "candidate__number", "syllabus__code")
    for *whose, qualification in entries.order_by(*of).values_list(
        *of, "syllabus__qualification__name"
    ):
        rows.append(",".join([str(series), *whose, dice.choice(GRADES[qualification]), ""]))
    return "\n".join(rows)
