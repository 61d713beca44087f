"""Ask pages, as a browser posts them: with what was counted on them (`core.ask_pages`). And what answers say beside
their pages."""

import re

from portal.request_ids import HEADER


def counted_on(page) -> str:
    """The fingerprint on a page, a response or its text; "" where it asks nothing."""
    html = page if isinstance(page, str) else page.content.decode()
    found = re.search(r'name="counted" value="([^"]+)"', html)
    return found[1] if found else ""


def but_for_its_id(answer) -> dict[str, str]:
    """The headers of an answer, but for the id of its request, which is another each time."""
    return {name: value for name, value in answer.headers.items() if name != HEADER}
