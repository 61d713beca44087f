"""What is loaded for a series: syllabuses, releases, candidates and entries."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, OuterRef, QuerySet
from django.http import HttpRequest

from centres.models import Candidate, Entry, Qualification, Release, Series, Syllabus
from portal.admin.holds import hold
from portal.audited import AuditedAdmin, ReadOnlyAdmin, utc
from results.holds import is_held


@admin.register(Qualification)
class QualificationAdmin(AuditedAdmin):
    list_display = ["name", "grades"]


@admin.register(Syllabus)
class SyllabusAdmin(AuditedAdmin):
    list_display = ["code", "title", "qualification"]
    list_select_related = ["qualification"]
    list_filter = ["qualification"]
    search_fields = ["code", "title"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """With another qualification its results would be released at another time, by one person."""
        return ["qualification"] if obj and obj.entries.exists() else []


class ReleaseInline(admin.StackedInline):
    """To be seen here; two people change them (`portal.desk.releases`)."""

    model = Release
    extra = 0
    can_delete = False
    readonly_fields = ["qualification", "candidates_at", "staff_at"]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Series)
class SeriesAdmin(AuditedAdmin):
    takes_access = True
    list_display = ["__str__", "credentials_from"]
    inlines = [ReleaseInline]
    search_fields = ["year"]


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """To be seen, and to be held; two people change them (`portal.desk.releases`)."""

    list_display = [
        "series",
        "qualification",
        utc("candidates_at", "Candidates"),
        utc("staff_at", "Restricted view of staff"),
        "held",
    ]
    list_select_related = ["series", "qualification"]
    list_filter = ["series", "qualification"]
    actions = [hold]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        held = is_held(series=OuterRef("series"), qualification=OuterRef("qualification"))
        return super().get_queryset(request).annotate(held=held)

    @admin.display(description="Held", boolean=True)
    def held(self, release: Any) -> bool:
        return release.held


class EntryInline(admin.TabularInline):
    """To be seen here; an entry has a page of its own."""

    model = Entry
    extra = 0
    can_delete = False
    show_change_link = True
    fields = ["syllabus", "option_code", "withdrawn"]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("syllabus", "candidate")


@admin.register(Candidate)
class CandidateAdmin(AuditedAdmin):
    takes_access = True
    list_display = ["number", "name", "centre", "series"]
    list_select_related = ["centre", "series"]
    list_filter = ["series"]
    search_fields = ["number", "name", "uci", "centre__number"]
    autocomplete_fields = ["centre"]
    inlines = [EntryInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """In another series the results would be released at another time, by one person."""
        return ["series"] if obj else []


@admin.register(Entry)
class EntryAdmin(AuditedAdmin):
    takes_access = True
    list_display = ["candidate", "syllabus", "option_code", "withdrawn"]
    list_select_related = ["candidate", "syllabus"]
    list_filter = ["withdrawn", "candidate__series"]
    search_fields = ["candidate__number", "candidate__name", "candidate__centre__number"]
    autocomplete_fields = ["candidate", "syllabus"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Its result would go along, and be released at another time, by one person."""
        return ["candidate", "syllabus"] if obj else []
