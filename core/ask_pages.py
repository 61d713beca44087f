"""Ask pages: an act is done only if what its page told still holds; else the page asks again.

A page asks before an act that ends, shows or replaces something, and says what would happen. Its button
posts a fingerprint of that (`counted`). Who acts compares it, under the locks of the act, with what
would happen now: meanwhile somebody else may have acted, and printed letters whose logins would die.
"""

import json
from typing import Any, Protocol

from django.utils.crypto import salted_hmac


class Asked(Protocol):
    """What an ask page tells."""

    @property
    def counted(self) -> str:
        """Its fingerprint, which its button posts."""
        ...


class AskAgain(Exception):
    """What would happen is not what was asked about; nothing was written. `now`: what would happen."""

    def __init__(self, now: Any = None) -> None:
        super().__init__()
        self.now = now


def fingerprint(*told: Any) -> str:
    """Of primary keys, counts, words and times; it tells none of them to whoever reads the page."""
    return salted_hmac("ask page", json.dumps(told, default=str), algorithm="sha256").hexdigest()


def still_holds(now: Asked, counted: str | None) -> None:
    """Call it under the locks of the act. Raises AskAgain. Where `counted` is None no page has asked, as
    for commands."""
    if counted is not None and counted != now.counted:
        raise AskAgain(now)
