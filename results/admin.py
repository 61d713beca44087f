"""Records of releases, results and holds; releases and results are ticked here to be held.

Results are corrected at *Corrections*, releases changed at *Releases*: pages of the board.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from centres.audited_admin import AuditedAdmin, LookOnlyInline, utc
from centres.models import Release
from results import holds
from results.holds import is_held
from results.models import Hold, Result, ResultChange


@admin.action(description="Hold")
def hold(
    model_admin: AuditedAdmin, request: HttpRequest, queryset: QuerySet
) -> HttpResponse | None:
    """Hold those that are ticked: on a page of the board, which asks first, for the reason."""
    if queryset.count() > holds.AT_ONCE:
        messages.error(request, holds.TOO_MANY)
        return None
    ticked = {str(model_admin.opts.model_name): list(queryset.values_list("pk", flat=True))}
    return redirect(f"{reverse('board:hold_place')}?{urlencode(ticked, doseq=True)}")


class HeldAdmin(AuditedAdmin):
    """Of rows that are ticked to be held; `get_queryset` says which are."""

    actions = [hold]

    @admin.display(description="Held", boolean=True)
    def held(self, row: Any) -> bool:
        """By itself, or with what it belongs to."""
        return row.held


@admin.register(Release)
class ReleaseAdmin(HeldAdmin):
    list_display = [
        "series",
        "qualification",
        utc("candidates_at", "Candidates"),
        utc("staff_at", "Restricted view of staff"),
        "held",
    ]
    list_select_related = ["series", "qualification"]
    list_filter = ["series", "qualification"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(held=holds.release_is_held())


class ResultChangeInline(LookOnlyInline):
    model = ResultChange


@admin.register(Result)
class ResultAdmin(HeldAdmin):
    list_display = ["entry", "held"]
    list_select_related = ["entry__candidate", "entry__syllabus"]
    list_filter = ["entry__candidate__series"]
    search_fields = ["entry__candidate__number", "entry__candidate__centre__number"]
    fields = ["entry", "grade", "pum"]
    inlines = [ResultChangeInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        held = is_held(
            series=OuterRef("entry__candidate__series"),
            qualification=OuterRef("entry__syllabus__qualification"),
            centre=OuterRef("entry__candidate__centre"),
            candidate=OuterRef("entry__candidate"),
            entry=OuterRef("entry"),
        )
        return super().get_queryset(request).annotate(held=held)


@admin.register(Hold)
class HoldAdmin(AuditedAdmin):
    """They are placed and let go at *Holds* (`board.views.holds`)."""

    list_display = ["__str__", "state", "reason", "placed_by", utc("placed_at", "Placed")]
    list_select_related = holds.NAMED
    search_fields = holds.SEARCHED
    fields = [field.name for field in Hold._meta.fields if field.editable]
