"""The form of the audit trail: what to search for."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms

from board.audit_search import GROUPS, AuditSearch
from board.forms.fields import DATE
from centres.models import Series
from centres.models.audit import WORDS
from core import plain_text


class AuditSearchForm(plain_text.Form):
    """What to look for in the audit trail."""

    group = forms.CharField(required=False, max_length=50, widget=forms.HiddenInput)
    by = forms.CharField(label="Who (username)", required=False, max_length=150)
    action = forms.ChoiceField(label="What", required=False)
    centre = forms.CharField(label="Centre", required=False, max_length=5)
    series = forms.ChoiceField(label="Series", required=False)
    subject = forms.CharField(label="Subject holds", required=False, max_length=100)
    from_day = forms.DateField(label="From (UTC)", required=False, widget=DATE)
    to_day = forms.DateField(label="To (UTC)", required=False, widget=DATE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actions = sorted(WORDS.items(), key=lambda one: one[1])
        series = [(str(one), str(one)) for one in Series.objects.all()]
        self.fields["action"].choices = [("", "Anything"), *actions]  # type: ignore[attr-defined]
        self.fields["series"].choices = [("", "Any"), *series]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_id = "audit-search"
        self.helper.form_action = "board:audit"
        group, *shown = self.fields
        self.helper.layout = Layout(
            group, Div(*shown, css_class="fields"), Submit("find", "Search")
        )

    def clean_group(self) -> str:
        """Nobody types it: what is unknown filters nothing."""
        group: str = self.cleaned_data["group"]
        return group if group in GROUPS else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("from_day"), data.get("to_day")
        if first and last and first > last:
            self.add_error("to_day", "The last day comes before the first.")
        return data

    @property
    def searched(self) -> bool:
        """Whether more is asked for than a group, or what is asked for cannot be: the fields are shown then."""
        return bool(self.errors) or any(
            said for name, said in self.cleaned_data.items() if name != "group"
        )

    def search(self) -> AuditSearch:
        return AuditSearch(**self.cleaned_data)
