"""UCI: centre (5), board digit (1), year (2), candidate number (4), and a check letter (rule 23).

Weights 16 down to 5 on the first twelve characters, summed, modulo 17, choose the letter. A letter
among the first five counts by JCQ's own table, so the check letter is only checked where all twelve
are digits. A letter in the place of the board's digit is another board's, for its centres abroad: such
a UCI is taken as it is.
"""

CHECK_LETTERS = "ABCDEFGHKLRTVWXYZ"


def check_letter(digits: str) -> str:
    """The letter that follows these twelve digits."""
    weighted = zip(digits, range(16, 4, -1), strict=True)
    return CHECK_LETTERS[sum(int(digit) * weight for digit, weight in weighted) % 17]
