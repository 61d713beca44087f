"""UCI: centre (5), board digit (1), year (2), candidate number (4), and a check letter.

Weights 16 down to 5 on the first twelve characters, summed, modulo 17, choose the letter. A letter
among the first five counts by JCQ's own table, so the check letter is only checked where all twelve
are digits. A letter in the place of the board's digit is another board's, for its centres abroad: such
a UCI is taken as it is.
"""

import re

from centres.loading.values import Wrong, plain, quoted, remembered

CHECK_LETTERS = "ABCDEFGHKLRTVWXYZ"
UCI = re.compile(
    rf"[A-Z0-9]{{5}}[0-9]{{7}}[{CHECK_LETTERS}]"
    r"|[A-Z0-9]{5}[A-Z][0-9]{6}[A-Z]"  # another board's
)


def check_letter(digits: str) -> str:
    """The letter that follows these twelve digits."""
    weighted = zip(digits, range(16, 4, -1), strict=True)
    return CHECK_LETTERS[sum(int(digit) * weight for digit, weight in weighted) % 17]


@remembered
def uci(cell: str) -> str:
    """A candidate's UCI, or an empty text: it is optional."""
    value = plain(cell).upper()
    if not value:
        return ""
    if not UCI.fullmatch(value):
        raise Wrong(
            f"{quoted(value)} is not a UCI. Write thirteen characters: five for the centre, seven "
            "digits (another board’s may have a letter first) and the check letter; or leave it empty."
        )
    if value[:12].isdigit() and value[12] != check_letter(value[:12]):
        raise Wrong(f"{quoted(value)} has the wrong check letter. Look for a mistyped digit.")
    return value
