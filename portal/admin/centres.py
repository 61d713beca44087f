"""Who is who: centres, which is attached to which, and staff."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from centres import audit, recovery, telling
from centres.links import set_password_link
from centres.models import Centre, Membership, SubcentreLink, User
from portal.audited import UTC, AuditedAdmin


@admin.register(Centre)
class CentreAdmin(AuditedAdmin):
    takes_access = True
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
    takes_access = True
    list_display = ["associate", "main"]
    list_select_related = ["associate", "main"]
    autocomplete_fields = ["associate", "main"]
    search_fields = ["associate__number", "main__number"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What one main centre gave does not pass to another: delete the link, and add a new one."""
        return ["associate", "main"] if obj else []


class MembershipInline(admin.StackedInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["centre"]
    formfield_overrides = UTC


class StaffForm(ModelForm):
    def clean_username(self) -> str:
        """The sign-in does not tell capitals from small letters, so two people must differ otherwise."""
        username = self.cleaned_data["username"]
        others = User.objects.exclude(pk=self.instance.pk)
        if others.filter(username__iexact=username).exists():
            raise ValidationError("Somebody has this username already, perhaps in other letters.")
        return username


@admin.register(User)
class StaffAdmin(AuditedAdmin, UserAdmin):
    list_display = ["username", "name", "email", "is_active", "is_superuser"]
    list_filter = ["is_active", "is_superuser", "memberships__role"]
    search_fields = ["username", "name", "email", "memberships__centre__number"]
    inlines = [MembershipInline]
    actions = ["make_link", "start_recovery", "remove_second_factor"]
    fieldsets = [
        (None, {"fields": ["username", "name", "email"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "name", "email"]})]
    readonly_fields = ["last_login", "date_joined"]
    form = add_form = StaffForm
    filter_horizontal = []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A username stays with its person: the audit trail, and holds that two let go, name people."""
        return [*self.readonly_fields, *(["username"] if obj else [])]

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
                telling.tell(user, action="invited", by=request.user)  # type: ignore[arg-type]
            messages.info(request, f"{user.username}: {link} (works once, for three days)")

    @admin.action(description="Start a recovery of lost factors")
    def start_recovery(self, request: HttpRequest, queryset: QuerySet) -> None:
        """For who has lost both, and has nobody at the centre who could start it."""
        for user in queryset.filter(is_active=True):
            link = recovery.start(user=user, by=request.user)  # type: ignore[arg-type]
            messages.info(request, f"{user.username}: {link} (works once, for three days)")

    @admin.action(description="Remove the second factor")
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet) -> None:
        """For who cannot finish a recovery; the password stays as it is."""
        for user in queryset:
            removed, _ = Authenticator.objects.filter(user=user).delete()
            if removed:
                audit.record(
                    "second_factor_removed",
                    by=request.user,
                    subject=user.username,
                )
                telling.tell(user, action="second_factor_removed", by=request.user)  # type: ignore[arg-type]
                messages.info(request, f"{user.username} logs in without a second factor now.")
