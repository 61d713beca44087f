"""One person is removed, where the law lets it, by two people of the board (rules 26 and 27).

One asks, with a reason (`manage.py person erase --by`), a second confirms in the browser, with the password. Nobody
is removed while something stands against it (`why_not`), asked again as it is confirmed. Then the candidate goes, in
every series, with entries, results, history, logins, visits and the page in stored letter files; the audit trail says
that somebody was removed, by whom, and not who it was. An account of staff is stripped: its row stays, for what was
done with it stands in the record until its time.
"""

import datetime as dt
from collections import Counter

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from accounts.sessions import end_visits
from board import proposals
from board.models import ProposedCorrection, ProposedErasure
from board.proposals import CannotPropose
from centres import audit
from centres.models import Candidate, Entry, Release, Series
from core.encryption import CannotOpen
from core.errors import log_error
from credentials.models import Credentials, LetterFile
from exchange.models import Upload
from privacy import doors, letters, series_end
from results.models import ChangesSeen, Hold, Result
from sealed.models import Keyholder

UNDECIDED = ("Q", "Y")  # grades that are still to come
HELD = "Results that show or concern them are held."


def propose(proposal: ProposedErasure, *, by: User, at: dt.datetime | None = None) -> None:
    """The first of two people. Raises CannotPropose."""
    check(proposal, at=at)
    for one in ProposedErasure.objects.waiting():
        if set(one.candidates) & set(proposal.candidates) or (
            proposal.username and one.username == proposal.username
        ):
            raise CannotPropose(f"{one.proposed_by} has proposed this already.")
    proposals.store(proposal, by=by, at=at)
    audit.record("erasure_proposed", by=by, new=_counts(proposal))


def confirm(proposal: ProposedErasure, *, by: User, at: dt.datetime | None = None) -> None:
    """The second of two people: it is done. Raises CannotPropose, NeedsSecondPerson."""
    with proposals.confirming(proposal, by=by, at=at) as one:
        check(one, at=at)
        gone = _strip(one.username) if one.username else _remove(one.candidates)
        audit.record("erasure_confirmed", by=by, new=dict(gone))


def refuse(proposal: ProposedErasure, *, by: User, at: dt.datetime | None = None) -> None:
    """Nothing changes. Raises CannotPropose."""
    with proposals.refusing(proposal, by=by, at=at) as one:
        audit.record("erasure_refused", by=by, new=_counts(one))


def check(proposal: ProposedErasure, *, at: dt.datetime | None = None) -> None:
    """Raises CannotPropose with what stands against it."""
    if proposal.username:
        why = _why_account_stays(User.objects.filter(username=proposal.username).first())
    else:
        found = list(Candidate.objects.filter(pk__in=proposal.candidates).order_by("pk"))
        missing = (
            "They are not all there any more." if len(found) < len(proposal.candidates) else ""
        )
        reasons = (why_not(one, at=at) for one in found)
        why = missing or next(filter(None, reasons), "") or ("" if found else "Nobody is named.")
    if why:
        raise CannotPropose(why)


def why_not(candidate: Candidate, *, at: dt.datetime | None = None) -> str:
    """What stands against it, in a sentence; empty: nothing."""
    at = at or timezone.now()
    series = candidate.series or candidate.former_series
    ends = _review_ends(series) if series else None
    if series is None or ends is None:
        return f"{series} has no release, so it is still open."
    if ends > at:
        return (
            f"{series} is still open: its results can be reviewed until {ends:%d %B %Y} (REVIEW_DAYS), and what "
            "was removed could not be corrected."
        )
    results = Result.objects.filter(entry__candidate=candidate)
    if results.filter(grade__in=UNDECIDED, entry__withdrawn=False).exists():
        return f"Results of {series} are still to come, or under review."
    if ProposedCorrection.objects.waiting().filter(result__in=results).exists():
        return f"A correction of {series} waits for a second person."
    return _why_in_use(candidate, series)


def _why_in_use(candidate: Candidate, series: Series) -> str:
    if series.sealed:
        return f"Results of {series} are still sealed, and could not be loaded without them."
    held, entries = Hold.objects.in_force(), Entry.objects.filter(candidate=candidate)
    if any(held.filter(**of).exists() for of in ({"series": series}, {"candidate": candidate})):
        return HELD
    if held.filter(entry__in=entries).exists():
        return HELD
    making = LetterFile.objects.under_way().filter(series=series)
    return f"Letters of {series} are being made. Wait until they are." if making.exists() else ""


def _review_ends(series: Series) -> dt.datetime | None:
    last = Release.objects.filter(series=series).aggregate(at=Max("candidates_at"))["at"]
    return last and last + series_end.longest_delay(series) + settings.REVIEW_TIME


def _why_account_stays(user: User | None) -> str:
    if user is None:
        return "There is no account with this username."
    if user.is_superuser:
        return "This is an account of the board. Shut it out; two of the board keep what it did in order."
    if Keyholder.objects.current().filter(user=user).exists():
        return "They are a keyholder of sealed results. Two others replace or retire them first."
    at = ", ".join(
        user.memberships.order_by("centre__number").values_list("centre__number", flat=True)
    )
    return f"They are on the staff of {at}. Remove them there first." if at else ""


def _remove(pks: list[int]) -> Counter[str]:
    gone = Counter[str]()
    try:
        logins = Credentials.objects.filter(candidate__in=pks).order_by("pk")
        gone["letter files"] = letters.take_out(list(logins))
    except (CannotOpen, OSError) as error:
        log_error(error, "letters of a person who is to be removed")
        raise CannotPropose(
            "A stored letter of theirs cannot be read at present, so nothing was removed. Try again later."
        ) from None
    for pk in pks:
        with doors.opened(candidate=pk):
            gone += series_end.remove([pk])
    return gone


def _strip(username: str) -> Counter[str]:
    user = User.objects.select_for_update().get(username=username)
    end_visits(user)
    Authenticator.objects.filter(user=user).delete()
    for model, of in ((Upload, "by"), (ChangesSeen, "user")):
        model._default_manager.filter(**{of: user}).delete()
    EmailAddress.objects.filter(user=user).delete()
    user.recoveries.all().delete()
    user.username, user.name, user.email = f"removed-{user.pk}", "", ""
    user.is_active = user.is_staff = False
    user.last_login = None
    user.set_unusable_password()
    user.save()
    return Counter({"accounts": 1})


def _counts(proposal: ProposedErasure) -> dict[str, int]:
    """For the audit trail: how many, and nobody's name."""
    return {"accounts": 1} if proposal.username else {"candidates": len(proposal.candidates)}
