"""A preview of a candidate's letter: the very letter, but without a login, before anything is made.

It can be had before credentials can be created, so that contact and times are seen in good time;
nothing is stored, and nobody can sign in with it. Where the main centre has not given the centre
access there is none (rule 9).
"""

from dataclasses import replace

from django.db.models import Exists, OuterRef

from centres.models import Candidate, Centre, Entry, Series
from centres.status import with_access
from centres.terms import terms_for
from core.pdf.coverage import missing_in
from credentials.letters.eligibility import NO_CENTRE_ACCESS
from credentials.letters.facts import facts_for
from credentials.letters.letter import Printing
from credentials.letters.pdf import make_pdf
from credentials.logins.secret import Secret

NOBODY = Secret("", "")  # no login: SAMPLE is printed in its place
UNKNOWN = "\N{EM DASH}"


class CannotPreview(Exception):
    """There is no letter to show; the text says why."""


def sample_letter(
    centre: Centre,
    series: Series,
    *,
    number: str = "",
    printing: Printing = Printing(),  # noqa: B008
) -> bytes:
    """The sample of one candidate's letter, as a PDF; of the first who can have one when no
    `number` is named. Raises CannotPreview, and CannotPrint when the fonts lack a character."""
    if not terms_for(centre, series).access:
        raise CannotPreview(NO_CENTRE_ACCESS)
    candidate = _candidate(centre, series, number)
    [facts] = facts_for(centre, series, [candidate.pk], only_with_access=False)
    letter = facts.letter(NOBODY)
    letter = replace(letter, contact_name=letter.contact_name or UNKNOWN)
    return make_pdf([letter], replace(printing, sample=True))


def _candidate(centre: Centre, series: Series, number: str) -> Candidate:
    valid = Entry.objects.valid().filter(candidate=OuterRef("pk"))
    entered = Candidate.objects.filter(Exists(valid), centre=centre, series=series)
    if number:
        entered = entered.filter(number=number)
    ordered = with_access(entered).order_by("-has_access", "number")
    printable = (one for one in ordered.iterator() if not missing_in(one.name))
    found = next(printable, None) or ordered.first()
    if found is None:
        raise CannotPreview(
            "There is no letter to preview: no such candidate of this centre has a valid entry."
        )
    return found
