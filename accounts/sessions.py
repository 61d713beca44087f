"""Sessions of a member of staff: in which browsers they are signed in, and how that ends."""

from dataclasses import dataclass

from allauth.usersessions.models import UserSession

from accounts.models import User
from accounts.session_store import row_of
from accounts.sign_in import NO_ADDRESS

BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "CrOS": "ChromeOS",
    "Windows": "Windows", "Mac OS": "macOS", "Linux": "Linux",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A session, as a person reads it."""

    session: UserSession
    browser: str
    address: str
    is_this: bool


def sessions_of(user: User, current: str | None) -> list[Shown]:
    """Those that are still open, this one first, then the newest."""
    found = [
        Shown(
            one,
            browser_of(one.user_agent),
            "" if one.ip == NO_ADDRESS else one.ip,
            one.session_key == row_of(current),
        )
        for one in UserSession.objects.purge_and_list(user)
    ]
    return sorted(found, key=lambda one: (not one.is_this, -one.session.created_at.timestamp()))


def browser_of(agent: str) -> str:
    """“Firefox on Windows”; what names neither is shown as it is, cut short."""
    browser = next((name for sign, name in BROWSERS.items() if sign in agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or agent[:60] or "Unknown browser"


def end_visits(user: User) -> int:
    """Sign this person out in every browser; how many there were."""
    ended = 0
    for session in UserSession.objects.filter(user=user):
        session.end()
        ended += 1
    return ended
