"""Layout of a page by WeasyPrint, which fetches nothing and knows no fonts but our own. It is imported at
the first page, so that the site runs without Pango.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any, NoReturn

from core.pdf.fonts import configuration

ONE_AT_A_TIME = Lock()  # Pango is not for several threads at once
VARIANT = "pdf/ua-1"

logger = logging.getLogger(__name__)


class CannotPrint(Exception):
    """This cannot be printed as it should be; the text says why, in words for staff."""


class MissingCharacter(Exception):
    """No font of ours has it; the argument is the character, or some of them."""


def laid_out(html: str, style_sheet: Path) -> Any:
    """WeasyPrint's document of this HTML, in this style. Raises CannotPrint."""
    try:
        return (
            weasyprint()
            .HTML(string=html, url_fetcher=_refuse)
            .render(
                stylesheets=[_style_sheet(style_sheet)],
                font_config=font_configuration(),
                pdf_variant=VARIANT,
            )
        )
    except weasyprint().urls.FatalURLFetchingError as error:
        logger.error("%s", type(error).__name__)
        raise CannotPrint("A page asked for something outside itself.") from None


@contextmanager
def no_character_missing() -> Iterator[None]:
    """Raise what the fonts lack, which WeasyPrint only logs: a name does not belong there."""
    missing: set[str] = set()

    def collect(record: logging.LogRecord) -> bool:
        if not record.msg.startswith(".notdef"):
            return True
        missing.add(chr(record.args[-1]))  # type: ignore[index,arg-type]
        return False

    told = logging.getLogger("weasyprint")
    told.addFilter(collect)
    try:
        yield
    finally:
        told.removeFilter(collect)
    if missing:
        raise MissingCharacter("".join(sorted(missing)))


@cache
def weasyprint() -> ModuleType:
    """It asks for fonts when it is loaded, so ours must be named before."""
    os.environ["FONTCONFIG_FILE"] = str(configuration())
    return import_module("weasyprint")


@cache
def font_configuration() -> Any:
    return import_module("weasyprint.text.fonts").FontConfiguration()


@cache
def _style_sheet(path: Path) -> Any:
    return weasyprint().CSS(
        string=path.read_text(), font_config=font_configuration(), url_fetcher=_refuse
    )


def _refuse(url: str, *args: object, **kwargs: object) -> NoReturn:
    raise weasyprint().urls.FatalURLFetchingError("a page fetches nothing")
