"""The environment of an installation, read: a value that cannot work stops the start with the remedy.

Each variable may stand in a file of its own, which NAME_FILE names: a secrets store of systemd, of an engine of
containers or of a cluster gives it so, and no list of processes shows it.
"""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

from core import time_zones
from portal.keys import KeyRing, parse


class Files(FileAwareMapping):
    """The environment, where NAME_FILE holds what NAME would say; a line's end behind it is no part of it."""

    def __getitem__(self, name: str) -> str:
        try:
            value: str = super().__getitem__(name)
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE names a file that cannot be read ({error.strerror}): {error.filename}"
            ) from None
        return value.strip()


class Env(environ.Env):
    ENVIRON = Files()


env = Env()
FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def flag(name: str, *, default: bool) -> bool:
    """A misspelt MFA_REQUIRED must not switch the second factor off, so nothing is guessed."""
    value = env.str(name, default="").strip().lower()
    if not value:
        return default
    if value not in FLAGS:
        raise ImproperlyConfigured(f"{name} must be true or false")
    return FLAGS[value]


def number(name: str, *, default: int, least: int) -> int:
    value = env.str(name, default="").strip() or str(default)
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number, {least} or more")
    return int(value)


UNITS = {"K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}


def size(name: str, *, default: str) -> int:
    """Bytes: a whole number and a unit, such as 500M or 2G."""
    value = env.str(name, default="").strip() or default
    found = re.fullmatch(r"([1-9][0-9]*) ?([KMGT])(iB|B)?", value)
    if not found:
        raise ImproperlyConfigured(f"{name} must be a size such as 500M or 2G")
    return int(found[1]) * UNITS[found[2]]


def choice(name: str, *, known: Collection[str], default: str) -> str:
    """One of these words."""
    value = env.str(name, default="").strip().lower() or default
    if value not in known:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(known)}")
    return value


def choices(name: str, *, known: Collection[str]) -> tuple[str, ...]:
    """Some of these words, with commas between; all of them where none is named."""
    named = re.findall(r"[^\s,]+", env.str(name, default="").lower())
    if unknown := [one for one in named if one not in known]:
        raise ImproperlyConfigured(
            f"{name} must name, with commas between, what is taken of {', '.join(known)}; "
            f"“{unknown[0]}” is none of these"
        )
    return tuple(one for one in known if one in named) or tuple(known)


def one_of(name: str, *known: str) -> str:
    """One of these words, or none."""
    value = env.str(name, default="").strip().lower()
    if value not in ("", *known):
        raise ImproperlyConfigured(f"{name} must be {' or '.join(known)}, or left out")
    return value


def clamd(name: str) -> str:
    """Where the virus scanner listens; empty: there is none."""
    value = env.str(name, default="").strip()
    if value and not re.fullmatch(r"unix:/.+|[^:/]+:[0-9]{1,5}", value):
        raise ImproperlyConfigured(
            f"{name} must say where clamd listens, as unix:/run/clamav/clamd.ctl or localhost:3310"
        )
    return value


def listener(name: str, *, default: str, token: str) -> str:
    """Host and port on which to listen; where others than this machine reach it, there must be a token."""
    value = env.str(name, default="").strip() or default
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ImproperlyConfigured(f"{name} must say where to listen, as 127.0.0.1:9464")
    if host not in ("127.0.0.1", "localhost", "[::1]") and len(token) < 20:
        raise ImproperlyConfigured(
            f"{name} can be reached from other machines, so METRICS_TOKEN must be set, to 20 "
            "characters or more that nobody can guess"
        )
    return value


def collector(name: str) -> str:
    """Where reports of errors are sent, in Sentry's form; empty: nowhere."""
    value = env.str(name, default="").strip()
    if value and not re.fullmatch(r"https?://[0-9a-zA-Z]+@[^@/\s]+/(\S+/)?[0-9]+", value):
        raise ImproperlyConfigured(
            f"{name} must be an address such as https://KEY@errors.example.org/1"
        )
    return value


def address(name: str, *, default: str) -> str:
    """The site's own address, without a slash at its end."""
    value = (env.str(name, default="") or default).rstrip("/")
    site = urlsplit(value)
    if site.scheme not in ("http", "https") or not site.hostname or site.path:
        raise ImproperlyConfigured(
            f"{name} must be the address that people type, such as https://direct.example.org, "
            "with nothing behind the host's name and port"
        )
    return value


def keys(name: str, file: Path) -> Mapping[str, bytes]:
    """Keys by their id, the one in use first: from the environment, else from the file of made ones."""
    given = env.str(name, default="")
    try:
        return parse(name, given) if given else KeyRing(name, file)
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from None


def storage(name: str, *, default: Path) -> str:
    """Where all that is kept lies: an S3, or the folder `default`."""
    value = env.str(name, default="").strip()
    asked = urlsplit(value)
    known = {"endpoint", "region"}.issuperset(parse_qs(asked.query, keep_blank_values=True))
    if value and not (asked.scheme == "s3" and asked.hostname and not asked.username and known):
        raise ImproperlyConfigured(
            f"{name} must name a bucket, such as s3://bucket/prefix?endpoint=https://s3.example.org&region=eu-west-2, "
            "without credentials: these are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    return value or str(default)


def database(name: str, *, default: str) -> dict[str, Any]:
    found = env.db_url_config(env.str(name, default="") or default)
    if not found.get("ENGINE"):
        raise ImproperlyConfigured(
            f"{name} must name a database, such as postgres://user:password@host/name "
            "or sqlite:////srv/direct/portal.sqlite3"
        )
    return found


def time_zone(name: str, *, default: str) -> str:
    value = env.str(name, default="") or default
    if fault := time_zones.fault_in(value):
        raise ImproperlyConfigured(f"{name} must name a time zone. {fault.format(f'“{value}”')}")
    return value


def time_of_day(name: str, *, default: str) -> dt.time:
    """Hours and minutes, such as 06:00."""
    value = env.str(name, default="").strip() or default
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise ImproperlyConfigured(f"{name} must be a time of day, such as 06:00")
    return dt.time.fromisoformat(value)


def reaches_people(mail_backend: str) -> bool:
    """Whether what is mailed leaves this machine, and is not printed, kept or thrown away."""
    kind = mail_backend.removeprefix("django.core.mail.backends.").partition(".")[0]
    return kind not in ("console", "dummy", "filebased", "locmem")
