"""Messages for the next page, in a cookie whose name the settings give; Django's has a fixed one."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class NamedCookie(CookieStorage):
    cookie_name = settings.MESSAGES_COOKIE


class Storage(FallbackStorage):
    storage_classes = (NamedCookie, SessionStorage)
