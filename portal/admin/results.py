"""Results, to be seen and held. They are corrected at the board's desk (`portal.desk.corrections`)."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest

from portal.admin.holds import hold
from portal.audited import AuditedAdmin, LookOnlyInline
from results.holds import is_held
from results.models import Result, ResultChange


class ResultChangeInline(LookOnlyInline):
    model = ResultChange


@admin.register(Result)
class ResultAdmin(AuditedAdmin):
    list_display = ["entry", "held"]
    list_select_related = ["entry__candidate", "entry__syllabus"]
    list_filter = ["entry__candidate__series"]
    search_fields = ["entry__candidate__number", "entry__candidate__centre__number"]
    fields = ["entry", "grade", "pum"]
    inlines = [ResultChangeInline]
    actions = [hold]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        held = is_held(
            series=OuterRef("entry__candidate__series"),
            qualification=OuterRef("entry__syllabus__qualification"),
            centre=OuterRef("entry__candidate__centre"),
            candidate=OuterRef("entry__candidate"),
            entry=OuterRef("entry"),
        )
        return super().get_queryset(request).annotate(held=held)

    @admin.display(description="Held", boolean=True)
    def held(self, result: Any) -> bool:
        """By itself, or with its candidate, centre, qualification or series."""
        return result.held
