"""Create and re-create credentials: a sample, and a page that asks and counts before it (rules 12 and 15).

*Create credentials* for whoever has a login replaces it: the button says how many logins end.
"""

from dataclasses import dataclass

from csp.constants import SELF
from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.reauthentication import require_recent_password
from accounts.requests import StaffRequest
from centres.access import ActingFor, acting_for
from core import plain_text
from core.ask_pages import AskAgain
from core.http import inline, posted
from core.pdf.layout import CannotPrint
from credentials.letters import issuing
from credentials.letters.eligibility import NO_ACCESS, CannotCreate
from credentials.letters.letter import Printing
from credentials.letters.preview import CannotPreview, sample_letter
from credentials.letters.selection import Choice, chosen_candidates

MOST_NAMED = 100  # of those whom the page that asks names


class PreviewForm(plain_text.Form):
    """Whose letter, and how it is printed; all can be left out."""

    candidate = forms.CharField(required=False, max_length=4)
    language = forms.ChoiceField(required=False, choices=settings.LANGUAGES)
    large = forms.BooleanField(required=False)


@dataclass(frozen=True)
class Question:
    """`title` stands before a question mark; `button` says for how many, or how many logins end."""

    title: str
    button: str


def question(*, again: bool, new: int, replaced: int) -> Question:
    """`again`: letters are made anew for those who were chosen for that."""
    verb = "Re-create" if again else "Create credentials"
    whom = f"{new + replaced:,} candidate{'' if new + replaced == 1 else 's'}"
    logins = f"{verb} and end {replaced:,} login{'' if replaced == 1 else 's'}"
    title = f"Re-create credentials for {whom}" if again else f"{verb} for {whom}"
    return Question(title, logins if replaced else f"{verb} for {new:,}")


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """Ask, with what will happen to how many; when that is confirmed, let the letters be made."""
    acting = acting_for(request.user, series, centre)
    asked = request.POST if request.method == "POST" else request.GET
    if request.method != "POST" and "only" not in asked:  # as after signing in again
        return redirect("credentials:centre", series, centre)
    chosen = chosen_candidates(acting.centre, acting.series, asked)
    if "counted" not in request.POST:
        plan = issuing.plan(
            centre=acting.centre, series=acting.series, candidates=chosen.candidates
        )
        return _ask(request, acting, chosen, plan)
    require_recent_password(request)
    try:
        file = issuing.request_letters(
            centre=acting.centre,
            series=acting.series,
            by=request.user,
            candidates=chosen.candidates,
            counted=request.POST["counted"],
        )
    except AskAgain as changed:
        return _ask(request, acting, chosen, changed.now)
    except CannotCreate as error:
        messages.error(request, str(error))
        return redirect("credentials:centre", series, centre)
    return redirect("credentials:letter_file", series, centre, file.pk)


def _ask(
    request: StaffRequest, acting: ActingFor, chosen: Choice, plan: issuing.Plan
) -> HttpResponse:
    new, replaced = len(plan.new), len(plan.replaced)
    only = [("only", request.GET["only"])] if "only" in request.GET else []
    context = {
        "acting": acting,
        "chosen": chosen,
        "plan": plan,
        "one": plan.asked[0] if len(plan.asked) == 1 else None,
        "example": next(iter(plan.chosen or plan.impossible.get(NO_ACCESS, [])), None),
        "asked_again": "counted" in request.POST,
        "question": question(again=not new and bool(replaced), new=new, replaced=replaced),
        "rows": plan.chosen[:MOST_NAMED],
        "posted": posted(request) or only,
    }
    return render(request, "credentials/ask_create.html", context)


@require_safe
@csp_update({"object-src": [SELF]})  # type: ignore[arg-type]  # a browser shows a PDF by a plug-in
def preview(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    """A candidate's letter as a sample; when there is none, the centre's page says why."""
    acting = acting_for(request.user, series, centre)
    form = PreviewForm(request.GET)
    if not form.is_valid():
        raise Http404
    wanted = form.cleaned_data
    printing = Printing(wanted["language"] or Printing.language, large=wanted["large"])
    try:
        pdf = sample_letter(
            acting.centre, acting.series, number=wanted["candidate"], printing=printing
        )
    except (CannotPreview, CannotPrint) as error:
        messages.error(request, str(error))
        return redirect("credentials:centre", series, centre)
    name = f"sample-letter-{acting.series.slug}-{acting.centre.number}.pdf"
    return inline(pdf, name)
