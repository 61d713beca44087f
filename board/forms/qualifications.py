"""The form of a qualification: how it is called, and the grades it can end in."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit

from centres.models import Qualification
from core import plain_text


class QualificationForm(plain_text.ModelForm):
    class Meta:
        model = Qualification
        fields = ["name", "grades"]
        help_texts = {
            "name": "As files and letters call it. It cannot be changed later.",
            "grades": "Best first, with spaces between, such as A* A B C D E UNGRADED.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["name"]
        self.helper = FormHelper()
        self.helper.form_class = "form-narrow"
        self.helper.layout = Layout(*self.fields, Submit("save", "Save"))
