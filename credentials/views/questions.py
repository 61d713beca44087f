"""What the page that asks before letters are made is called, and its button (rules 12 and 15).

*Create credentials* for whoever has a login replaces it. Where more logins are replaced than made,
the page says so in its title and on its button, for somebody who meant to make a few letters would
else end all the others. *Re-create* says it by its name.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """`verb`: the button by which the officer came; `title` stands before a question mark."""

    verb: str
    title: str
    button: str


def question(*, again: bool, new: int, replaced: int) -> Question:
    """`again`: letters are made anew for those who were chosen for that."""
    verb = "Re-create" if again else "Create credentials"
    if again or replaced <= new:
        return Question(verb, verb, verb)
    logins = f"{replaced} working login{'' if replaced == 1 else 's'}"
    title = f"Replace {logins}"
    if new:
        title += f", and create {new} new"
    return Question(verb, title, f"{verb} and replace {logins}")
