"""A results file that carries names or option codes: compared with the entry's (rule 24).

A name that shares no part with the entry's makes a bad row, and so does another option. A difference in
spelling, accents, order or initials does not. A name that is the entry's of the row before or after makes
one even where it shares a surname: numbers have slipped against names, as in a file sorted by one column
alone, which gives everybody the neighbour's grade.

One slip spoils hundreds of rows, so one sentence tells of a sheet with more than a few.
"""

from dataclasses import dataclass

from centres.names import have_no_given_name_in_common, may_be_one_name, words
from loading.engine.cells import quoted
from loading.engine.report import Report, Row

FEW = 3  # bad rows of a sheet that are told one by one
WHOLE_ROWS = (
    "Names, numbers and grades no longer belong together: go back to the file as it came, and sort or "
    "move whole rows, never single columns."
)


@dataclass(frozen=True, slots=True)
class Compared:
    """A row of the file: whom its number means, the name and the option that stand in it, and the
    entry's own."""

    row: Row
    whom: str
    name: str
    option: str
    entered_name: str
    entered_option: str


class Comparison:
    """Compares row by row, in the order of the file, and tells what it found sheet by sheet."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._begin("")

    def _begin(self, sheet: str) -> None:
        self._sheet = sheet
        self._names, self._options = (
            Found(column, self.report) for column in ("candidate_name", "option_code")
        )
        self._last_two: list[Compared] = []  # of which the name of the last is not judged yet

    def compare(self, one: Compared) -> None:
        if one.row.sheet != self._sheet:
            self.warn()
            self._begin(one.row.sheet)
        if one.option and one.entered_option:
            self._options.of += 1
            if one.option.upper() != one.entered_option.upper():
                self._options.add(one)
        if one.name:
            self._names.of += 1
            self._judge_last(followed_by=[one])
            self._last_two = [*self._last_two[-1:], one]

    def _judge_last(self, followed_by: list[Compared]) -> None:
        """A name may be that of the row above or below."""
        if not self._last_two or self._last_two[-1].name == self._last_two[-1].entered_name:
            return
        *above, last = self._last_two
        slipped = any(_is_whole_name_of(last, one) for one in (*above, *followed_by))
        if slipped or not may_be_one_name(last.name, last.entered_name):
            self._names.add(last)
            self._names.slipped += slipped

    def warn(self) -> None:
        """At the end of a sheet, and of the file."""
        self._judge_last(followed_by=[])
        names, options = self._names, self._options
        for one in names.few():
            self.report.add(
                one.row,
                names.column,
                "{} is not {}, who is entered as {}. If names or numbers have slipped, put whole rows in "
                "order; if the name is right, load the entries first.",
                quoted(one.name),
                one.whom,
                quoted(one.entered_name),
            )
        for one in options.few():
            self.report.add(
                one.row,
                options.column,
                "{} is not the option {}, for which {} is entered. Correct it; if it is right, load the "
                "entries first.",
                quoted(one.option),
                one.entered_option,
                one.whom,
            )
        if first := names.one_of_many():
            slip = f" In {names.slipped} rows it is the name of the row above or below."
            self.report.add(
                first.row,
                names.column,
                "{} of {} names are not those of the candidates whose numbers stand beside them. Here {} "
                f"stands beside {{}}, who is entered as {{}}.{{}} {WHOLE_ROWS}",
                names.bad,
                names.of,
                quoted(first.name),
                first.whom,
                quoted(first.entered_name),
                slip if names.slipped else "",
                rows=names.bad,
            )
        if first := options.one_of_many():
            self.report.add(
                first.row,
                options.column,
                "{} of {} options are not those of the entries. Here {} stands beside {}, who is entered "
                "for {}. Correct them; if they are right, load the entries first.",
                options.bad,
                options.of,
                quoted(first.option),
                first.whom,
                first.entered_option,
                rows=options.bad,
            )
        self._begin("")


class Found:
    """What is wrong with a column of a sheet: in how many rows, and the first of them."""

    def __init__(self, column: str, report: Report) -> None:
        self.column = column
        self.report = report
        self.of = self.slipped = self.bad = 0
        self._first: list[Compared] = []

    def add(self, one: Compared) -> None:
        self.bad += 1
        self.report.mark(one.row)
        if len(self._first) < FEW:
            self._first.append(one)

    def few(self) -> list[Compared]:
        return self._first if self.bad <= FEW else []

    def one_of_many(self) -> Compared | None:
        return self._first[0] if self.bad > FEW else None


def _is_whole_name_of(one: Compared, neighbour: Compared) -> bool:
    """Whether the name that stands in a row is the whole name of its neighbour's entry, and has no given
    name in common with its own."""
    return have_no_given_name_in_common(one.name, one.entered_name) and sorted(
        words(one.name)
    ) == sorted(words(neighbour.entered_name))
