"""The groups of a centre's candidates, by which letters are sorted (`centres.groups`, rule 14)."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms

from centres import groups
from centres.groups import LONGEST_TEXT
from core import plain_text


class GroupsForm(plain_text.Form):
    """A line for each group; cleaned into candidate number -> group."""

    groups = forms.CharField(
        label="Groups",
        required=False,
        max_length=LONGEST_TEXT,
        help_text="One line for each group: its name, a colon, and candidate numbers or ranges, such "
        "as 11A: 0001-0030, 0045. Candidates on no line are in no group.",
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "dir": "auto"}),
    )
    was = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2 * LONGEST_TEXT)
    saved_since: list[str] = []

    def __init__(self, *args: Any, now: dict[str, str], **kwargs: Any) -> None:
        """`now`: candidate number -> group, of all candidates of the centre."""
        written = groups.written(now)
        kwargs["initial"] = {"groups": written, "was": written}
        super().__init__(*args, **kwargs)
        self.numbers = list(now)
        self.helper = FormHelper()
        self.helper.layout = Layout(Field("groups"), "was", Submit("save", "Save"))

    def clean_groups(self) -> dict[str, str]:
        try:
            return groups.read(self.cleaned_data["groups"], self.numbers)
        except groups.BadLines as error:
            raise forms.ValidationError(error.said) from None

    def show_edit_conflict(self, now: dict[str, str]) -> None:
        """Keep what was typed, and say what another officer has saved since the page was opened."""
        written = groups.written(now)
        self.saved_since = written.splitlines() or ["No groups."]
        posted: Any = self.data
        self.data = data = posted.copy()
        data["was"] = written


class PutInGroupForm(plain_text.Form):
    """A group for those who are ticked, one that there is or a new one."""

    group = forms.CharField(
        required=False,
        max_length=groups.LONGEST,
        help_text="Choose a group or type a new name, such as 12A. Leave it empty to take them out of their group.",
        widget=forms.TextInput({"list": "groups", "autocomplete": "off", "dir": "auto"}),
    )

    def clean_group(self) -> str:
        group = " ".join(self.cleaned_data["group"].split())
        if groups.COLON.search(group):
            raise forms.ValidationError("A group’s name has no colon.")
        return group
