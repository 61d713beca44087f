"""Which candidates are meant by “0001-0030, 0045”."""

from centres.groups import COMMA, NUMBERS

SHOWN = 5  # of those that are not there


class WrongNumbers(ValueError):
    """What cannot be understood, in a sentence."""


def numbers_in(written: str, there: list[str]) -> tuple[str, ...]:
    """Of the numbers that are there, in order, those that are written. A range may have gaps; a number
    that stands by itself must be there. Raises WrongNumbers."""
    chosen: set[str] = set()
    unknown = []
    for part in filter(None, (one.strip() for one in COMMA.split(written))):
        match = NUMBERS.fullmatch(part)
        if not match:
            raise WrongNumbers(
                f"“{part[:50]}” is no candidate number, nor a range. Write four digits each, such as "
                "0001-0030, 0045."
            )
        first, last = match[1], match[2] or match[1]
        of_it = [number for number in there if first <= number <= last]
        chosen.update(of_it)
        if not of_it:
            unknown.append(part)
    if unknown:
        raise WrongNumbers(
            f"This centre has no candidate {', '.join(unknown[:SHOWN])} in this series."
        )
    return tuple(number for number in there if number in chosen)
