"""Usernames of staff: one rule for every page and every file that makes an account."""

import re

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError

from core.plain_text import fault_in_username

SHOWN = 40  # characters of it in a sentence
# The trail is downloaded for spreadsheets, which would run this. A number is only a number.
FORMULA = re.compile(r"(?![+-][0-9]+([.,][0-9]+)?$)[=+@-].")


def fault_in_new_username(username: str) -> str:
    """What is wrong with it, in its normal form, and what to do; empty where nothing is."""
    shown = username if len(username) <= SHOWN else f"{username[:SHOWN]}…"
    if FORMULA.match(username):
        return f"“{shown}” begins like a formula. Type the plain value instead."
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        return f"“{shown}” is not a username. Use letters, digits and the signs @ . + - _ only."
    return fault_in_username(username)
