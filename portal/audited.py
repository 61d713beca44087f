"""Whatever the board does in its admin is in the audit trail, and shuts out whom it takes access from.

Old and new values stand in the trail, but for passwords, grades and PUMs, of which it says only that
they were changed.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db import transaction
from django.db.models import DateTimeField, Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from centres import audit, telling
from centres.models import Centre, Membership, Series, User
from credentials.revoking import shutting_out

UNTOLD = {"password", "grade", "pum", "reason"}  # a reason may tell the grade


class InstantWidget(AdminSplitDateTime):
    """Date and time with a name each, for who does not see what stands beside them."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        for widget, name in zip(self.widgets, ("Date, UTC", "Time, UTC"), strict=True):
            widget.attrs["aria-label"] = name


UTC: dict[Any, dict[str, Any]] = {
    DateTimeField: {"help_text": "UTC, not the board's own time.", "widget": InstantWidget}
}


class AuditedAdmin(admin.ModelAdmin):
    """A page of the board's admin. Every act of it is one transaction, with its audit rows in it."""

    formfield_overrides = UTC
    show_full_result_count = False
    takes_access = False  # whether what is done here can shut candidates out

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_one(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_one(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._in_one(request, super().changelist_view, *args, **kwargs)

    def _in_one(self, request: HttpRequest, view: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        by = request.user.get_username()
        with shutting_out(by=by) if self.takes_access else transaction.atomic():
            return view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.has_changed():
            record("board_changed" if change else "board_added", request, obj, *_changes(form))

    def save_formset(
        self, request: HttpRequest, form: ModelForm, formset: Any, change: bool
    ) -> None:
        super().save_formset(request, form, formset, change)
        for inline in formset.forms:
            if inline in formset.deleted_forms:
                record("board_deleted", request, inline.instance)
            elif inline.has_changed():
                added = inline.instance in formset.new_objects
                action = "board_added" if added else "board_changed"
                record(action, request, inline.instance, *_changes(inline))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        record("board_deleted", request, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for obj in queryset:
            record("board_deleted", request, obj)
        super().delete_queryset(request, queryset)


class ReadOnlyAdmin(AuditedAdmin):
    """The board may look, and nothing more."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def utc(field: str, title: str) -> Callable[[Any], str]:
    """A column of a list that says which clock it goes by."""

    @admin.display(description=f"{title} (UTC)", ordering=field)
    def column(obj: Any) -> str:
        at = getattr(obj, field)
        return f"{at:%d %b %Y, %H:%M}" if at else ""

    return column


def record(
    action: str,
    request: HttpRequest,
    obj: Model,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> None:
    """One audit row; the centre and series concerned are found on the object where it has them.

    A result's is not looked for: a centre's own trail would tell its staff whose grade was changed,
    before they may see it. What concerns somebody's account stands under their username, and is told
    to them.
    """
    person = _found(obj, User, ("user",)) if isinstance(obj, User | Membership) else None
    audit.record(
        action,
        by=request.user,
        centre=_found(obj, Centre, ("centre", "associate", "candidate.centre")),
        series=_found(obj, Series, ("series", "candidate.series", "entry.candidate.series")),
        subject=person.username if person else f"{obj._meta.verbose_name}: {obj}",
        old=old,
        new=new,
    )
    if person and person != request.user:
        telling.tell(person, action=action, by=request.user)  # type: ignore[arg-type]


def _found(obj: Any, model: type[Model], paths: Iterable[str]) -> Any:
    for path in ("", *paths):
        found = obj
        for name in filter(None, path.split(".")):
            found = getattr(found, name, None)
        if isinstance(found, model):
            return found
    return None


def _changes(form: ModelForm) -> tuple[dict[str, Any], dict[str, Any]]:
    told = [name for name in form.changed_data if name not in UNTOLD]
    old = {name: form.initial.get(name, "") for name in told}
    new = {name: form.cleaned_data.get(name) for name in told}
    new.update({name: "changed" for name in form.changed_data if name in UNTOLD})
    return old, new
