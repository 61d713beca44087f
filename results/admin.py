"""Records of releases, results and holds.

Results are corrected at *Corrections*, releases changed at *Releases*: pages of the board.
"""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest

from centres.models import Release
from centres.record_admin import NUMBERS, LookOnlyInline, RecordAdmin, of, utc
from results import holds
from results.holds import is_held
from results.models import Hold, Result, ResultChange


class HeldAdmin(RecordAdmin):
    """Of what can be held; `get_queryset` says which are."""

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
    list_display = [
        "entry",
        of("entry__candidate__centre__number", "Centre"),
        of("entry__candidate__series", "Series"),
        "held",
    ]
    list_select_related = [
        "entry__candidate__centre",
        "entry__candidate__series",
        "entry__syllabus",
    ]
    list_filter = ["entry__candidate__series"]
    search_fields = ["entry__candidate__number", "entry__candidate__centre__number"]
    search_help_text = NUMBERS
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
class HoldAdmin(RecordAdmin):
    """They are placed and let go at *Holds* (`board.views.holds`)."""

    list_display = ["__str__", "state", "reason", "placed_by", utc("placed_at", "Placed")]
    list_select_related = holds.NAMED
    search_fields = [name for name in holds.SEARCHED if not name.endswith("name")]
    search_help_text = NUMBERS
    fields = [field.name for field in Hold._meta.fields if field.editable]
