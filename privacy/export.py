"""What is kept of one person, as a file for that person: `person.json` for machines, `person.txt` to read.

It opens no grade early and tells of no hold (rules 18 and 19): of results it holds what the candidate could see
on the candidate site at this moment, asked of the same gate (`results.release`), and says when the others come.
The marks of components, which no candidate sees here, and secrets – the digest of a login, usernames and passwords –
are not in it. Nor is anybody else: who of the staff did something is not told.
"""

import datetime as dt
import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.utils import timezone

from accounts.models import AccountEvent, User
from centres.models import Candidate
from credentials.models import Credentials
from exchange.models import Upload
from privacy.audit_trail import acts_of
from privacy.person import place_of
from results.models import ResultChange
from results.release import Line, results_for
from sealed.models import Keyholder

ABOUT = (
    "What {board} keeps of this person on its site for exam results, {at}. Results that cannot be seen yet are "
    "not in it: each says when it can be. Files and letters that name other people too are not in it."
)


def of_candidates(candidates: list[Candidate], *, at: dt.datetime | None = None) -> bytes:
    """The zip file."""
    at = at or timezone.now()
    return _zipped({"series": [_candidate(one, at) for one in candidates]}, at)


def of_account(user: User, *, at: dt.datetime | None = None) -> bytes:
    at = at or timezone.now()
    return _zipped({"account": _account(user)}, at)


def _candidate(one: Candidate, at: dt.datetime) -> dict[str, Any]:
    lines = {line.code: line for line in results_for(one, at=at)} if one.series_id else {}
    entries = one.entries.select_related("syllabus").order_by("syllabus__code")
    return {
        "where": place_of(one),
        "name": one.name,
        "date of birth": one.date_of_birth,
        "UCI": one.uci,
        "candidate number": one.number,
        "group": one.group,
        "chosen at Edit status": hasattr(one, "selection"),
        "entries": [
            {
                "syllabus": f"{entry.syllabus.code} {entry.syllabus.title}",
                "option": entry.option_code,
                "withdrawn": entry.withdrawn,
                **_result(lines.get(entry.syllabus.code), entry.pk),
            }
            for entry in entries
        ],
        "logins": [_login(login) for login in one.credentials.select_related("letter_file")],
    }


def _result(line: Line | None, entry: int) -> dict[str, Any]:
    if line is None or line.grade is None:
        return {"result": "not shown", "can be seen from": line and line.visible_from}
    changes = ResultChange.objects.filter(result__entry=entry, at__gte=line.came_at)
    return {
        "result": line.grade,
        "PUM": line.pum,
        "could be seen from": line.visible_from,
        "corrected": [{"at": one.at, "before": one.old_grade} for one in changes.order_by("at")],
    }


def _login(one: Credentials) -> dict[str, Any]:
    return {
        "letter": one.issue_number,
        "printed for": f"{one.printed_number} {one.printed_name}, {one.printed_centre}",
        "made": one.created_at,
        "ended": one.revoked_at,
        "first used": one.first_signed_in_at,
        "results first seen": one.results_first_seen_at,
        "results last seen": one.results_seen_at,
        "results seen of": one.syllabuses_seen.strip(","),
        "letter is kept": one.letter_file.wrapped_key is not None,
    }


def _account(user: User) -> dict[str, Any]:
    sessions = UserSession.objects.filter(user=user).order_by("created_at")
    events = AccountEvent.objects.filter(account=user).order_by("at")
    return {
        "username": user.username,
        "name": user.name,
        "e-mail": user.email,
        "of the board": user.is_superuser,
        "since": user.date_joined,
        "last sign-in": user.last_login,
        "works at": [
            {
                "centre": one.centre.number,
                "role": one.role,
                "since it was suspended": one.suspended_at,
            }
            for one in user.memberships.select_related("centre")
        ],
        "second factors": [
            {"kind": one.type, "made": one.created_at}
            for one in Authenticator.objects.filter(user=user)
        ],
        "keyholder": [
            {
                "made": one.made_at,
                "appointed": one.appointed_at,
                "tried": one.tried_at,
                "retired": one.retired_at,
            }
            for one in Keyholder.objects.filter(user=user)
        ],
        "sessions": [
            {"from": one.ip, "with": one.user_agent, "last": one.last_seen_at} for one in sessions
        ],
        "done with the account": [{"what": one.words, "at": one.at} for one in events],
        "uploads under way": Upload.objects.filter(by=user).count(),
        "did": list(acts_of(user.username)),
    }


def _zipped(facts: dict[str, Any], at: dt.datetime) -> bytes:
    about = ABOUT.format(board=settings.BOARD_NAME, at=f"{at:%d %B %Y, %H:%M} UTC")
    everything = {"about": about, "made": at, **facts}
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(
            "person.json", json.dumps(everything, default=str, ensure_ascii=False, indent=2)
        )
        made.writestr("person.txt", "\n".join(_read(everything)) + "\n")
    return file.getvalue()


def _read(value: Any, depth: int = 0) -> Iterator[str]:
    """As lines that people read, what belongs together further in."""
    indent = "  " * depth
    for name, one in value.items():
        if isinstance(one, dict):
            yield f"{indent}{name}:"
            yield from _read(one, depth + 1)
        elif isinstance(one, list):
            yield f"{indent}{name}:{'' if one else ' none'}"
            for each in one:
                yield from _read(each, depth + 1)
                yield ""
        elif one not in (None, ""):
            yield f"{indent}{name}: {_word(one)}"


def _word(one: Any) -> str:
    if isinstance(one, bool):
        return "yes" if one else "no"
    return f"{one:%d %B %Y, %H:%M} UTC" if isinstance(one, dt.datetime) else str(one)
