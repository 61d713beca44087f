"""Changes of results at a centre (for a main centre, at its Associate Centres too): corrections, and results
that came late, since a day or since this person last marked them as seen.

Read through `results.history`, and so through the staff's gate. What has been seen is set by the person,
for each centre and series apart, and never goes back; looking at the page alone sets nothing. A mark is
the moment of the last change that was committed when the page was made (`results.last_change`), no clock.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from centres.models import Centre, Series
from core import csv_files
from core.dates import local
from core.errors import log_error
from results import last_change
from results.exports.heading import ABOUT, heading_of
from results.exports.selection import Selection
from results.history import Change, changes_of
from results.models import ChangesSeen

TITLE = "What changed"
MOST = 1_000  # changes at a centre that are looked at
HEADS = [
    *("Centre", "Candidate number", "Name", "Syllabus", "Title"),
    *("When (local)", "From", "Grade from", "PUM from", "To", "Grade to", "PUM to", "Reason"),
    *("Since", *ABOUT),
]


class NewChanges(NamedTuple):
    """So many results, or more than that."""

    results: int
    or_more: bool


class NotSent(Exception):
    """The mail was not sent; the text says why."""


def seen_until(user: AbstractUser, centre: Centre, series: Series) -> dt.datetime | None:
    """Up to when this person has marked what changed here as seen; what came after it is new."""
    marks = ChangesSeen.objects.filter(user=user.pk, centre=centre, series=series)
    return marks.values_list("at", flat=True).first()


def new_since(mark: dt.datetime | None) -> dt.datetime | None:
    """The first instant at which something is new to who has marked all up to another."""
    return mark and mark + last_change.NEXT


def mark_seen(
    *,
    by: AbstractUser,
    centre: Centre,
    series: Series,
    until: dt.datetime,
    at: dt.datetime | None = None,
) -> None:
    """All that changed until then has been seen; never later than now, nor earlier than before."""
    until = min(until, at or timezone.now())
    with transaction.atomic():
        mark, is_new = ChangesSeen.objects.select_for_update().get_or_create(
            user_id=by.pk, centre=centre, series=series, defaults={"at": until}
        )
        if not is_new and mark.at < until:
            mark.at = until
            mark.save(update_fields=["at"])


def changed(
    selection: Selection, *, since: dt.datetime | None, at: dt.datetime | None = None
) -> Iterator[Change]:
    """In order of centre, candidate and syllabus, the latest first of each."""
    return changes_of(selection.entries, selection.series, user=selection.user, since=since, at=at)


def new_changes(
    user: AbstractUser, homes: Collection[Centre], series: Series, *, at: dt.datetime | None = None
) -> dict[str, NewChanges]:
    """Number of the centre -> what has changed that this person has not marked as seen, where anything has:
    at a main centre, at its Associate Centres too (one query, and two or three for each of these centres).
    No grade comes of it."""
    marks = dict(
        ChangesSeen.objects.filter(user=user.pk, series=series).values_list("centre", "at")
    )
    found = {}
    for home in homes:
        entries = Selection(user, home, series, together=True).entries
        changes = changes_of(entries, series, user=user, since=new_since(marks.get(home.pk)), at=at)
        if told := [one.entry for one in islice(changes, MOST)]:
            found[home.number] = NewChanges(len(set(told)), len(told) == MOST)
    return found


def changes_csv(
    selection: Selection, *, since: dt.datetime | None, at: dt.datetime | None = None
) -> tuple[str, Iterator[bytes]]:
    """The name of the file, and its pieces."""
    heading = heading_of(TITLE, selection, at=at)
    from_when = local(since, selection.centre) if since else "the release"
    about = [from_when, *heading.about]
    rows = (
        [*_row(one, selection.centre), *about]
        for one in changed(selection, since=since, at=heading.made_at)
    )
    return heading.file_name("csv"), csv_files.pieces(rows, heads=HEADS)


def mail_changes(
    selection: Selection, *, link: str, since: dt.datetime | None, at: dt.datetime | None = None
) -> None:
    """Mail this person how many results changed at which centres, with the way there: no name, no
    grade. Raises NotSent."""
    if not settings.HAS_MAIL or not selection.user.email:
        raise NotSent("There is no e-mail address to send it to.")
    many = Counter(one.centre for one in changed(selection, since=since, at=at))
    if not many:
        raise NotSent("Nothing has changed, so no e-mail was sent.")
    facts = {
        "selection": selection,
        "many": sorted(many.items()),
        "total": many.total(),
        "since": since and local(since, selection.centre),
        "link": link,
        "BOARD_NAME": settings.BOARD_NAME,
    }
    text = render_to_string("results/changes_mail.txt", facts)
    subject = f"Results have changed: {selection.centre.number}, {selection.series}"
    try:
        send_mail(subject, text, None, [selection.user.email])
    except OSError as error:  # as smtplib's errors are
        log_error(error, f"mail to account {selection.user.pk}")
        raise NotSent(
            "The e-mail could not be sent. Try again later, or download the file."
        ) from None


def _row(one: Change, centre: Centre) -> list:
    return [
        *(one.centre, one.number, one.name, one.code, one.title, local(one.at, centre)),
        *(one.old_grade, one.old_plain, one.old_pum),
        *(one.new_grade, one.new_plain, one.new_pum, one.reason),
    ]
