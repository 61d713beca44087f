"""All Associate Centres of a main centre side by side: entries, outcomes and distribution of each."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from accounts.requests import StaffRequest
from centres.access import associates_of, viewing_for
from centres.models import Qualification, Syllabus
from results.staff_site.associates import SORTS, in_order, lines_of
from results.staff_site.charts import strips
from results.staff_site.context import framed
from results.staff_site.listing import Order
from results.staff_site.tallies import counted

CENTRES_A_PAGE = 50


@require_safe
def show(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    acting = viewing_for(request.user, series, centre)
    centres = associates_of(acting.centre)
    if not centres.exists():
        raise Http404
    syllabuses = list(Syllabus.objects.select_related("qualification"))
    qualifications = {slugify(one.name): one for one in Qualification.objects.all()}
    qualification = qualifications.get(request.GET.get("qualification", ""))
    syllabus = next((one for one in syllabuses if one.code == request.GET.get("syllabus")), None)
    only = _only(qualification, syllabus)
    order = Order.read(request.GET.get("sort", ""), SORTS)
    sorted_centres = in_order(centres, acting.series, only=only, order=order)
    page = Paginator(sorted_centres, CENTRES_A_PAGE).get_page(request.GET.get("page"))
    lines = lines_of(list(page.object_list), acting.series, user=acting.user, only=only)
    shown = counted(tally for line in lines for tally in line.counts.tallies)
    return render(
        request,
        "results/associates.html",
        framed(
            acting,
            restricted=shown.restricted_until,
            awaited=shown.awaited_at,
            not_available=shown.not_available,
            view="associates",
            has_grades=bool(shown.outcomes),
            lines=[
                (line, [(one, strips(one)) for one in line.counts.distributions]) for line in lines
            ],
            page=page,
            qualifications=qualifications.items(),
            qualification=qualification,
            syllabuses=syllabuses,
            syllabus=syllabus,
            order=order.asked,
        ),
    )


def _only(qualification: Qualification | None, syllabus: Syllabus | None) -> Q:
    """A syllabus says more than its qualification."""
    if syllabus:
        return Q(syllabus=syllabus)
    return Q(syllabus__qualification=qualification) if qualification else Q()
