"""*Groups*: the officer's own, by which letters can be printed (rule 14)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from centres import groups
from centres.access import SignedInRequest, acting_for
from centres.edit_conflict import EditConflict
from centres.forms.groups import GroupsForm, PutInGroupForm
from centres.models import Candidate
from centres.ticks import ticked_numbers
from core.http import posted


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, series: str, centre: str) -> HttpResponse:
    acting = acting_for(request.user, series, centre)
    if not acting.may_act():
        return redirect("credentials:centre", series, centre)
    form = GroupsForm(request.POST or None, now=groups.groups_of(acting.centre, acting.series))
    if form.is_valid():
        wanted = form.cleaned_data
        try:
            groups.save(
                centre=acting.centre,
                series=acting.series,
                by=request.user,
                groups=wanted["groups"],
                was=wanted["was"],
            )
        except EditConflict:
            form.show_edit_conflict(groups.groups_of(acting.centre, acting.series))
        else:
            messages.success(
                request, "The groups are saved. Letters can be downloaded in their order."
            )
            return redirect("credentials:centre", series, centre)
    return render(request, "centres/groups.html", {"acting": acting, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def put_in_group(request: SignedInRequest, series: str, centre: str) -> HttpResponse:
    """Ask into which group, of whoever is ticked in the list of candidates; then put them there."""
    acting = acting_for(request.user, series, centre)
    numbers = ticked_numbers(request.POST)
    of_centre = Candidate.objects.filter(centre=acting.centre, series=acting.series)
    candidates = list(of_centre.filter(number__in=numbers).order_by("number"))
    if not acting.may_act() or not candidates:
        return redirect("credentials:centre", series, centre)
    form = PutInGroupForm(request.POST if "put" in request.POST else None)
    if form.is_valid():
        group = form.cleaned_data["group"]
        count = groups.put_in_group(
            centre=acting.centre,
            series=acting.series,
            by=request.user,
            numbers=numbers,
            group=group,
        )
        candidates_are = "1 candidate is" if count == 1 else f"{count} candidates are"
        messages.success(
            request, f"{candidates_are} in {f'group {group}' if group else 'no group'}."
        )
        return redirect("credentials:centre", series, centre)
    there = set(groups.groups_of(acting.centre, acting.series).values()) - {""}
    names = sorted(there, key=groups.place)
    context = {"acting": acting, "form": form, "candidates": candidates, "names": names}
    kept = [
        (name, value) for name, value in posted(request) if name in ("candidate", "also", "show")
    ]
    return render(request, "centres/put_in_group.html", context | {"posted": kept})
