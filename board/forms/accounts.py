"""Forms of accounts: whom to let in, and whom to shut out."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms

from board.forms.fields import ProposedForm
from board.models import ProposedAccess


class AccessForm(ProposedForm):
    """Whose account, and what shall be done with it."""

    SHUT_OUT = "shut-out"

    act = forms.ChoiceField(
        label="What to do",
        choices=[*ProposedAccess.Act.choices, (SHUT_OUT, "Shut out, at once")],
        widget=forms.RadioSelect,
    )
    email = forms.EmailField(label="E-mail", required=False, help_text="Of a new board operator.")

    class Meta:
        model = ProposedAccess
        fields = ["act", "username", "name", "email", "reason"]
        help_texts = {
            "name": "Of a new board operator.",
            "reason": "For the board alone: the second person reads it.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_class = "form-narrow"
        self.helper.layout = Layout(*self.Meta.fields, Submit("ask", "See what it would do"))

    @property
    def shuts_out(self) -> bool:
        return self.cleaned_data["act"] == self.SHUT_OUT
