"""The board's own site at /board/: its desk (`portal.desk`), and Django's admin of what is stored.

It is entered through the staff sign-in. For others it does not exist: who is signed in and not of the
board gets 404. Whatever is posted to it, the password is asked for first when the last time is a while ago,
and what was typed is carried on with (`centres.confirming`). A file alone cannot be kept so: to give one
changes nothing yet.
"""

from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver

from centres.confirming import confirm_first


class BoardSite(AdminSite):
    enable_nav_sidebar = False
    site_header = site_title = "Board"
    index_title = "What is loaded, releases and holds"
    site_url = "/"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only the pages of our own: libraries bring theirs, with tokens and keys to be seen."""
        if admin_class and admin_class.__module__.startswith("portal."):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def for_the_board(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not self.has_permission(request):
                raise Http404
            if request.method == "POST" and not getattr(view, "takes_a_file", False):
                confirm_first(request)  # type: ignore[arg-type]
            return inner(request, *args, **kwargs)

        return update_wrapper(for_the_board, inner)

    def has_permission(self, request: HttpRequest) -> bool:
        """Board operators are superusers; the rest of the admin knows no other."""
        return super().has_permission(request) and bool(request.user.is_superuser)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # Here, and in `index`: this site is made before the models are there to be imported.
        from portal.desk.urls import addresses

        return [*addresses(self._guarded), *super().get_urls()]

    def _guarded(self, view: Any) -> Any:
        """A page of the desk, for the board alone; asked at each request, as the site's own pages."""

        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return self.admin_view(view)(request, *args, **kwargs)

        page.login_url = "admin:login"  # type: ignore[attr-defined]
        return update_wrapper(page, view)

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> Any:
        from portal.desk.views import start

        return start.show(request, self.get_app_list(request))  # type: ignore[arg-type]

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """There is one sign-in for all staff."""
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next", "/board/"))

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> Any:
        raise Http404
