"""What was done lately in a series, at the centre and at what is attached to it, as the audit trail holds it."""

from dataclasses import dataclass

from accounts.models import User
from centres.models import AuditEvent
from overview.reading import Reading

MOST = 4


@dataclass(frozen=True)
class Done:
    """An event, by whom, and where, if that is not the centre of the page."""

    event: AuditEvent
    by: str
    elsewhere: str


def lately_done(reading: Reading) -> list[Done]:
    """The newest first (two queries)."""
    here = reading.own.centre.number
    numbers = [here, *(row.centre.number for row in reading.attached)]
    rows = AuditEvent.objects.filter(series=str(reading.acting.series), centre__in=numbers)
    events = list(rows[:MOST])
    names = people({event.by for event in events})
    return [
        Done(event, names.get(event.by, event.by), event.centre if event.centre != here else "")
        for event in events
    ]


def person(username: str) -> str:
    """How the person is called, if still there (one query)."""
    return people({username}).get(username, username)


def people(usernames: set[str]) -> dict[str, str]:
    """Username -> how the person is called, of those who are still there (one query)."""
    found = User.objects.filter(username__in=usernames)
    return {user.username: str(user) for user in found}
