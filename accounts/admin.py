"""Records of staff: those of the board and those of centres."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts import notifications
from accounts.events import record_account_event
from accounts.models import User
from centres.audited_admin import AuditedAdmin, LookOnlyInline
from centres.models import Membership


class MembershipInline(LookOnlyInline):
    """A file of staff, and the officers themselves at *People*, say who works where."""

    model = Membership
    fields = [
        "centre",
        "role",
        "may_manage_results_service",
        "may_see_restricted_results",
        "suspended_at",
    ]


@admin.register(User)
class StaffAdmin(AuditedAdmin):
    """Two people open an account (`board.accounts`). One may correct how somebody of the board is
    called and written to: no link is ever mailed to them. Those of centres are in the file of staff."""

    editable = ("name", "email")
    list_display = ["username", "name", "email", "is_active", "is_superuser"]
    list_filter = ["is_active", "is_superuser", "memberships__role"]
    search_fields = ["username", "name", "email", "memberships__centre__number"]
    fieldsets = [
        (None, {"fields": ["username", "name", "email"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]

    def may_change(self, obj: Any) -> bool:
        return obj.is_superuser and not obj.memberships.exists()

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return [MembershipInline] if obj and not self.may_change(obj) else []

    def record(self, action: str, obj: User, *, by: User, **changes: Any) -> None:
        """As every other act with an account; and it is told to them."""
        record_account_event(action, account=obj, by=by, **changes)
        if obj != by:
            notifications.notify(obj, action=action, by=by)
