"""The board's desk in Django's admin: what is loaded, releases and holds, each act audited.

All of it stands in this room, for the admin is a way in and not a rule of the rooms below.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import CharField, ModelForm
from django.http import HttpRequest

from centres import audit
from centres.models import (
    AuditEvent,
    Candidate,
    Centre,
    Entry,
    Membership,
    Qualification,
    Release,
    Series,
    SubcentreLink,
    Syllabus,
    User,
)
from credentials.models import Credentials, LetterFile
from portal.audited import AuditedAdmin, ReadOnlyAdmin, hold, let_go
from portal.passwords import set_password_link
from results.corrections import Correction, correct
from results.models import Result, ResultChange


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
    autocomplete_fields = ["associate", "main"]
    search_fields = ["associate__number", "main__number"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What one main centre gave does not pass to another: delete the link, and add a new one."""
        return ["associate", "main"] if obj else []


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["centre"]


@admin.register(User)
class StaffAdmin(AuditedAdmin, UserAdmin):
    list_display = ["username", "name", "email", "is_active", "is_superuser"]
    list_filter = ["is_active", "is_superuser", "memberships__role"]
    search_fields = ["username", "name", "email", "memberships__centre__number"]
    inlines = [MembershipInline]
    actions = ["make_link", "remove_second_factor"]
    fieldsets = [
        (None, {"fields": ["username", "name", "email"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "name", "email"]})]
    readonly_fields = ["last_login", "date_joined"]
    add_form = ModelForm
    filter_horizontal = []

    def get_urls(self) -> list[Any]:
        """Without the page on which one sets another's password."""
        return admin.ModelAdmin.get_urls(self)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return admin.ModelAdmin.get_form(self, request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    @admin.action(description="Make a set-password link")
    def make_link(self, request: HttpRequest, queryset: QuerySet) -> None:
        for user in queryset.filter(is_active=True):
            with transaction.atomic():
                link = set_password_link(user=user, by=request.user)  # type: ignore[arg-type]
            messages.info(request, f"{user.username}: {link} (works once, for three days)")

    @admin.action(description="Remove the second factor")
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet) -> None:
        """For who has lost the phone and the recovery codes; the password stays as it is."""
        for user in queryset:
            removed, _ = Authenticator.objects.filter(user=user).delete()
            if removed:
                audit.record(
                    "second_factor_removed",
                    by=request.user,  # type: ignore[arg-type]
                    subject=user.username,
                )
                messages.info(request, f"{user.username} logs in without a second factor now.")


@admin.register(Qualification)
class QualificationAdmin(AuditedAdmin):
    list_display = ["name", "grades"]


@admin.register(Syllabus)
class SyllabusAdmin(AuditedAdmin):
    list_display = ["code", "title", "qualification"]
    list_select_related = ["qualification"]
    list_filter = ["qualification"]
    search_fields = ["code", "title"]


class ReleaseInline(admin.TabularInline):
    model = Release
    extra = 0


@admin.register(Series)
class SeriesAdmin(AuditedAdmin):
    list_display = ["__str__", "credentials_from"]
    inlines = [ReleaseInline]
    search_fields = ["year"]


@admin.register(Release)
class ReleaseAdmin(AuditedAdmin):
    """Times are UTC."""

    list_display = ["series", "qualification", "candidates_at", "held"]
    list_select_related = ["series", "qualification"]
    list_filter = ["held", "series", "qualification"]
    actions = [hold, let_go]


class EntryInline(admin.TabularInline):
    model = Entry
    extra = 0
    autocomplete_fields = ["syllabus"]


@admin.register(Candidate)
class CandidateAdmin(AuditedAdmin):
    list_display = ["number", "name", "centre", "series"]
    list_select_related = ["centre", "series"]
    list_filter = ["series"]
    search_fields = ["number", "name", "uci", "centre__number"]
    autocomplete_fields = ["centre"]
    inlines = [EntryInline]


@admin.register(Entry)
class EntryAdmin(AuditedAdmin):
    list_display = ["candidate", "syllabus", "option_code", "withdrawn"]
    list_select_related = ["candidate", "syllabus"]
    list_filter = ["withdrawn", "candidate__series"]
    search_fields = ["candidate__number", "candidate__name", "candidate__centre__number"]
    autocomplete_fields = ["candidate", "syllabus"]


class ResultForm(ModelForm):
    """A result changes with a reason, which is kept."""

    reason = CharField(
        max_length=200, help_text="Why it is changed; staff of the centre can read this."
    )

    class Meta:
        model = Result
        fields = ["entry", "grade", "pum", "held"]


class ResultChangeInline(admin.TabularInline):
    model = ResultChange
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Result)
class ResultAdmin(AuditedAdmin):
    list_display = ["entry", "held"]
    list_select_related = ["entry__candidate", "entry__syllabus"]
    list_filter = ["held", "entry__candidate__series"]
    search_fields = ["entry__candidate__number", "entry__candidate__centre__number"]
    autocomplete_fields = ["entry"]
    form = ResultForm
    inlines = [ResultChangeInline]
    actions = [hold, let_go]

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """The grade goes through `results.corrections`, which keeps what it was."""
        if change:
            stored = Result.objects.get(pk=obj.pk)
            correction = Correction(result=stored, grade=obj.grade, pum=obj.pum)
            correct([correction], by=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        super().save_model(request, obj, form, change)


@admin.register(LetterFile)
class LetterFileAdmin(ReadOnlyAdmin):
    list_display = ["asked_at", "centre", "series", "asked_by", "state", "done", "total"]
    list_select_related = ["centre", "series"]
    list_filter = ["state", "series"]
    search_fields = ["centre__number"]
    exclude = ["wrapped_key", "chosen"]


@admin.register(Credentials)
class CredentialsAdmin(ReadOnlyAdmin):
    list_display = ["candidate", "issue_number", "created_at", "revoked_at", "revoked_because"]
    list_select_related = ["candidate"]
    list_filter = ["revoked_because", "candidate__series"]
    search_fields = ["candidate__number", "candidate__name", "candidate__centre__number"]
    exclude = ["digest"]


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "by", "words", "centre", "series", "subject"]
    list_filter = ["action", "series", "at"]
    search_fields = ["by", "centre", "subject"]
