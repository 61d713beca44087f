"""Records of what is loaded: centres and their links; per series syllabuses, candidates and entries.

Files change it (`Load files`).
"""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from centres.audited_admin import AuditedAdmin, LookOnlyInline
from centres.models import (
    Candidate,
    Centre,
    Entry,
    Qualification,
    Release,
    Series,
    SubcentreLink,
    Syllabus,
)


@admin.register(Centre)
class CentreAdmin(AuditedAdmin):
    list_display = ["number", "name", "country", "time_zone", "main"]
    list_select_related = ["main_link__main"]
    search_fields = ["number", "name"]
    list_filter = ["country"]

    @admin.display(description="Attached to")
    def main(self, centre: Centre) -> str:
        link = getattr(centre, "main_link", None)
        return link.main.number if link else ""


@admin.register(SubcentreLink)
class SubcentreLinkAdmin(AuditedAdmin):
    list_display = ["associate", "main"]
    list_select_related = ["associate", "main"]
    search_fields = ["associate__number", "main__number"]


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
    """Two people change them (`board.releases`)."""

    model = Release
    fields = ["qualification", "candidates_at", "staff_at"]


@admin.register(Series)
class SeriesAdmin(AuditedAdmin):
    list_display = ["__str__", "credentials_from"]
    inlines = [ReleaseInline]
    search_fields = ["year"]


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
