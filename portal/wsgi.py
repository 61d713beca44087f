"""The entry point for gunicorn, which does not start with keys or a storage of another site."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

from portal import start  # noqa: E402 - it looks at models

start.require_or_wait()
