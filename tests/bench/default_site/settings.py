"""The site's own settings, but candidates are users: Django's default password hasher, and sessions
in the database, so they come in by the same way as staff. Staff sign-in's counting of failures is
left out, as ours needs none.
"""

from django.conf import global_settings

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.default_site.urls"
MIDDLEWARE = [name for name in MIDDLEWARE if "CandidateSite" not in name]  # noqa: F405
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
AXES_ENABLED = False
SHOWN_AGAIN = []  # none of those pages is there
