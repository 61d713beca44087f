"""Results: hold them, and correct them with a reason (rules 19 and 21)."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, OuterRef, QuerySet
from django.forms import CharField, ModelForm
from django.http import HttpRequest

from centres.grades import OUTCOMES, allowed
from centres.models import Qualification
from portal.admin.holds import hold
from portal.audited import AuditedAdmin
from results.corrections import Correction, correct
from results.holds import is_held
from results.models import Result, ResultChange


class ResultForm(ModelForm):
    """A grade is one of its qualification's scale, and is corrected with a reason, which is kept."""

    reason = CharField(
        max_length=200,
        required=False,
        help_text="Why the grade or the PUM is corrected; kept with what it was.",
    )

    class Meta:
        model = Result
        fields = ["entry", "grade", "pum"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        entry = said.get("entry") or getattr(self.instance, "entry", None)
        if entry and "grade" in said:
            self._check(said["grade"], said.get("pum"), entry.syllabus.qualification)
        corrected = {"grade", "pum"} & set(self.changed_data)
        if self.instance.pk and corrected and not said.get("reason"):
            self.add_error("reason", "Say why it is corrected.")
        return said

    def _check(self, grade: str, pum: int | None, qualification: Qualification) -> None:
        if grade not in allowed(qualification):
            scale = ", ".join([*qualification.grades.split(), *OUTCOMES])
            self.add_error("grade", f"This is no grade of {qualification}. Its grades are {scale}.")
        elif grade in OUTCOMES and pum is not None:
            self.add_error("pum", "X, Q and Y have no PUM.")


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
    list_filter = ["entry__candidate__series"]
    search_fields = ["entry__candidate__number", "entry__candidate__centre__number"]
    autocomplete_fields = ["entry"]
    form = ResultForm
    inlines = [ResultChangeInline]
    actions = [hold]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        held = is_held(
            series=OuterRef("entry__candidate__series"),
            qualification=OuterRef("entry__syllabus__qualification"),
            centre=OuterRef("entry__candidate__centre"),
            candidate=OuterRef("entry__candidate"),
            entry=OuterRef("entry"),
        )
        return super().get_queryset(request).annotate(held=held)

    @admin.display(description="Held", boolean=True)
    def held(self, result: Any) -> bool:
        """By itself, or with its candidate, centre, qualification or series."""
        return result.held

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A result stays with its candidate: correct it, or delete it and add another."""
        return ["entry"] if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """The grade goes through `results.corrections`, which keeps what it was."""
        if change and {"grade", "pum"} & set(form.changed_data):
            stored = Result.objects.select_for_update().get(pk=obj.pk)
            correction = Correction(result=stored, grade=obj.grade, pum=obj.pum)
            correct([correction], by=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
            obj.components = stored.components
        super().save_model(request, obj, form, change)
