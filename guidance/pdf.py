"""Guidance as tagged PDFs, with the letters' fonts. Pictures of guidance are all that they fetch.

The whole of guidance is one PDF, the same for everybody, made once in each process.
"""

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from core.pdf import tagged
from core.pdf.layout import ONE_AT_A_TIME, VARIANT, font_configuration, weasyprint
from guidance.pictures import FOLDER, pictures
from guidance.topics import by_audience, text_of

STYLE_SHEETS = Path(__file__).parent


def laid_out(html: str, *, style_sheet: str) -> Any:
    """WeasyPrint's document of this HTML; its pages can be counted."""
    with ONE_AT_A_TIME:
        library = weasyprint()
        css = library.CSS(
            string=(STYLE_SHEETS / style_sheet).read_text(),
            font_config=font_configuration(),
            url_fetcher=_picture,
        )
        page = library.HTML(string=html, base_url=f"{settings.SITE_URL}/", url_fetcher=_picture)
        return page.render(stylesheets=[css], font_config=font_configuration(), pdf_variant=VARIANT)


def written(document: Any) -> bytes:
    """Its PDF. The same document gives the same bytes."""
    with ONE_AT_A_TIME:
        return tagged.written(document, pdf_identifier=b"guidance")


def _picture(url: str, *args: object, **kwargs: object) -> Any:
    kind, _, name = url.partition(":")
    urls = weasyprint().urls
    if kind != "picture" or name not in {one.name for one in pictures().values()}:
        raise urls.FatalURLFetchingError("guidance fetches nothing but its pictures")
    content = (FOLDER / name).read_bytes()
    return urls.URLFetcherResponse(url, content, {"Content-Type": "image/png"})


@cache
def guidance_pdf() -> bytes:
    contents = [
        (audience, [(topic, text_of(topic, printed=True)) for topic in topics])
        for audience, topics in by_audience()
    ]
    html = render_to_string(
        "guidance/document.html", {"contents": contents, "BOARD_NAME": settings.BOARD_NAME}
    )
    return written(laid_out(html, style_sheet="document.css"))
