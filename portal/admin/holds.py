"""Holds: placed when it is known whom they hide results from, let go by two people (rule 19)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from centres import plain_text, second_person
from centres.ask_pages import fingerprint
from centres.confirming import confirm_first
from centres.models import Candidate, Centre, Entry, Qualification, Release, Series
from portal.audited import AuditedAdmin, utc
from results import holds
from results.models import HELD_BY, Hold, Result

OWN_FIELDS = ("csrfmiddlewaretoken", "confirmed", "counted")  # of the ask page
AT_ONCE = 100  # whoever holds more means their centre, their qualification or the series


class ReasonForm(plain_text.ModelForm):
    class Meta:
        model = Hold
        fields = ["reason"]


class HoldForm(ReasonForm):
    """The further it is filled in, the less is held: a series, … and at last one result."""

    series = forms.ModelChoiceField(Series.objects.all())
    qualification = forms.ModelChoiceField(Qualification.objects.all(), required=False)
    centre_number = forms.CharField(
        label="Centre", max_length=5, required=False, help_text="Its number."
    )
    candidate_number = forms.CharField(
        label="Candidate",
        max_length=4,
        required=False,
        help_text="The number, to hold this candidate alone.",
    )
    syllabus_code = forms.CharField(
        label="Syllabus",
        max_length=4,
        required=False,
        help_text="Its code, to hold the result in it alone.",
    )

    class Meta:
        model = Hold
        fields = ["series", "qualification", "reason"]

    def clean(self) -> dict[str, Any]:
        """The rule says what is wrong, so Django need not look at the constraints (no `super`)."""
        if self.errors:
            return self.cleaned_data
        held = self._held(**{name: self.cleaned_data[name] for name in NARROWING})
        try:
            holds.check(Hold(**held))
        except holds.CannotHold as why:
            raise forms.ValidationError(str(why)) from None
        for name in HELD_BY:
            setattr(self.instance, name, held.get(name))
        return {
            **self.cleaned_data,
            **{name: held.get(name) for name in ("series", "qualification")},
        }

    def _held(
        self,
        series: Series,
        qualification: Qualification | None,
        centre_number: str,
        candidate_number: str,
        syllabus_code: str,
    ) -> dict[str, Any]:
        """What to hold, looked up."""
        if not centre_number and (candidate_number or syllabus_code):
            raise forms.ValidationError({"centre_number": "Give the centre as well."})
        if not candidate_number and syllabus_code:
            raise forms.ValidationError({"candidate_number": "Give the candidate as well."})
        if not centre_number:
            return {"series": series, "qualification": qualification}
        centre = _found(Centre.objects.filter(number=centre_number.upper()), "centre_number")
        if not candidate_number:
            return {"series": series, "qualification": qualification, "centre": centre}
        candidates = Candidate.objects.filter(series=series, centre=centre)
        candidate = _found(candidates.filter(number=candidate_number), "candidate_number")
        if not syllabus_code:
            return {"qualification": qualification, "candidate": candidate}
        entries = Entry.objects.filter(candidate=candidate, syllabus__code=syllabus_code)
        return {"qualification": qualification, "entry": _found(entries, "syllabus_code")}


NARROWING = ["series", "qualification", "centre_number", "candidate_number", "syllabus_code"]
NOT_FOUND = {
    "centre_number": "There is no such centre.",
    "candidate_number": "This centre has no such candidate in this series.",
    "syllabus_code": "This candidate is not entered for such a syllabus.",
}


def _found(rows: QuerySet, field: str) -> Any:
    row = rows.first()
    if row is None:
        raise forms.ValidationError({field: NOT_FOUND[field]})
    return row


class StateFilter(admin.SimpleListFilter):
    title = parameter_name = "state"

    STATES = {
        "in-force": ("In force", Q(let_go_at=None)),
        "asked": ("Somebody has asked to let go", Q(let_go_at=None, asked_at__isnull=False)),
        "let-go": ("Let go", Q(let_go_at__isnull=False)),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(name, words) for name, (words, _) in self.STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        _, condition = self.STATES.get(self.value() or "", ("", Q()))
        return queryset.filter(condition)


@admin.register(Hold)
class HoldAdmin(AuditedAdmin):
    """Once placed, a hold can be let go by two people, and otherwise neither changed nor deleted."""

    can_be_added = True
    form = HoldForm
    list_display = ["__str__", "state", "reason", "placed_by", utc("placed_at", "Placed")]
    list_select_related = holds.NAMED
    list_filter = [StateFilter]
    search_fields = [
        "reason",
        "centre__number",
        "candidate__number",
        "candidate__name",
        "candidate__centre__number",
        "entry__candidate__number",
        "entry__candidate__name",
        "entry__candidate__centre__number",
    ]
    readonly_fields = ["who_can"]
    actions = ["ask_to_let_go", "let_go"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """To place one, numbers to type; of one placed, all that is stored, and who can let it go."""
        if obj is None:
            return [*NARROWING, "reason"]
        stored = [field.name for field in Hold._meta.fields if field.editable]
        return [*stored, "who_can"]

    @admin.display(description="State")
    def state(self, hold: Hold) -> str:
        if hold.let_go_at:
            return f"Let go by {hold.let_go_by}, as {hold.asked_by} had asked"
        if hold.asked_at:
            return f"In force; {hold.asked_by} has asked to let it go"
        return "In force"

    @admin.display(description="Who can let it go")
    def who_can(self, hold: Hold) -> str:
        if hold.let_go_at:
            return ""
        if not hold.asked_at:
            return "Nobody yet: somebody asks first, and another lets it go."
        return second_person.who_can(hold.asked_by)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Asks first for the password, and then with the number of candidates."""
        confirm_first(request)  # type: ignore[arg-type]
        if request.method == "POST" and "confirmed" not in request.POST:
            form = self.get_form(request)(request.POST)
            if form.is_valid():
                return ask_page(self, request, [form.instance], request.POST.dict())
        elif request.method == "POST":
            form = self.get_form(request)(request.POST)
            if form.is_valid() and not _was_told(request, [form.instance]):
                return ask_page(
                    self, request, [form.instance], request.POST.dict(), asked_again=True
                )
        return super().add_view(request, form_url, extra_context)

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        holds.place(obj, by=request.user)  # type: ignore[arg-type]

    @admin.action(description="Ask to let go")
    def ask_to_let_go(self, request: HttpRequest, queryset: QuerySet) -> None:
        said = "You have asked to let %s go. It is held until somebody else lets it go."
        _each(request, queryset, holds.ask_to_let_go, said)

    @admin.action(description="Let go")
    def let_go(self, request: HttpRequest, queryset: QuerySet) -> None:
        _each(request, queryset, holds.let_go, "%s is not held by this any more.")


