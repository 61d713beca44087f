"""A page template: laid out once by WeasyPrint, with places left open for what differs from page to page.

An element with `data-stamp` and the class `stamp` is laid out and not drawn. Where its ink would be,
each copy of the page has its own (`stamp`). All else of a page is shared by its copies.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pikepdf

from core.pdf.font_subset import FontSubset
from core.pdf.layout import no_character_missing
from core.pdf.shaping import Line, Shaper, Stamp, number
from core.pdf.tagged import written
from core.pdf.writer import text

OPEN = re.compile(rb"(?<=BDC\n)(?=EMC)")  # nothing is drawn between: the place of a stamp
FIGURE = re.compile(rb"/Figure\s+<<[^>]*>>\s+BDC\n\Z")  # … of a picture
SILENT = {"NonStruct", "Span"}  # tags that tell a reader nothing


class DoesNotFit(Exception):
    """What was to be one page is more."""


@dataclass(frozen=True)
class Slot:
    """The place of a text: where its line begins (from the left, or the right edge when the page is
    written from there), its baseline, how wide it may be, and how wide the lines after it, all in CSS
    pixels."""

    shaper: Shaper
    colour: bytes
    x: float
    baseline: float
    room: float
    measure: float
    from_right: bool

    def line(self, text: str) -> Line:
        """The text, shaped for this place. Raises MissingCharacter."""
        return self.shaper.line(text)

    def lines(self, text: str) -> list[Line]:
        """The text, broken where it is too long for this place. Raises MissingCharacter."""
        line = self.line(text)
        if line.width <= self.room:
            return [line]
        return self.shaper.lines(text, self.room, self.measure)

    def stamp(self, line: Line) -> Stamp:
        """The line in its place; smaller, where it is too long."""
        scale = min(1, self.room / line.width) if line.width else 1
        x = self.x - line.width * scale if self.from_right else self.x
        return Stamp(line.drawn(x, self.baseline, scale, self.colour), line.glyphs)

    def write(self, text: str) -> Stamp:
        return self.stamp(self.line(text))


@dataclass(frozen=True)
class Picture:
    """The place of a picture, in CSS pixels from the top left corner."""

    x: float
    y: float
    side: float

    def stamp(self, inline_image: bytes) -> Stamp:
        place = (self.side, -self.side, self.x, self.y + self.side)
        return Stamp(b"q %b 0 0 %b %b %b cm 0 g %b Q" % (*map(number, place), inline_image))


@dataclass(frozen=True)
class Tag:
    """An element of the structure tree. `kids`: its elements, by place in the list of all, as
    one-tuples, and the numbers of its marked content."""

    name: str
    parent: int | None
    attributes: bytes
    kids: list[int | tuple[int]]


@dataclass(frozen=True)
class PageTemplate:
    """`pieces` of the page's content go before, between and after the stamps named in `order`.
    `states` are the graphics states that they name: how opaque paint is.

    `owners`: which of the tags has the marked content 0, 1, and so on.
    """

    media_box: bytes
    pieces: list[bytes]
    order: list[str]
    slots: Mapping[str, Slot]
    pictures: Mapping[str, Picture]
    glyphs: Mapping[FontSubset, Mapping[int, str]]
    states: Mapping[str, bytes]
    tags: list[Tag]
    owners: list[int]
    metadata: bytes
    language: str


def page_template_of(document: Any) -> PageTemplate:
    """The template that this one-page document is. Raises DoesNotFit and MissingCharacter."""
    if len(document.pages) != 1:
        raise DoesNotFit
    slots, pictures = _places(document.pages[0]._page_box)
    with no_character_missing():
        page = written(document, pdf_identifier=b"template", uncompressed_pdf=True)
    with pikepdf.open(io.BytesIO(page)) as pdf:
        fonts = document.fonts.values()
        subsets = {font.hash: FontSubset.of(font.family, font.weight) for font in fonts}
        pieces = OPEN.split(_content(pdf.pages[0], subsets))
        tags, owners = _tags(pdf.Root.StructTreeRoot.K[0])
        return PageTemplate(
            media_box=b" ".join(number(float(side)) for side in pdf.pages[0].mediabox),
            pieces=pieces,
            order=_order(pieces, slots, pictures),
            slots=slots,
            pictures=pictures,
            glyphs=_glyphs(fonts),
            states=_states(pdf.pages[0].Resources),
            tags=tags,
            owners=owners,
            metadata=pdf.Root.Metadata.read_bytes(),
            language=str(pdf.Root.Lang),
        )


def _content(page: pikepdf.Page, subsets: Mapping[str, FontSubset]) -> bytes:
    """The operators that draw the page, the fonts named as stamps name them."""
    content = page.Contents.read_bytes()
    for name, subset in subsets.items():
        content = content.replace(b"/%b " % name.encode(), b"/%b " % subset.resource)
    return content


def _order(pieces: list[bytes], slots: Iterable[str], pictures: Iterable[str]) -> list[str]:
    """The name of the stamp that goes after each piece but the last."""
    texts, figures = iter(slots), iter(pictures)
    return [next(figures if FIGURE.search(piece) else texts) for piece in pieces[:-1]]


def _places(page_box: Any) -> tuple[dict[str, Slot], dict[str, Picture]]:
    """Where the elements are that are to be stamped, in the order of the document."""
    slots, pictures = {}, {}
    for block in page_box.descendants():
        for box in getattr(block, "children", ()):
            if box.element is None or box.style["visibility"] == "visible":
                continue
            name = box.element.get("data-stamp")
            if hasattr(box, "replacement"):
                pictures[name] = Picture(box.content_box_x(), box.content_box_y(), box.width)
            elif hasattr(box, "pango_layout"):
                slots[name] = _slot(box, _block_around(box, page_box))
    return slots, pictures


def _slot(box: Any, block: Any) -> Slot:
    left, right = block.content_box_x(), block.content_box_x() + block.width
    from_right = block.style["direction"] == "rtl"
    x = box.position_x + box.width if from_right else box.position_x
    return Slot(
        shaper=Shaper(box.style),
        colour=b" ".join(number(part) for part in box.style["color"].to("srgb").coordinates),
        x=x,
        baseline=box.position_y + box.baseline,
        room=x - left if from_right else right - x,
        measure=block.width,
        from_right=from_right,
    )


def _block_around(box: Any, page_box: Any) -> Any:
    """The innermost block that holds this text."""
    around = None
    for block in page_box.descendants():
        lines = getattr(block, "children", ())
        if any(box in line.descendants() for line in lines if hasattr(line, "text_overflow")):
            around = block
    return around


def _tags(document: Any) -> tuple[list[Tag], list[int]]:
    """The structure tree of the page below its document element, parents first."""
    tags: list[Tag] = []
    owners: dict[int, int] = {}

    def add(element: Any, parent: int | None) -> int:
        place = len(tags)
        kids: list[int | tuple[int]] = []
        tags.append(Tag(str(element.S)[1:], parent, _attributes(element), kids))
        for kid in _kids(element):
            if isinstance(kid, int):
                owners[kid] = place
                kids.append(kid)
            else:
                kids.append((add(kid, place),))
        return place

    for element in document.K:
        add(element, None)
    return tags, [owners[content] for content in range(len(owners))]


def _kids(element: Any) -> Iterator[Any]:
    """Its marked content and its elements; elements that say nothing give way to their kids."""
    for kid in element.K:
        if not isinstance(kid, pikepdf.Dictionary):
            yield int(kid)
        elif str(kid.S)[1:] in SILENT:
            yield from _kids(kid)
        else:
            yield kid


def _attributes(element: Any) -> bytes:
    if element.S == "/Figure":
        box = b" ".join(number(float(side)) for side in element.A.BBox)
        return b"/Alt%b/A<</O/Layout/BBox[%b]>>" % (text(str(element.Alt)), box)
    if element.S == "/TH":
        beside_cells = any(cell.S == "/TD" for cell in element.P.K)
        return b"/A<</O/Table/Scope/%b>>" % (b"Row" if beside_cells else b"Column")
    return b""


def _states(resources: Any) -> dict[str, bytes]:
    for kind in ("XObject", "Pattern", "Shading"):
        if resources.get(f"/{kind}"):
            raise ValueError(f"A template is drawn with text, lines and plain colours: no {kind}.")
    return {
        name[1:]: b"<<%b>>"
        % b"".join(b"%b %b" % (key.encode(), number(float(value))) for key, value in state.items())
        for name, state in resources.ExtGState.items()
    }


def _glyphs(fonts: Iterable[Any]) -> dict[FontSubset, dict[int, str]]:
    glyphs: dict[FontSubset, dict[int, str]] = {}
    for font in fonts:
        glyphs.setdefault(FontSubset.of(font.family, font.weight), {}).update(font.to_unicode)
    return glyphs
