"""Records of what is loaded: centres and their links; per series syllabuses, candidates and entries.

Files change it (`Load files`).
"""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

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
from centres.record_admin import NUMBERS, LookOnlyInline, RecordAdmin, of

OF_CENTRE = of("candidate__centre__number", "Centre")
OF_SERIES = of("candidate__series", "Series")


@admin.register(Centre)
class CentreAdmin(RecordAdmin):
    list_display = ["number", "name", "country", "time_zone", "main"]
    list_select_related = ["main_link__main"]
    search_fields = ["number", "name", "country"]
    search_help_text = "Number, name or country"

    @admin.display(description="Attached to")
    def main(self, centre: Centre) -> str:
        link = getattr(centre, "main_link", None)
        return link.main.number if link else ""


@admin.register(SubcentreLink)
class SubcentreLinkAdmin(RecordAdmin):
    list_display = ["associate", "main"]
    list_select_related = ["associate", "main"]
    search_fields = ["associate__number", "main__number"]
    search_help_text = "Number of a centre"


@admin.register(Qualification)
class QualificationAdmin(RecordAdmin):
    fields = ["name", "grades"]
    list_display = ["name", "grades"]


@admin.register(Syllabus)
class SyllabusAdmin(RecordAdmin):
    list_display = ["code", "title", "qualification"]
    list_select_related = ["qualification"]
    list_filter = ["qualification"]
    search_fields = ["code", "title"]
    search_help_text = "Code or title"


class ReleaseInline(LookOnlyInline):
    """Two people change them (`board.releases`)."""

    model = Release
    fields = ["qualification", "candidates_at", "staff_at"]


@admin.register(Series)
class SeriesAdmin(RecordAdmin):
    list_display = ["__str__", "credentials_from"]
    inlines = [ReleaseInline]
    search_fields = ["year"]
    search_help_text = "Year"


class EntryInline(LookOnlyInline):
    model = Entry
    show_change_link = True
    fields = ["syllabus", "option_code", "withdrawn"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("syllabus", "candidate")


@admin.register(Candidate)
class CandidateAdmin(RecordAdmin):
    list_display = ["number", "name", "centre", "series"]
    list_select_related = ["centre", "series"]
    list_filter = ["series"]
    search_fields = ["number", "centre__number"]
    search_help_text = NUMBERS
    inlines = [EntryInline]


@admin.register(Entry)
class EntryAdmin(RecordAdmin):
    list_display = ["candidate", OF_CENTRE, OF_SERIES, "syllabus", "option_code", "withdrawn"]
    list_select_related = ["candidate__centre", "candidate__series", "syllabus"]
    list_filter = ["withdrawn", "candidate__series"]
    search_fields = ["candidate__number", "candidate__centre__number"]
    search_help_text = NUMBERS
