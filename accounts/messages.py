"""Messages for the next page, in a cookie whose name the settings give; Django's has a fixed one."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class NamedCookie(CookieStorage):
    cookie_name = settings.MESSAGES_COOKIE


class Storage(FallbackStorage):
    """What went wrong is read first, then what nobody expected, then what was done."""

    storage_classes = (NamedCookie, SessionStorage)

    def __iter__(self) -> Iterator[Message]:
        return iter(sorted(super().__iter__(), key=lambda message: -message.level))
