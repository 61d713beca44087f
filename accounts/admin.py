"""Records of staff: those of the board and those of centres."""

from django.contrib import admin

from accounts.models import User
from centres.models import Membership
from centres.record_admin import LookOnlyInline, RecordAdmin


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
class StaffAdmin(RecordAdmin):
    list_display = ["username", "name", "email", "is_active", "is_superuser"]
    list_filter = ["is_active", "is_superuser", "memberships__role"]
    search_fields = ["username", "memberships__centre__number"]
    search_help_text = "Username, or number of a centre"
    fieldsets = [
        (None, {"fields": ["username", "name", "email"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    inlines = [MembershipInline]
