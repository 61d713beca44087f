"""One rule for every text: what cannot be seen is named and refused, and no name of a person is."""

import csv
import importlib
import io
import pkgutil
import re
from pathlib import Path

import pytest
from django import forms

from accounts.models import User
from centres.forms.groups import GroupsForm
from core.plain_text import PlainForm, fault_in, fault_in_username, fields_of_text
from loading.engine.cells import Wrong
from loading.kinds.staff import username as checked_username
from tests.layout import packages
from tests.loading.files import KINDS, SAMPLE, faults, load_sample

REFUSED = {
    "\0": "a control character (U+0000)",
    "\x07": "a control character (U+0007)",
    "\x85": "a control character (U+0085)",
    "\u202e": "a sign that turns text round (U+202E)",
    "\u2066": "a sign that turns text round (U+2066)",
    "\u200e": "a mark of direction, which cannot be seen (U+200E)",
    "\u200b": "a sign that cannot be seen (U+200B)",
    "\u200d": "a joiner, which cannot be seen, where nothing joins (U+200D)",
    "\u2028": "a sign that cannot be seen (U+2028)",
    "\u00ad": "a sign that cannot be seen (U+00AD)",
    "\u3164": "a sign that cannot be seen (U+3164)",
    "\ufeff": "a sign that cannot be seen (U+FEFF)",
    "\U000e0041": "a sign that cannot be seen (U+E0041)",
    "\ufffd": "half a character (U+FFFD)",
    chr(0xD800): "half a character (U+D800)",
}
NAMES = [
    "O\u2019NEILL: Anne-Marie",
    "O'NEILL: Anne",
    "N\u0303AN\u0303EZ: Jose\u0301",  # combining marks
    "NGUY\u1ec4N: Th\u1ecb",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645: \u0639\u0644\u06cc",  # Persian, with ZWNJ
    "\u0915\u094d\u200d\u0937: \u0930\u093e\u092e",  # Hindi, with ZWJ
    "\u0db1\u0dca\u200d\u0dba",  # Sinhala
    "\u0d28\u0d4d\u200d",  # Malayalam, a joiner at the end
    "\u200f\u0645\u062d\u0645\u062f 12",  # a mark of direction in Arabic
    "\u6771\u4eac: \u845b\U000e0100",  # a variant of a Han letter
    "\u1780\u200b\u1781",  # Khmer, words apart
    "\u200bA"[1:],
    "MU\u0308LLER\u00a0: A",  # a no-break space
    "\U00020000: \u9f8d",
    "",
]


@pytest.mark.parametrize(("char", "said"), REFUSED.items(), ids=lambda one: ascii(one)[:20])
def test_what_cannot_be_seen_is_refused_and_named(char, said):
    assert (
        fault_in(f"FRED{char}A") == f"This holds {said} behind “FRED”. Remove it, or type it again."
    )
    assert fault_in(f"{char}A", lines=True).startswith(f"This holds {said} at its beginning.")


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_person_is(name):
    assert fault_in(name) == ""


def test_a_text_of_several_lines_may_have_lines():
    assert fault_in("0001\tA\r\n0002\tB", lines=True) == ""
    assert "U+000A" in fault_in("one\ntwo")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("officer.m\u0430in", "“\u0430” (U+0430) is of another alphabet"),
        ("\u03bffficer", "“\u03bf” (U+03BF) is of another alphabet"),
        ("\u0430\u0441\u0435", "(U+0430) is no Latin letter, and all of this looks like Latin"),
        ("\uff4ffficer", "(U+FF4F) has a plainer form"),
        ("officer\u0661", "(U+0661) is of another alphabet"),
        ("officer\u200d", "U+200D"),
    ],
)
def test_a_username_is_none_that_another_looks_like(name, said):
    assert said in fault_in_username(name)
    with pytest.raises(Wrong):
        checked_username(name if "\uff4f" not in name else "officer.m\u0430in")


@pytest.mark.parametrize(
    "name",
    ["officer.main", "m\u00fcller+2@x_y-z", "\u0438\u0432\u0430\u043d\u043e\u0432\u0430",
     "\u5c71\u7530\u3055\u304f\u3089", "\u0645\u062d\u0645\u062f7"],
)  # fmt: skip
def test_a_username_of_one_alphabet_is_taken(name):
    assert fault_in_username(name) == ""
    assert checked_username(name) == name


def test_no_form_makes_an_account_with_another(db):
    with pytest.raises(forms.ValidationError, match="another alphabet"):
        User(username="officer.m\u0430in", password="x", email="a@example.org").full_clean()


# --- Every form -------------------------------------------------------------------------------------

# What is compared, and neither kept nor shown to others.
COMPARED = {
    "candidate_site.forms.SignInForm": "the login on a letter, which forgives what it can",
    "accounts.password_forms.LoginForm": "a username and a password, which are compared",
    "accounts.password_forms.ReauthenticateForm": "a password, which is compared",
    "accounts.password_forms.ChangePasswordForm": "passwords, of which nothing is shown",
    "accounts.password_forms.SetPasswordForm": "passwords, of which nothing is shown",
}
ROOMS = [importlib.import_module(package) for package in packages()]


def every_form() -> set[type[forms.BaseForm]]:
    for room in ROOMS:
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if not re.search(r"migrations|management|wsgi", module.name):
                importlib.import_module(module.name)
    found, waiting = set(), [forms.BaseForm]
    while waiting:
        waiting += (below := waiting.pop().__subclasses__())
        found |= set(below)
    names = tuple(f"{room.__name__}." for room in ROOMS)
    return {one for one in found if one.__module__.startswith(names)}


def test_every_form_of_ours_holds_the_rule():
    without = {
        f"{one.__module__}.{one.__qualname__}"
        for one in every_form()
        if not issubclass(one, PlainForm)
    }
    assert len(every_form()) > 20
    assert without == set(COMPARED)


def test_in_every_field_of_text_the_character_is_named_and_what_was_typed_stays():
    looked_at = set()
    for kind in every_form():
        if not issubclass(kind, PlainForm) or not kind.base_fields:
            continue
        bare = type(f"Bare{kind.__name__}", (PlainForm, forms.Form), dict(kind.base_fields))
        text = [
            name for name, field in fields_of_text(bare())
            if type(field) in (forms.CharField, forms.EmailField)
        ]  # fmt: skip
        typed = dict.fromkeys(text, "A\u202eB")
        form = bare(typed)
        form.full_clean()
        for name in text:
            assert any("U+202E" in error for error in form.errors[name]), (kind, name)
            assert form[name].value() == "A\u202eB"
            looked_at.add((kind.__name__, name))
    assert {
        ("ContactForm", "contact_name"),
        ("GroupsForm", "groups"),
        ("InviteForm", "name"),
    } <= looked_at


def test_what_a_hidden_field_brings_back_may_have_lines():
    form = GroupsForm({"groups": "", "was": "11A: 0001\r\n11B: 0002"}, now={"0001": "11A"})
    form.full_clean()
    assert "was" not in form.errors


# --- Every loader -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_in_every_column_of_every_file_the_character_is_named(kind, db):
    load_sample(*KINDS[: KINDS.index(kind)])
    content = Path(SAMPLE / f"{kind}.csv").read_text()
    heads = next(csv.reader(io.StringIO(content)))
    rows = list(csv.reader(io.StringIO(content)))
    for place, head in enumerate(heads):
        made = [list(row) for row in rows]
        made[1][place] += "\u202e"
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(made)
        [first, *_] = faults(kind, out.getvalue())
        assert first.startswith(f"line 2, {head}: This holds") and "U+202E" in first
