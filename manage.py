#!/usr/bin/env python
"""Django's command line, with this project's settings."""

import os
import sys

if __name__ == "__main__":
    os.umask(0o077)  # what the site writes is its owner's alone
    if sys.argv[1:] == [
        "keys",
        "make",
    ]:  # before the settings, which keep what they make in DATA_DIR
        from portal import keys

        print(*(f"{name}={key}" for name, key in keys.made().items()), sep="\n")
        sys.exit()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
