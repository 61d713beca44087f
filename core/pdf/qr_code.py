"""The QR code of a letter: which of its modules are black."""

from typing import Any

import zxingcpp

MASK = 2
BITS = bytes.maketrans(b"\x00\xff", b"10")


def modules(text: str) -> list[str]:
    """The rows of the code without its quiet zone: `1` for a black module, `0` for a white one.

    Error correction M, for a letter is folded and carried in a pocket. The mask is a fixed one: to
    look for the best of the eight takes four times as long, and the text is as random as a mask.
    """
    code = zxingcpp.create_barcode(
        text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=MASK
    )
    image = code.to_image(scale=1, add_quiet_zones=False)
    buffer: Any = image  # Python 3.11 has no type for what gives its bytes
    symbols = bytes(memoryview(buffer)).translate(BITS).decode()
    side = image.shape[1]
    return [symbols[at : at + side] for at in range(0, len(symbols), side)]


def path(text: str) -> str:
    """The code as the path of an SVG whose unit is a module."""
    return "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(modules(text))
        for x, module in enumerate(row)
        if module == "1"
    )


def image_mask(text: str) -> bytes:
    """The code as an inline image of a PDF, in the unit square."""
    rows = modules(text)
    side = len(rows)
    width = -(-side // 8)
    bits = b"".join(int(row.ljust(8 * width, "0"), 2).to_bytes(width, "big") for row in rows)
    return b"BI/W %d/H %d/IM true/D[1 0]ID %b\nEI" % (side, side, bits)
