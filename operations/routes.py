"""The name of a route, which stands in every log and figure in the place of a path."""

from urllib.parse import unquote

from django.core.exceptions import AppRegistryNotReady, ImproperlyConfigured
from django.urls import Resolver404, resolve

NOWHERE = "no such address"


def route_of(path: str) -> str:
    """The name of the route of a path, which may be written as a browser sends it. Before there is a site,
    as while it starts, there is none: a line for the log stops nothing."""
    try:
        return resolve(unquote(path.partition("?")[0])).view_name
    except (Resolver404, AppRegistryNotReady, ImproperlyConfigured):
        return NOWHERE
