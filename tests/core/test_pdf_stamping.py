"""The library's promise: what is stamped is what WeasyPrint would draw, in every script of our fonts.

A new version of WeasyPrint, Pango, pikepdf or uharfbuzz must pass this before it is let in (`pyproject.toml`).
Read from the pixels: the text layer is right even where boxes are printed.
"""

import io
import re
import unicodedata

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import ImageChops

from core.pdf import qr_code
from core.pdf.fonts import FONTS
from core.pdf.layout import VARIANT, CannotPrint, MissingCharacter, laid_out
from core.pdf.page_template import DoesNotFit, page_template_of
from core.pdf.stamped_pages import StampedPages

FAMILIES = sorted(
    re.sub(r"(?<=Sans)(?=[A-Z])|(?<=Noto)", " ", path.stem.partition("-")[0])
    for path in FONTS.glob("*-Regular.ttf")
)
STYLE = """
@page { size: 120mm 90mm; margin: 8mm; }
html { font-family: %s; font-size: 11pt; color: #123; }
p { margin: 0 0 3mm; }
b { font-weight: normal; }
.bold b { font-weight: bold; }
.ltr { direction: ltr; }
.rtl { direction: rtl; }
.spaced { font-size: 15pt; letter-spacing: 1.5pt; font-kerning: none; color: #700; }
.left { direction: rtl; }
.stamp { visibility: hidden; }
[data-stamp] { line-height: 0; }
svg { width: 20mm; height: 20mm; }
"""
LINES = ("plain", "bold", "spaced", "left")
TEXTS = [
    "Plain words, AVATAR To: Wafer",
    "e\u0301\u0323: x\u0308",
    "NGUYỄN: Ánh Ỹ",
    "محمد: عليّ (ابن)",
    "כהן: שָׂרָה (רות)",
    "王: 小明 たろう",
    "김: 민수 (金)",
    "शर्मा: क्षत्रिय",
    "ศรีสุข: ที่นี่",
    "చౌదరి: స్త్రీ",
    "සිල්වා: ක්‍රිෂාන්ති",
    "မောင်: ကြည်ဖြူ",
    "ខ្ញុំ ស្រីមុំ",
    "Fred (علي) 2 प्रिया 小明",
    "0123-4567-89AB-CDEF",
]


@pytest.fixture
def style_sheet(tmp_path):
    path = tmp_path / "page.css"
    path.write_text(STYLE % ", ".join(f'"{family}"' for family in FAMILIES))
    return path


def page(texts: dict[str, str], *, stamped: str = "") -> str:
    """Each text in a line of its name's style. Its own direction is that of its first letter."""
    lines = "".join(
        f'<p class="{name}"><b data-stamp="{name}" class="{direction(text)} {stamped}">{text}</b></p>'
        for name, text in texts.items()
    )
    return f'<html lang="en"><head><title>A page</title></head><body>{lines}</body></html>'


def direction(text: str) -> str:
    kinds = (unicodedata.bidirectional(symbol) for symbol in text)
    return (
        "rtl" if next((kind for kind in kinds if kind in "L R AL".split()), "L") != "L" else "ltr"
    )


def whole(html: str, style_sheet) -> bytes:
    """All of it laid out and drawn by WeasyPrint. The empty strings that it writes before a glyph that is
    moved are taken out: PDFium would forget the move."""
    written = laid_out(html, style_sheet).write_pdf(pdf_variant=VARIANT)
    with pikepdf.open(io.BytesIO(written)) as pdf:
        contents = pdf.pages[0].Contents
        contents.write(re.sub(rb"(?<!<)<>(?!>)", b" ", contents.read_bytes()))
        pdf.save(cleaned := io.BytesIO())
    return cleaned.getvalue()


def drawn(pdf: bytes, number: int = 0):
    return pypdfium2.PdfDocument(pdf)[number].render(scale=3, grayscale=True).to_pil()


def test_what_is_stamped_is_what_weasyprint_would_draw(style_sheet):
    """Copies of one page, in four styles each: none changes another."""
    template = page_template_of(
        laid_out(page(dict.fromkeys(LINES, "0"), stamped="stamp"), style_sheet)
    )
    pages = StampedPages("Pages")
    for text in TEXTS:
        pages.add(template, {name: template.slots[name].write(text) for name in LINES})
    pdf = pages.finished()

    for number, text in enumerate(TEXTS):
        by_weasyprint = drawn(whole(page(dict.fromkeys(LINES, text)), style_sheet))
        difference = ImageChops.difference(drawn(pdf, number), by_weasyprint)
        assert difference.getextrema()[1] <= 8, text


def test_a_line_that_is_too_long_is_set_smaller_and_keeps_its_words(style_sheet):
    template = page_template_of(laid_out(page({"plain": "0"}, stamped="stamp"), style_sheet))
    pages = StampedPages("A page")
    pages.add(template, {"plain": template.slots["plain"].write("W" * 120)})

    pdf = pages.finished()
    [only] = pypdfium2.PdfDocument(pdf)
    assert "W" * 120 in only.get_textpage().get_text_range()
    assert ImageChops.invert(drawn(pdf)).getbbox()[2] < 3 * only.get_width()


def test_a_picture_is_stamped_in_its_place(style_sheet):
    html = page({"plain": "0"}, stamped="stamp").replace(
        "</body>",
        '<div><svg data-stamp="code" class="stamp" viewBox="0 0 9 9"><title>A code</title></svg></div>'
        "</body>",
    )
    template = page_template_of(laid_out(html, style_sheet))
    pages = StampedPages("A page")
    pages.add(
        template,
        {
            "plain": template.slots["plain"].write("text"),
            "code": template.pictures["code"].stamp(qr_code.image_mask("what it holds")),
        },
    )

    [read] = zxingcpp.read_barcodes(drawn(pages.finished()))
    assert read.text == "what it holds"


def test_a_character_that_no_font_has_a_second_page_and_a_fetch_are_refused(style_sheet, caplog):
    template = page_template_of(laid_out(page({"plain": "0"}, stamped="stamp"), style_sheet))
    with pytest.raises(MissingCharacter, match="\U00012000"):
        template.slots["plain"].write("\U00012000")
    with pytest.raises(MissingCharacter, match="\U00012000"):
        page_template_of(laid_out(page({"plain": "\U00012000"}), style_sheet))
    with pytest.raises(DoesNotFit):
        page_template_of(
            laid_out(page({f"line{number}": "0" for number in range(40)}), style_sheet)
        )
    with pytest.raises(CannotPrint, match="outside itself"):
        laid_out('<img src="https://elsewhere.example.org/">', style_sheet)
    assert "FatalURLFetchingError" in caplog.text and "elsewhere" not in caplog.text
