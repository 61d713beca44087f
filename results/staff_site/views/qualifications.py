"""*By qualification*: qualification, syllabus, option; figures, distribution, comparison, and the candidates."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from centres.access import viewing_for
from centres.models import Entry
from core import gate_clock
from results.staff_release import outcomes_of
from results.staff_site import figures
from results.staff_site.charts import charts_of
from results.staff_site.comparison import Comparison, choices_for, compare
from results.staff_site.context import framed
from results.staff_site.filters import scope_of
from results.staff_site.listing import ENTRY_SORTS, Order, choices_of, entries_shown, outcome_asked
from results.staff_site.shares import LEAST
from results.staff_site.tallies import Distribution, tallies_of

ENTRIES_A_PAGE = 100


@require_safe
def show(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    acting = viewing_for(request.user, series, centre)
    at = gate_clock.now()  # one moment for all that the page says
    entries = Entry.objects.filter(candidate__centre=acting.centre, candidate__series=acting.series)
    scope = scope_of(tallies_of(entries, user=acting.user, at=at), request.GET)
    counts = scope.counts
    choices = choices_for(acting)
    chosen = next((one for one in choices if one.value == request.GET.get("compare")), None)
    comparison = compare(scope, chosen, acting=acting, at=at) if chosen else None
    beside = comparison if comparison and comparison.is_enough else None
    drawn = beside.ours if beside else counts
    outcome = outcome_asked(request.GET.get("outcome", ""), counts)
    order = Order.read(request.GET.get("sort", ""), ENTRY_SORTS)
    shown = entries_shown(
        entries.filter(scope.condition),
        counts,
        user=acting.user,
        outcome=outcome,
        order=order,
        at=at,
    )
    page = Paginator(shown.values_list("pk", flat=True), ENTRIES_A_PAGE).get_page(
        request.GET.get("page")
    )
    these = Entry.objects.filter(pk__in=list(page.object_list))
    there = {one.entry: one for one in outcomes_of(these, user=acting.user, at=at)}
    return render(
        request,
        "results/by_qualification.html",
        framed(
            acting,
            restricted={
                **counts.restricted_until,
                **(comparison.theirs.restricted_until if comparison else {}),
            },
            awaited=counts.awaited_at,
            not_available=counts.not_available,
            view="qualification",
            scope=scope,
            counts=counts,
            choices=choices,
            comparison=comparison,
            beside=beside,
            least=LEAST,
            headline=figures.headline(drawn, beside.theirs if beside else None),
            beside_it=figures.beside_it(beside.theirs) if beside else None,
            charts=[
                chart for one in drawn.distributions for chart in charts_of(one, _same(one, beside))
            ],
            rows=figures.rows_of(scope, beside),
            heads=figures.heads_of(counts),
            has_grades=bool(counts.outcomes),
            outcomes=choices_of(counts),
            outcome=outcome,
            order=order.asked,
            page=page,
            lines=[there[pk] for pk in page.object_list],
        ),
    )


def _same(one: Distribution, beside: Comparison | None) -> Distribution | None:
    """The same qualification of what is compared."""
    found = beside.theirs.distributions if beside else []
    return next((other for other in found if other.qualification == one.qualification), None)
