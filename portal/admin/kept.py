"""What the board may look at and never change: letter files, credentials, the audit trail."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from centres.models import AuditEvent, Series
from centres.models.audit import WORDS
from credentials.models import Credentials, LetterFile
from portal.audited import AuditedAdmin, utc


@admin.register(LetterFile)
class LetterFileAdmin(AuditedAdmin):
    list_display = [
        utc("asked_at", "Asked for"),
        "centre",
        "series",
        "asked_by",
        "state",
        "done",
        "total",
    ]
    list_select_related = ["centre", "series"]
    list_filter = ["state", "series"]
    search_fields = ["centre__number"]
    exclude = ["wrapped_key", "chosen"]


@admin.register(Credentials)
class CredentialsAdmin(AuditedAdmin):
    list_display = [
        "candidate",
        "issue_number",
        utc("created_at", "Created"),
        utc("revoked_at", "Revoked"),
        "revoked_because",
    ]
    list_select_related = ["candidate"]
    list_filter = ["revoked_because", "candidate__series"]
    search_fields = ["candidate__number", "candidate__name", "candidate__centre__number"]
    exclude = ["digest"]


class ActionFilter(admin.SimpleListFilter):
    """By what was done. The choices are known: a search of the whole trail for them would be slow."""

    title = parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return WORDS.items()

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(action=self.value()) if self.value() else queryset


class SeriesFilter(admin.SimpleListFilter):
    """By series, which the trail keeps as text."""

    title = parameter_name = "series"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(str(series), str(series)) for series in Series.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(series=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(AuditedAdmin):
    list_display = [utc("at", "When"), "by", "words", "centre", "series", "subject"]
    list_filter = [ActionFilter, SeriesFilter, "at"]
    search_fields = ["by", "centre", "subject"]
