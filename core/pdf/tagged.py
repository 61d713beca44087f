"""A laid-out document written as tagged PDF, PDF/UA-1, with what WeasyPrint leaves open mended.

- In scripts whose letters join, each line carries its text (`core.pdf.actual_text`).
- Each glyph means something, also where several of them stand for one cluster: those that WeasyPrint gives no
  text get one that is not seen.
- An item of a list holds its label and one body, whatever blocks stand in it.
"""

from collections.abc import Callable
from typing import Any

from core.pdf.actual_text import with_text
from core.pdf.font_subset import NO_TEXT
from core.pdf.layout import VARIANT

Finisher = Callable[[Any, Any], None]  # of WeasyPrint: it is given the document, and the PDF


def written(document: Any, finisher: Finisher | None = None, **options: Any) -> bytes:
    """Its PDF. `finisher` may change what is written, after all else."""

    def finish(document: Any, pdf: Any) -> None:
        _say_lines(document, pdf)
        _give_glyphs_a_text(pdf)
        _give_list_items_a_body(pdf)
        if finisher:
            finisher(document, pdf)

    return document.write_pdf(pdf_variant=VARIANT, finisher=finish, **options)


def _say_lines(document: Any, pdf: Any) -> None:
    numbers = pdf.pages["Kids"][::3]  # of objects, each followed by its generation and “R”
    for page, number in zip(document.pages, numbers, strict=True):
        content = _object(pdf, pdf.objects[number]["Contents"])
        drawn = b"\n".join(map(_bytes, content.stream))
        content.stream = [with_text(drawn, page._page_box)]


def _give_glyphs_a_text(pdf: Any) -> None:
    for one in pdf.objects:
        if b"begincmap" in getattr(one, "stream", ()):
            one.stream = [line.replace(b"<>", b"<%b>" % NO_TEXT) for line in one.stream]


def _give_list_items_a_body(pdf: Any) -> None:
    dictionaries: list[Any] = [one for one in pdf.objects if isinstance(one, dict)]
    for item in [one for one in dictionaries if one.get("S") == "/LI"]:
        kids = [_object(pdf, reference) for reference in item["K"]]
        blocks = [kid for kid in kids if kid["S"] != "/Lbl"]
        if [kid["S"] for kid in blocks] == ["/LBody"]:
            continue
        whole = type(item)(
            {"Type": "/StructElem", "S": "/LBody", "Pg": item["Pg"], "P": item.reference}
        )
        pdf.add_object(whole)
        for kid in blocks:
            kid["P"] = whole.reference
            kid["S"] = "/NonStruct" if kid["S"] == "/LBody" else kid["S"]
        whole["K"] = type(item["K"])(kid.reference for kid in blocks)
        item["K"][:] = [*(kid.reference for kid in kids if kid["S"] == "/Lbl"), whole.reference]


def _bytes(line: Any) -> bytes:
    return (
        line if isinstance(line, bytes) else line.data if hasattr(line, "data") else line.encode()
    )


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
