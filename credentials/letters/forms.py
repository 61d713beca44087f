"""How letters are to be printed, asked at each download (rule 14)."""

import re
from typing import Any

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.conf import settings

from core import plain_text
from credentials.letters.downloads import ORDERS, Choice
from credentials.letters.letter import Printing
from credentials.models import LetterFile


class DownloadForm(plain_text.Form):
    """All of it may be left out: then the letters come as they usually do. `ended` is asked only
    where there are logins that no longer work; where none works, these are all that there is, for nobody to
    be given. `language` stands first as it was last chosen. `share_at`: where the letters are shared in File
    Exchange instead, for an Associate Centre, where it `has_room`."""

    order = forms.ChoiceField(label="Order", choices=list(ORDERS.items()), required=False)
    language = forms.ChoiceField(label="Language", choices=settings.LANGUAGES, required=False)
    candidate = forms.CharField(
        label="Candidates",
        required=False,
        max_length=500,
        help_text="Leave it empty for all of them. For single letters: 0012, or 0012, 0047.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    cover_sheet = forms.BooleanField(
        label="Cover sheet, to be signed by those who collect their letters", required=False
    )
    blank_backs = forms.BooleanField(
        label="Blank back after each page, for a printer that prints on both sides", required=False
    )
    large = forms.BooleanField(label="Large print", required=False)
    ended = forms.BooleanField(required=False)
    each = forms.BooleanField(required=False)  # by which button

    def __init__(
        self,
        *args: Any,
        file: LetterFile,
        action: str,
        language: str,
        share_at: str,
        has_room: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.no_room = not has_room
        self.last_language = language
        self.initial.setdefault("language", language)
        ended, live = file.ended, file.live
        self.fields["ended"].label = f"Also letters whose login no longer works ({ended})"
        if not ended:
            del self.fields["ended"]
        elif not live:
            self.fields["ended"].widget = forms.HiddenInput()
            self.initial["ended"] = True
        buttons = [_button("One file for each candidate (zip)", name="each", value="on")]
        buttons += (
            [_button("Share in File Exchange", formaction=share_at)]
            if share_at and has_room
            else []
        )
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.form_class = "form-narrow"
        self.helper.form_action = action
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Div("order", "language", css_class="side-by-side"),
            "candidate",
            "cover_sheet",
            "blank_backs",
            "large",
            *(["ended"] if ended else []),
            Div(
                Submit("", "Download the letters (PDF)"),
                *(buttons if live else []),
                css_class="actions",
            ),
        )

    def clean_candidate(self) -> tuple[str, ...]:
        numbers = tuple(filter(None, re.split(r"[\s,;]+", self.cleaned_data["candidate"])))
        if not all(re.fullmatch(r"[0-9]{4}", number) for number in numbers):
            raise forms.ValidationError("Candidate numbers have four digits, such as 0012.")
        return numbers

    def choice(self) -> Choice:
        chosen = self.cleaned_data
        return Choice(
            printing=Printing(
                language=chosen["language"] or self.last_language,
                large=chosen["large"],
                cover_sheet=chosen["cover_sheet"],
                blank_backs=chosen["blank_backs"],
            ),
            order=chosen["order"] or "number",
            only=chosen["candidate"],
            ended=chosen.get("ended", False),
            each=chosen["each"],
        )


def _button(label: str, **attributes: str) -> StrictButton:
    return StrictButton(label, type="submit", **attributes)
