"""Django's admin as the board's records: it shows what is stored, and changes next to nothing (rule 26).

Whatever has a page of its own – a file to load, a release, a correction, an account – is changed on that
page. So everything here is read-only, and nothing is deleted, but for the fields that a page names in
`editable`: those that no gate before the grades reads, and that open no account. The password is asked for
again at every POST (`accounts.guards`). What is changed is in the audit trail, old and new.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import lookup_spawns_duplicates
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from centres import audit
from core import plain_text
from core.searching import finding, searched_for


class LookOnly:
    """Nothing is added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class AuditedAdmin(LookOnly, admin.ModelAdmin):
    """A page of the board's admin. An act of it is one transaction, with its audit row in it."""

    form = plain_text.ModelForm
    show_full_result_count = False
    editable: tuple[str, ...] = ()  # what one person may change, once it is there
    can_be_added = False

    def may_change(self, obj: Any) -> bool:
        """Whether one person may change the `editable` fields of this row."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.can_be_added and bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        operator = bool(request.user.is_superuser and self.editable)
        return operator and (obj is None or self.may_change(obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        if obj is None or not self.editable:
            return fields
        stored = {field.name for field in self.opts.fields if not field.primary_key}
        return [*fields, *sorted(stored - {*self.editable, *fields})]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """As every other search: the fields that a page names in `search_fields`."""
        wanted = finding(searched_for({"search": search_term}), *self.search_fields)
        of_many = any(lookup_spawns_duplicates(self.opts, one) for one in self.search_fields)
        return queryset.filter(wanted), of_many

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_one(request, super().changeform_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_one(request, super().changelist_view, *args, **kwargs)

    def _in_one(self, request: HttpRequest, view: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.has_changed():
            self.record(
                "board_changed" if change else "board_added",
                obj,
                by=request.user,
                old={name: form.initial.get(name, "") for name in form.changed_data},
                new={name: form.cleaned_data.get(name) for name in form.changed_data},
            )

    def record(self, action: str, obj: Any, *, by: Any, **changes: Any) -> None:
        """Write the audit row."""
        audit.record(action, by=by, subject=f"{obj._meta.verbose_name}: {obj}", **changes)


class LookOnlyInline(LookOnly, admin.TabularInline):
    """Rows beside their own, to be seen."""

    extra = 0
    can_delete = False


def utc(field: str, title: str) -> Callable[[Any], str]:
    """A column of a list that says which clock it goes by."""

    @admin.display(description=f"{title} (UTC)", ordering=field)
    def column(obj: Any) -> str:
        at = getattr(obj, field)
        return f"{at:%d %b %Y, %H:%M}" if at else ""

    return column
