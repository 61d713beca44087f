"""Plain text: which characters it may hold, by one rule for every form, loader and username.

Refused is what cannot be seen, or makes a text read as another: control characters (a line break is none
where lines are asked for), NUL, what turns the direction of text round, invisible signs where they do nothing,
half characters. What names are written with stays: letters and marks of every script, apostrophes, and
the joiners of Persian, Urdu, Indic and other scripts, behind a letter of such a script. A mark of direction
stays in a text that has letters written from the right.

A username is stricter: letters of one alphabet and plain digits, in their plain form. So none is another's
with a letter replaced by one that looks the same.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible

from core import required

LINES = "\n\r\t"  # in a text of several lines
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
MARKS = "\u200e\u200f\u061c"  # of direction
JOINERS = "\u200c\u200d"
SPACER = "\u200b"  # between words of scripts that write none
INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028\u2029\u2060-\u2064\u206a-\u206f"
    "\u061c\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffd\U000e0000-\U000e0fff]"
)
# Scripts with letters that join or stack: Arabic, Syriac, N'Ko, the Indic ones, Tibetan, Myanmar, Khmer, …
JOINING = re.compile(
    "[\u0600-\u109f\u1700-\u18af\u1a00-\u1aff\u1b00-\u1c4f\ua800-\ua8ff\ua980-\uaaff\uabc0-\uabff"
    "\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff]"
)
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")  # Thai, Lao, Myanmar, Khmer
VARIANTS = re.compile(
    "[\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)  # of the character before
# Letters of other alphabets that look like Latin ones: a username of these alone reads as Latin.
LIKE_LATIN = set("асеорхуіјѕһԁԛԝвкмнтӏАВЕКМНОРСТХУІЈЅαινορτυχκβΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
ONE_ALPHABET = [{"HIRAGANA", "KATAKANA", "CJK"}, {"HANGUL", "CJK"}, {"BOPOMOFO", "CJK"}]


def fault_in(text: str, *, lines: bool = False) -> str:
    """What is wrong with it, and what to do; empty where nothing is."""
    if text.isprintable() and (text.isascii() or not INVISIBLE.search(text)):
        return ""
    for place, char in enumerate(text):
        if not (lines and char in LINES) and (what := _what(char, text, place)):
            return f"This holds {what} ({_code(char)}) {_where(text, place)}. Remove it, or type it again."
    return ""


def fault_in_username(text: str) -> str:
    """The same of a username, after `fault_in`."""
    if fault := fault_in(text):
        return fault
    if text != unicodedata.normalize("NFKC", text):
        char = next(one for one in text if one != unicodedata.normalize("NFKC", one))
        return f"“{char}” ({_code(char)}) has a plainer form. Type the plain letter or digit."
    letters = [char for char in text if char.isalpha() or not char.isascii()]
    scripts = {_script(char) for char in letters}
    if len(scripts) > 1 and not any(scripts <= together for together in ONE_ALPHABET):
        most = max(sorted(scripts), key=[_script(char) for char in letters].count)
        char = next(char for char in letters if _script(char) != most)
        return (
            f"“{char}” ({_code(char)}) is of another alphabet than the rest, and may look like one of its "
            "letters. Type the username in one alphabet."
        )
    if letters and all(char in LIKE_LATIN for char in letters):
        char = letters[0]
        return (
            f"“{char}” ({_code(char)}) is no Latin letter, and all of this looks like Latin. Type it in "
            "Latin letters, or choose another username."
        )
    return ""


def _what(char: str, text: str, place: int) -> str:
    before = text[place - 1] if place else ""
    category = unicodedata.category(char)
    if TURNS.match(char):
        return "a sign that turns text round"
    if char in MARKS:
        return "" if _from_right(text) else "a mark of direction, which cannot be seen"
    if char in JOINERS:
        joins = bool(JOINING.match(before)) or (unicodedata.category(before or " ") in ("So", "Sk"))
        joins = joins or (before == "\ufe0f" and char == "\u200d")
        return "" if joins else "a joiner, which cannot be seen, where nothing joins"
    if char == SPACER and UNSPACED.match(before):
        return ""
    if VARIANTS.match(char) and before and not before.isspace():
        return ""
    if category == "Cc":
        return "a control character"
    if category == "Cs" or char == "\ufffd":
        return "half a character"
    if INVISIBLE.match(char):
        return "a sign that cannot be seen"
    return "a sign that steers text" if category == "Cf" and ord(char) > 0xFFFF else ""


def _from_right(text: str) -> bool:
    letters = filter(str.isalpha, text)
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in letters)


def _script(char: str) -> str:
    """As its name begins: LATIN, CYRILLIC, CJK."""
    return unicodedata.name(char, "unknown").split()[0] if not char.isdigit() else "DIGIT" + char


def _code(char: str) -> str:
    return f"U+{ord(char):04X}"


def _where(text: str, place: int) -> str:
    """Behind what it stands, for it cannot be seen."""
    before = "".join(
        char for char in text[max(0, place - 12) : place] if char.isprintable()
    ).strip()
    return f"behind “{before}”" if before else "at its beginning"


@deconstructible
class PlainText:
    def __init__(self, *, lines: bool = False) -> None:
        self.lines = lines

    def __call__(self, text: Any) -> None:
        if isinstance(text, str) and (fault := fault_in(text, lines=self.lines)):
            raise ValidationError(fault, code="not_plain")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlainText) and self.lines == other.lines

    def __hash__(self) -> int:
        return hash(self.lines)


OF_LINES = (forms.Textarea, forms.HiddenInput)  # the latter brings back what stood in the former


def fields_of_text(form: forms.BaseForm) -> Iterator[tuple[str, forms.CharField]]:
    """Those of a form that hold text which is kept, or shown to others: all but passwords."""
    for name, field in form.fields.items():
        if isinstance(field, forms.CharField) and not isinstance(field.widget, forms.PasswordInput):
            yield name, field


class PlainForm:
    """What every form of ours is made of: the rule holds in each of its fields of text, and what was left out is
    named (`core.required`). Posted with `edit`, by a page that asks or after a sign-in, it is to be shown again as
    it was typed, and does nothing yet."""

    def is_valid(self: Any) -> bool:
        return "edit" not in self.data and super().is_valid()  # type: ignore[misc]

    def full_clean(self: Any) -> None:
        for _, field in fields_of_text(self):
            rule = PlainText(lines=isinstance(field.widget, OF_LINES))
            if rule not in field.validators:
                field.validators.append(rule)
        required.name_the_field(self)
        super().full_clean()  # type: ignore[misc]


class Form(PlainForm, forms.Form):
    pass


class ModelForm(PlainForm, forms.ModelForm):
    pass
