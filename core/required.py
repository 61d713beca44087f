"""What a form says where something was left out: which choice to make, or what to enter, by the field's own label.

One place for every form: `core.plain_text.PlainForm` asks for it. A field that says it better itself is left alone.
"""

import re

from django import forms

TOLD = str(forms.Field.default_error_messages["required"])
CHOSEN = (forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.FileInput)
LOST = (
    "Part of this form was lost on its way. Open the page again."  # nobody can enter what is hidden
)
QUESTION = re.compile(r"(what|when|which|who|how|why)\b", re.IGNORECASE)
PLURAL = re.compile(
    r"(?<![su])s$(?<!series)"
)  # grades, contact details; no status, address, series
ONE_WORD = re.compile(
    r"[A-Z][a-z-]*"
)  # written small within a sentence; UCI and PIN stay as they are


def sentence(field: forms.Field, name: str) -> str:
    """“Choose a series”, “Enter a reason”."""
    if field.widget.is_hidden:
        return LOST
    if isinstance(field.widget, forms.CheckboxInput):
        return f"Tick “{field.label or name}”."
    verb = "Choose" if isinstance(field.widget, CHOSEN) else "Enter"
    return f"{verb} {_with_article(str(field.label or name.replace('_', ' ')))}."


def name_the_field(form: forms.BaseForm) -> None:
    """Each field of the form says what it lacks, in place of Django's “This field is required”."""
    for name, field in form.fields.items():
        if str(field.error_messages.get("required", "")) == TOLD:
            field.error_messages["required"] = sentence(field, name)


def _with_article(label: str) -> str:
    first, *rest = label.split(" ")
    words = " ".join([first.lower() if ONE_WORD.fullmatch(first) else first, *rest])
    if QUESTION.match(words) or PLURAL.search(words):
        return words
    return f"{'an' if words[0].lower() in 'aeio' else 'a'} {words}"
