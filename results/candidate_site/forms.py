"""The candidate's sign-in form: what stands on the letter (rules 16 and 18)."""

from django import forms

NOT_RIGHT = (
    "This username and password do not open any results. Compare both with your newest letter and "
    "type them again. If it still does not work, ask your exams officer."
)
FROM_ANOTHER_SITE = (
    "What was sent came from another website, so nothing was done with it. Log in on this page."
)


class SignInForm(forms.Form):
    """What was typed for the password is never written back into the page."""

    username = forms.CharField(
        label="Username",
        max_length=100,
        help_text="8 letters and digits, as on your letter.",
        error_messages={"required": "Type the username that is on your letter."},
        widget=forms.TextInput(
            {"autocomplete": "username", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label="Password",
        max_length=100,
        help_text="16 letters and digits. Capitals, spaces and hyphens do not matter.",
        error_messages={"required": "Type the password that is on your letter."},
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def refuse(self) -> None:
        """One sentence for every login that does not open: it never tells what was wrong."""
        self.add_error(None, NOT_RIGHT)
        for name, field in self.fields.items():
            about = f"problem {self[name].auto_id}_helptext"
            field.widget.attrs.update({"aria-invalid": "true", "aria-describedby": about})
