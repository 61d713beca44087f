"""Django's admin at /board/records/, for looking up what is stored (rule 26, `centres.record_admin`).

It is a part of the board's pages, with their guard and the one sign-in for all staff.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from accounts.guards import board_required, is_of_the_board
from centres.record_admin import RecordAdmin


class BoardSite(AdminSite):
    enable_nav_sidebar = False
    site_header = site_title = "Board"
    index_title = "Records"
    site_url = "/"
    empty_value_display = "–"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only the pages of our own: libraries bring theirs, with tokens and keys to be seen."""
        if admin_class and issubclass(admin_class, RecordAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return board_required(super().admin_view(view, cacheable))

    def has_permission(self, request: HttpRequest) -> bool:
        return is_of_the_board(request)

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """There is one sign-in for all staff."""
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next", "/board/"))

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> Any:
        raise Http404