@admin.action(description="Hold")
def hold(
    model_admin: AuditedAdmin, request: HttpRequest, queryset: QuerySet
) -> HttpResponse | None:
    """Of releases and of results: hold those that are ticked. Asks first, for the reason."""
    if queryset.count() > AT_ONCE:
        said = f"Tick {AT_ONCE} at most. To hold more, hold their centre, qualification or series."
        messages.error(request, said)
        return None
    wanted = [_hold_of(one) for one in queryset]
    form = ReasonForm(request.POST if "confirmed" in request.POST else None)
    if form.is_valid() and not _was_told(request, wanted):
        posted = {"action": "hold", "index": "0"}
        return ask_page(model_admin, request, wanted, posted, form=form, asked_again=True)
    if form.is_valid():
        for one in wanted:
            one.reason = form.cleaned_data["reason"]
        _each(request, wanted, holds.place, "%s is held.")
        return None
    return ask_page(model_admin, request, wanted, {"action": "hold", "index": "0"}, form=form)


def ask_page(
    model_admin: AuditedAdmin,
    request: HttpRequest,
    wanted: list[Hold],
    posted: dict[str, str],
    form: ReasonForm | None = None,
    *,
    asked_again: bool = False,
) -> HttpResponse:
    """What would be held, and from how many candidates it would hide results. Posting it again with
    `confirmed` does it; `form` where the reason is still to be said."""
    told = _told(wanted)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Hold?",
        "opts": model_admin.opts,
        "wanted": told,
        "counted": _counted(told),
        "asked_again": asked_again,
        "posted": {name: said for name, said in posted.items() if name not in OWN_FIELDS},
        "ticked": request.POST.getlist(helpers.ACTION_CHECKBOX_NAME),
        "form": form,
    }
    return TemplateResponse(request, "admin/ask_hold.html", context)


def _told(wanted: list[Hold]) -> list[tuple[Hold, int]]:
    return [(one, holds.candidates_covered(one)) for one in wanted]


def _counted(told: list[tuple[Hold, int]]) -> str:
    return fingerprint([(str(one), candidates) for one, candidates in told])


def _was_told(request: HttpRequest, wanted: list[Hold]) -> bool:
    """Whether the page that asked told what would be held now (`centres.ask_pages`)."""
    counted = request.POST.get("counted")
    return counted is None or counted == _counted(_told(wanted))


def _hold_of(one: Release | Result) -> Hold:
    if isinstance(one, Result):
        return Hold(entry=one.entry)
    return Hold(series=one.series, qualification=one.qualification)


def _each(request: HttpRequest, wanted: Any, act: Callable[..., Any], said: str) -> None:
    for one in wanted:
        try:
            act(one, by=request.user)
            messages.success(request, said % one)
        except holds.CannotHold as why:
            messages.error(request, str(why))
