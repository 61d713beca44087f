"""The board's own site at /board/: Django's admin, entered through the staff sign-in.

For others it does not exist: who is signed in and not of the board gets 404.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse


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
            return inner(request, *args, **kwargs)

        return for_the_board

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """There is one sign-in for all staff."""
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next", "/board/"))

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> Any:
        raise Http404
