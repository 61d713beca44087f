"""Records of letter files and credentials, which the board may view and never change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from centres.record_admin import NUMBERS, RecordAdmin, of, utc
from credentials.models import Credentials, LetterFile


@admin.register(LetterFile)
class LetterFileAdmin(RecordAdmin):
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
    search_help_text = "Number of a centre"
    exclude = ["wrapped_key", "chosen"]


@admin.register(Credentials)
class CredentialsAdmin(RecordAdmin):
    list_display = [
        "candidate",
        of("candidate__centre__number", "Centre"),
        of("candidate__series", "Series"),
        "issue_number",
        utc("created_at", "Created"),
        utc("revoked_at", "Revoked"),
        "revoked_because",
    ]
    list_select_related = ["candidate__centre", "candidate__series"]
    list_filter = ["revoked_because", "candidate__series"]
    search_fields = ["candidate__number", "candidate__centre__number"]
    search_help_text = NUMBERS
    exclude = ["digest"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **how: Any
    ) -> Any:
        """The digest is not even named there."""
        return super().get_form(
            request, obj, change, help_texts={"pepper_id": "Its pepper."}, **how
        )
