"""*Subcentre Management*: delay, access and contact of every Associate Centre (rules 7 to 11)."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from centres.access import ActingFor, SignedInRequest, acting_for, associates_of
from centres.access_changes import AccessChange
from centres.edit_conflict import EditConflict
from centres.forms.subcentres import SubcentresForm
from centres.subcentre_changes import Changes, what_changes
from centres.subcentres import foreseen, management_of, save
from centres.views.confirm_loss import save_or_ask

PREVIEW = "preview"


@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: SignedInRequest, series: str, centre: str) -> HttpResponse:
    acting = acting_for(request.user, series, centre)
    centres = list(associates_of(acting.centre).order_by("number"))
    if not centres:
        raise Http404
    management = management_of(acting.centre, acting.series, centres)
    form = SubcentresForm(
        request.POST or None,
        management=management,
        centres=centres,
        show=request.GET.get("show", ""),
    )
    here = reverse("centres:subcentres", args=[series, centre])
    conflict = False
    if form.is_bound and form.act == "discard":
        messages.success(request, _discarded(form.unsaved))
        return HttpResponseRedirect(here)
    if form.is_bound and form.act == "save":
        if form.is_valid():
            act = partial(
                save,
                main=acting.centre,
                series=acting.series,
                by=request.user,
                wanted=form.wanted(),
            )
            try:
                return save_or_ask(
                    request,
                    acting,
                    act,
                    verb="Save",
                    words=partial(_saved, acting, form),
                    to=here,
                    tab="associates",
                    changes=partial(_changes, acting, form),
                )
            except EditConflict:
                form.show_edit_conflict(management_of(acting.centre, acting.series))
                conflict = True
        else:
            form.show_errors()
    page = "_subcentre_changes" if form.act == PREVIEW else "subcentres"
    return render(
        request,
        f"centres/{page}.html",
        {
            "acting": acting,
            "associates_of_home": centres,
            "form": form,
            "management": form.management,
            "is_edit_conflict": conflict,
            "changes": _changes(acting, form),
        },
    )


def _changes(acting: ActingFor, form: SubcentresForm) -> Changes | None:
    """What *Save* would do; None where nothing is to be saved, or a field is to be mended first."""
    if not (form.is_bound and form.unsaved and form.can_be_read):
        return None
    wanted = form.wanted()
    stake = foreseen(main=acting.centre, series=acting.series, by=acting.user, wanted=wanted)
    return what_changes(form.management, wanted, stake)


def _saved(acting: ActingFor, form: SubcentresForm, change: AccessChange) -> str:
    """What is said then, with the one link that follows: to new letters, or to the centre that was given access."""
    said = "Saved. Each row is in force for its centre now."
    if form.cleaned_data["use_defaults"]:
        said = "Saved. The first row is in force for all Associate Centres now."
    outdated = change.at_stake().outdated
    if count := sum(outdated.values()):
        address = reverse("credentials:associates", args=[acting.series.slug, acting.centre.number])
        letters = "1 letter is" if count == 1 else f"{count:,} letters are"
        at = "1 centre" if len(outdated) == 1 else f"{len(outdated)} centres"
        return format_html(
            '{} {} outdated at {}. <a href="{}?show=outdated">Re-create {}</a>',
            said,
            letters,
            at,
            address,
            f"{count:,}",
        )
    if number := form.one_given_access:
        address = reverse("credentials:centre", args=[acting.series.slug, number])
        return format_html('{} <a href="{}">Act for {}</a>', said, address, number)
    return said


def _discarded(count: int) -> str:
    changes = "1 change is" if count == 1 else f"{count} changes are"
    return f"{changes} discarded. Nothing was saved."
