"""Form fields for ticks among thousands: each is found in a set; Django compares each with every other."""

from typing import Any

from django import forms


class ManyTicks(forms.CheckboxSelectMultiple):
    def format_value(self, value: Any) -> Any:
        return frozenset(super().format_value(value))


class ManyField(forms.MultipleChoiceField):
    """Any of its choices, which are plain pairs."""

    widget = ManyTicks

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        choices: Any = self.choices
        for wrong in set(value) - {str(key) for key, _ in choices}:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": wrong},
            )
