"""The page to hand to candidates: how to log in, what they see, whom to ask. It holds no login."""

from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from guidance.pdf import laid_out, written

SIZES = ("largest", "larger", "large")  # of the text; handout.css says how large each is


def language(wanted: str | None) -> str:
    """One of those that letters are written in; English unless another is asked for."""
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def sheet(language: str, *, level: int = 2) -> str:
    """HTML, in this language; `level`: of its title among the headings of the page."""
    with override(language):
        return render_to_string(
            "guidance/_for_candidates.html",
            {
                "level": level,
                "address": settings.SITE_URL + reverse("candidate_site:sign_in"),
                "code_signs_in": settings.CODE_SIGNS_IN,
                "BOARD_NAME": settings.BOARD_NAME,
            },
        )


@cache
def sheet_pdf(language: str) -> bytes:
    """One page, in the largest of SIZES that it holds."""
    for size in SIZES:
        document = laid_out(_page(language, size), style_sheet="handout.css")
        if len(document.pages) == 1:
            break
    return written(document)


def _page(language: str, size: str) -> str:
    with override(language):
        return render_to_string(
            "guidance/for_candidates_print.html",
            {"sheet": sheet(language, level=1), "size": size},
        )
