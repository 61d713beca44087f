"""What is loaded for a series: syllabuses, releases, candidates and entries. Files change it (`Load files`)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from centres.models import Candidate, Entry, Qualification, Release, Series, Syllabus
from portal.admin.holds import hold
from portal.audited import AuditedAdmin, LookOnlyInline, utc
from results.holds import release_is_held


@admin.register(Qualification)
class QualificationAdmin(AuditedAdmin):
    """No file holds them. Two people confirm releases by its name, so that never changes."""

    can_be_added = True
    editable = ("grades",)
    fields = ["name", "grades"]
    list_display = ["name", "grades"]


@admin.register(Syllabus)
class SyllabusAdmin(AuditedAdmin):
    list_display = ["code", "title", "qualification"]
    list_select_related = ["qualification"]
    list_filter = ["qualification"]
    search_fields = ["code", "title"]


class ReleaseInline(LookOnlyInline):
    """Two people change them (`portal.desk.releases`)."""

    model = Release
    fields = ["qualification", "candidates_at", "staff_at"]


@admin.register(Series)
class SeriesAdmin(AuditedAdmin):
    list_display = ["__str__", "credentials_from"]
    inlines = [ReleaseInline]
    search_fields = ["year"]


@admin.register(Release)
class ReleaseAdmin(AuditedAdmin):
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
        held = release_is_held()
        return super().get_queryset(request).annotate(held=held)

    @admin.display(description="Held", boolean=True)
    def held(self, release: Any) -> bool:
        return release.held


class EntryInline(LookOnlyInline):
    model = Entry
    show_change_link = True
    fields = ["syllabus", "option_code", "withdrawn"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("syllabus", "candidate")


@admin.register(Candidate)
class CandidateAdmin(AuditedAdmin):
    list_display = ["number", "name", "centre", "series"]
    list_select_related = ["centre", "series"]
    list_filter = ["series"]
    search_fields = ["number", "name", "uci", "centre__number"]
    inlines = [EntryInline]


@admin.register(Entry)
class EntryAdmin(AuditedAdmin):
    list_display = ["candidate", "syllabus", "option_code", "withdrawn"]
    list_select_related = ["candidate", "syllabus"]
    list_filter = ["withdrawn", "candidate__series"]
    search_fields = ["candidate__number", "candidate__name", "candidate__centre__number"]
