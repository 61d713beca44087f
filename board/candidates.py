"""A candidate as the board looks at them: what they are entered for, which results are stored and held, their login.

Whether a result is there is told, what it is not: a grade stands on the page on which it is corrected.
"""

from django.db.models import OuterRef, QuerySet, Subquery

from centres.models import Candidate, Entry
from credentials.models import Credentials
from results.holds import is_held
from results.models import Result


def entries_of(candidate: Candidate) -> QuerySet[Entry]:
    """With `stored`, the result, or None where none is stored, and `held`."""
    held = is_held(
        series=OuterRef("candidate__series"),
        qualification=OuterRef("syllabus__qualification"),
        centre=OuterRef("candidate__centre"),
        candidate=OuterRef("candidate"),
        entry=OuterRef("pk"),
    )
    stored = Result.objects.filter(entry=OuterRef("pk"))
    found = Entry.objects.filter(candidate=candidate).select_related("syllabus__qualification")
    return found.annotate(stored=Subquery(stored.values("pk")[:1]), held=held).order_by(
        "withdrawn", "syllabus__code"
    )


def login_of(candidate: Candidate) -> Credentials | None:
    return Credentials.objects.live().filter(candidate=candidate).defer("digest").first()
