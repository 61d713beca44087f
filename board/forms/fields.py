"""Fields that several forms of the board share."""

from django import forms

from core import plain_text

DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class ProposedForm(plain_text.ModelForm):
    """Something that takes two people."""

    def _post_clean(self) -> None:
        """Fill in the row, and leave judging it to the rule."""
        for name in self._meta.fields or ():
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
