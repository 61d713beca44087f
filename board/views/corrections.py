"""Correct a result; confirm or refuse what somebody else has proposed."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.reauthentication import require_recent_password
from accounts.requests import StaffRequest
from board import corrections
from board.forms.corrections import CorrectionForm
from board.models import ProposedCorrection
from board.views.proposals import REFUSED, decide, done, facts, is_right, posted
from core.ask_pages import AskAgain
from results.models import Result

NAMED = "result__entry__syllabus__qualification", "result__entry__candidate__centre"

STALE = "The result was changed after this was proposed, so it cannot be confirmed. Refuse it, and propose it again."


@require_safe
def show_all(request: StaffRequest) -> HttpResponse:
    """What waits, and what was decided lately."""
    found = ProposedCorrection.objects.all()
    context = {"waiting": found.waiting(), "decided": found.exclude(decided_at=None)[:25]}
    return render(request, "board/corrections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: StaffRequest, result: int) -> HttpResponse:
    """The form; then what it would do; then it is proposed, or done where nobody can see it yet."""
    entries = Result.objects.select_related(
        "entry__syllabus__qualification", "entry__candidate__centre", "entry__candidate__series"
    )
    found = get_object_or_404(entries, pk=result)
    require_recent_password(request)
    proposal = ProposedCorrection(result=found)
    told = corrections.told_of(found)
    two = told.takes_two
    if request.method != "POST":
        initial = {"grade": found.grade, "pum": found.pum}
        return _form(request, CorrectionForm(instance=proposal, initial=initial), two)
    form = CorrectionForm(request.POST, instance=proposal)
    if not is_right(form, corrections.check) or "change" in request.POST:
        return _form(request, form, two)
    if "confirmed" not in request.POST:
        return _ask(request, form, told)
    act = corrections.propose if two else corrections.correct
    counted = request.POST.get("counted", "")
    try:
        if not done(form, lambda: act(proposal, by=request.user, counted=counted)):
            return _form(request, form, two)
    except AskAgain as again:
        return _ask(request, form, again.now, asked_again=True)
    if two:
        said = "Proposed. It takes effect once somebody else at the board confirms it."
        messages.success(request, said)
        return redirect("board:correction", proposal.pk)
    messages.success(request, "The result is corrected.")
    candidate = found.entry.candidate
    if candidate.centre is None:  # somebody else has the number now
        return redirect("board:corrections")
    return redirect(
        "board:candidate", candidate.series.slug, candidate.centre.number, candidate.number
    )


def _ask(
    request: StaffRequest,
    form: CorrectionForm,
    told: corrections.Told,
    *,
    asked_again: bool = False,
) -> HttpResponse:
    context = {
        "proposal": form.instance,
        "two": told.takes_two,
        "counted": told.counted,
        "asked_again": asked_again,
        "posted": posted(request, form),
    }
    return render(request, "board/ask_correction.html", context)


def _form(request: StaffRequest, form: CorrectionForm, two: bool) -> HttpResponse:
    context = {"form": form, "proposal": form.instance, "two": two}
    return render(request, "board/correct.html", context)


@require_safe
def show(request: StaffRequest, correction: int) -> HttpResponse:
    found = _correction(correction)
    context = {
        **facts(request, found),
        "was": {"grade": found.old_grade, "pum": found.old_pum},
        "stale": "" if found.is_about(found.result) else STALE,
    }
    return render(request, "board/correction.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: StaffRequest, correction: int) -> HttpResponse:
    act = partial(corrections.confirm, _correction(correction))
    said = "Confirmed. The result is corrected."
    return decide(request, act, said, "board:correction", correction)


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: StaffRequest, correction: int) -> HttpResponse:
    act = partial(corrections.refuse, _correction(correction))
    return decide(request, act, REFUSED, "board:correction", correction)


def _correction(pk: int) -> ProposedCorrection:
    return get_object_or_404(ProposedCorrection.objects.select_related(*NAMED), pk=pk)
