"""Django's admin as the board's records: it shows what is stored, and changes nothing (rule 26).

Whatever is changed has a page of its own – a file to load, a release, a correction, an account. What is looked
for stands in the address here, so that nobody is found by their name: the board's search is for that.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import lookup_spawns_duplicates
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from core.searching import finding, searched_for

NUMBERS = "Number of a candidate or centre"


class LookOnly:
    """Nothing is added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class RecordAdmin(LookOnly, admin.ModelAdmin):
    """A list of what is stored, and a page for each row. `search_fields` hold no name of a person."""

    actions = None
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All but the number by which the database knows the row, which nobody reads."""
        pk = self.opts.pk
        return [name for name in super().get_fields(request, obj) if pk is None or name != pk.name]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """As every other search: the fields that a page names in `search_fields`."""
        wanted = finding(searched_for({"search": search_term}), *self.search_fields)
        of_many = any(lookup_spawns_duplicates(self.opts, one) for one in self.search_fields)
        return queryset.filter(wanted), of_many


class LookOnlyInline(LookOnly, admin.TabularInline):
    """Rows beside their own, to be seen."""

    extra = 0
    can_delete = False


def utc(field: str, title: str) -> Callable[[Any], str]:
    """A column of a list that says which clock it goes by."""

    @admin.display(description=f"{title} (UTC)", ordering=field)
    def column(obj: Any) -> str:
        at = getattr(obj, field)
        return f"{at.day} {at:%b %Y, %H:%M}" if at else ""

    return column


def of(path: str, title: str) -> Callable[[Any], str]:
    """A column of what a row belongs to, such as `candidate__centre__number`; a dash where that is nothing, as for
    whoever has lost the number (rule 22)."""

    @admin.display(description=title, ordering=path)
    def column(obj: Any) -> str:
        for name in path.split("__"):
            obj = getattr(obj, name, None)
        return "–" if obj is None else str(obj)

    return column
