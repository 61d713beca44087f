"""Grades: which a qualification can end in, and how they are written."""

from centres.models import Qualification

# No result, pending, to be issued: possible in every qualification.
OUTCOMES = {"X": "No result", "Q": "Pending", "Y": "To be issued"}
UNGRADED = "UNGRADED"
NUMBERS = "ZERO ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE".split()

SCALES = {
    "Cambridge IGCSE": "A* A B C D E F G UNGRADED",
    "Cambridge IGCSE (9-1)": "9 8 7 6 5 4 3 2 1 UNGRADED",
    "Cambridge O Level": "A* A B C D E UNGRADED",
    "Cambridge International AS & A Level": "A* A B C D E a b c d e UNGRADED",
}


def allowed(qualification: Qualification) -> set[str]:
    """Every grade and outcome that a result of this qualification can have."""
    return {*qualification.grades.split(), *OUTCOMES}


def kind_of(grade: str) -> str:
    """`X`, `Q`, `Y` or `UNGRADED` for these, `AS` for an AS Level grade (a small letter), else empty."""
    if grade in OUTCOMES or grade == UNGRADED:
        return grade
    return "AS" if grade.islower() else ""


def printed(grade: str) -> str:
    """A grade as Cambridge prints it, so that an alteration by hand shows: `A*(a*)`, `9 (NINE)`."""
    if grade in OUTCOMES:
        return OUTCOMES[grade]
    if grade.isdigit():
        return f"{grade} ({NUMBERS[int(grade)]})"
    if grade == UNGRADED:
        return grade
    if grade.islower():
        return f"{grade}({grade})"
    return f"{grade}({grade.lower()})"
