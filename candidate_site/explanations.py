"""Explanations of outcomes, next to each: what it means for the candidate, in plain words (rule 20)."""

from django.utils.translation import gettext_lazy

from results.release import Line

# X, Q and Y are words of the board's; grades are written as everywhere (`centres.grades.printed`).
NAMES = {
    "X": gettext_lazy("No result"),
    "Q": gettext_lazy("Pending"),
    "Y": gettext_lazy("To be issued"),
}
EXPLANATIONS = {
    "X": gettext_lazy(
        "There is no result for this syllabus, often because an exam or coursework was missed. Your "
        "contact can tell you more."
    ),
    "Q": gettext_lazy(
        "This result is not complete yet. It shows here as soon as it is; you need not do anything."
    ),
    "Y": gettext_lazy("This result is issued later. It shows here as soon as it is."),
    "UNGRADED": gettext_lazy("The standard of the lowest grade was not reached."),
    "AS": gettext_lazy(
        "An AS Level grade, which the small letter shows. Whoever was entered for the A Level has it "
        "when the standard of an A Level was not reached, but that of an AS Level was."
    ),
}


def named(line: Line) -> str:
    """The grade as the candidate reads it; empty while it is not released."""
    name = NAMES.get(line.kind)
    return str(name) if name else line.grade or ""


def explained(line: Line) -> str:
    """What it means, where the grade does not say it by itself."""
    return str(EXPLANATIONS.get(line.kind, ""))
