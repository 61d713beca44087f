"""What a candidate's page says: the lines of `results.release`, when, and whom to ask (rules 18, 20)."""

import datetime as dt
import unicodedata
from dataclasses import dataclass

from centres.models import Candidate
from centres.terms import Contact
from centres.times import Moment, moments
from results.release import Line, results_for


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    moments: list[Moment]
    contact: Contact

    @property
    def shows_a_grade(self) -> bool:
        return any(line.grade for line in self.lines)

    @property
    def shows_a_pum(self) -> bool:
        return any(line.pum is not None for line in self.lines)

    @property
    def dialled(self) -> str:
        return dialled(self.contact.telephone)


def page_for(candidate: Candidate, contact: Contact, *, at: dt.datetime | None = None) -> Page:
    """The whole of it as it holds now, whatever the letter printed (one query; rule 12)."""
    lines = results_for(candidate, at=at)
    awaited = {line.qualification: line.awaited_at for line in lines if line.awaited_at}
    return Page(
        lines=lines,
        moments=moments(awaited, candidate.centre),
        contact=contact,
    )


def dialled(telephone: str) -> str:
    """The number that a telephone dials: “+44 (0)1223 000000, ext. 5” -> `+441223000000`."""
    number = telephone.strip()
    if number.startswith("+"):
        number = number.replace("(0)", "")
    digits = []
    for symbol in number:
        if symbol.isalpha() or symbol in ",;/":
            break
        digits.append(str(unicodedata.decimal(symbol, "")))
    return ("+" if number.startswith("+") else "") + "".join(digits)
