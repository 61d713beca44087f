"""The form of a link: the main centre that a centre shall have."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms

from centres.models import Centre
from core import plain_text


class LinkForm(plain_text.Form):
    """`centre`: whose main centre it is; `now`: the number of the one it has, or nothing."""

    main_centre = forms.CharField(
        label="Main centre",
        required=False,
        max_length=5,
        help_text="A centre number, such as MC100. Empty: none, so that it stands for itself.",
    )

    def __init__(self, *args: Any, centre: Centre, now: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["main_centre"].initial = now
        self.centre, self.now = centre, now
        self.helper = FormHelper()
        self.helper.form_class = "form-narrow"
        self.helper.layout = Layout("main_centre", Submit("ask", "See what would change"))

    def clean_main_centre(self) -> str:
        """One level only, and a centre has at most one main centre (rule 13)."""
        number: str = self.cleaned_data["main_centre"].upper()
        if number == self.now:
            raise forms.ValidationError(f"This is what {self.centre.number} has already.")
        if not number:
            return number
        if number == self.centre.number:
            raise forms.ValidationError("A centre cannot be attached to itself.")
        main = Centre.objects.filter(number=number).select_related("main_link__main").first()
        if main is None:
            raise forms.ValidationError(f"There is no centre with the number {number}.")
        if hasattr(main, "main_link"):
            raise forms.ValidationError(
                f"{number} is an Associate Centre of {main.main_link.main.number}, so it cannot be a main centre."
            )
        if self.centre.subcentre_links.exists():
            raise forms.ValidationError(
                f"{self.centre.number} has Associate Centres of its own. Detach these first."
            )
        return number
