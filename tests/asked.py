"""Ask pages, as a browser posts them: with what was counted on them (`core.ask_pages`)."""

import re


def counted_on(page) -> str:
    """The fingerprint on a page, a response or its text; "" where it asks nothing."""
    html = page if isinstance(page, str) else page.content.decode()
    found = re.search(r'name="counted" value="([^"]+)"', html)
    return found[1] if found else ""
