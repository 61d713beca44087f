"""The whole of guidance as one PDF, the same for everybody, made once in each process."""

from functools import cache

from django.conf import settings
from django.template.loader import render_to_string

from portal.guidance.paper import laid_out, written
from portal.guidance.tasks import by_audience
from portal.guidance.texts import text_of


@cache
def guidance_pdf() -> bytes:
    contents = [
        (audience, [(task, text_of(task, printed=True)) for task in tasks])
        for audience, tasks in by_audience()
    ]
    html = render_to_string(
        "guidance/document.html", {"contents": contents, "BOARD_NAME": settings.BOARD_NAME}
    )
    return written(laid_out(html, style_sheet="document.css"))
