"""The candidate's sign-in form: what stands on the letter (rules 16 and 18).

A slip of the hand is told at once, and where, from what was typed alone: no login is looked up for
it, so it says nothing about any. Everything else that does not open is one and the same sentence.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from credentials.logins import secret
from credentials.logins.secret import Slip

NOT_RIGHT = gettext_lazy(
    "You cannot log in with this username and password. Compare both with your newest letter and type "
    "them again. If it still does not work, ask your exams officer."
)
FROM_ANOTHER_SITE = gettext_lazy(
    "What was sent came from another website, so nothing was done with it. Log in on this page."
)
WHICH_GROUP = {
    1: gettext_lazy("the first group"),
    2: gettext_lazy("the second group"),
    3: gettext_lazy("the third group"),
    4: gettext_lazy("the fourth group"),
}
STRANGE = gettext_lazy("“%(symbol)s” is in no login. Look at %(group)s again.")
STRANGE_SOMEWHERE = gettext_lazy("“%(symbol)s” is in no login. Look at each group again.")
USERNAME_LENGTH = gettext_lazy(
    "The username has 8 letters and digits, in two groups of four. Typed so far: %(symbols)s."
)
PASSWORD_LENGTH = gettext_lazy(
    "The password has 16 letters and digits, in four groups of four. Typed so far: %(symbols)s."
)
CHECK = gettext_lazy(
    "There is a typing error in the password. Compare each group of four with your letter."
)


class SignInForm(forms.Form):
    """What was typed stays in the form, the password unreadable; such a page is kept nowhere."""

    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=secret.LONGEST_TYPED,
        help_text=gettext_lazy("8 letters and digits."),
        error_messages={"required": gettext_lazy("Type the username that is on your letter.")},
        widget=forms.TextInput(
            {
                "autocomplete": "username",
                "autocapitalize": "characters",
                "autocorrect": "off",
                "spellcheck": "false",
                "dir": "ltr",  # a login is Latin, in the order of the letter, on every page
            }
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=secret.LONGEST_TYPED,
        help_text=gettext_lazy(
            "16 letters and digits. Capitals, spaces and hyphens do not matter, nor whether it is O or "
            "0, I, L or 1."
        ),
        error_messages={"required": gettext_lazy("Type the password that is on your letter.")},
        widget=forms.PasswordInput(
            {"autocomplete": "current-password", "dir": "ltr"}, render_value=True
        ),
    )

    # What the script says while one types (static/candidate_site/login_checks.js).
    GROUPS = tuple(WHICH_GROUP.values())
    STRANGE, CHECK = STRANGE, CHECK

    def clean_username(self) -> str:
        typed = self.cleaned_data["username"]
        _refuse_slip(secret.slip_in_username(typed), USERNAME_LENGTH)
        return typed

    def clean_password(self) -> str:
        typed = self.cleaned_data["password"]
        _refuse_slip(secret.slip_in_password(typed), PASSWORD_LENGTH)
        return typed

    def lead_to_first_problem(self) -> None:
        """Let the first field in which something is wrong be where one types next."""
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong:
            self.fields[wrong].widget.attrs["autofocus"] = True

    def refuse(self) -> None:
        """One sentence for every login that does not open: it never tells what was wrong."""
        self.add_error(None, NOT_RIGHT)
        for name, field in self.fields.items():
            about = f"problem {self[name].auto_id}_helptext"
            field.widget.attrs.update({"aria-invalid": "true", "aria-describedby": about})


def _refuse_slip(slip: Slip | None, wrong_length: Any) -> None:
    if slip is None:
        return
    said = {
        "symbol": slip.symbol,
        "symbols": slip.symbols,
        "group": WHICH_GROUP.get(slip.group),
    }
    if slip.kind == "check":
        raise forms.ValidationError(CHECK)
    if slip.kind == "length":
        raise forms.ValidationError(wrong_length, params=said)
    raise forms.ValidationError(STRANGE if said["group"] else STRANGE_SOMEWHERE, params=said)
