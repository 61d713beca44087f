"""Every ask page posts what it told (`core.ask_pages`), or tells nothing that can change meanwhile."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
# Another heading, or parts of pages that ask.
ALSO = {"centres/confirm_loss.html", "board/_second_person.html"}
TELLS_NOTHING_ELSE = {
    "account/logout.html": "one's own visit",
    "mfa/webauthn/authenticator_confirm_delete.html": "one's own passkey",
    "board/ask_access.html": "an act and whose account: both are posted, and a proposal keeps its words",
    "sealed/ask_keys.html": "one's own keys, of which none is appointed yet",
    "sealed/ask_change.html": "who is appointed and retired: all are posted, and each passphrase confirms them anew",
    "sealed/ask_begin.html": "which series, in its address; nothing is opened before two give their passphrases",
    "accounts/people/ask.html": "an act in fixed words and whose account, checked anew under the lock",
}
OPEN = {
    "board/ask_release.html": "nothing holds yet: whoever confirms is told anew",
    "sealed/ask_seal.html": "who the keyholders are is judged anew under the lock, not compared with the page",
    "credentials/ask_share.html": "until when it is kept is not compared yet",
}


def ask_pages() -> dict[str, str]:
    """Those that are called so, and those whose heading is a question."""
    found = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        name, html = path.relative_to(TEMPLATES).as_posix(), path.read_text()
        asks = path.name.startswith("ask") or re.search(r"\?({% endif %})?</h1>", html)
        if "<form" in html and (asks or name in ALSO):
            found[name] = html
    return found


def test_every_page_that_asks_posts_what_it_told():
    silent = {name for name, html in ask_pages().items() if 'name="counted"' not in html}

    assert silent == {*TELLS_NOTHING_ELSE, *OPEN}
