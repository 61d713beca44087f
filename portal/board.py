"""The board's own site at /board/: Django's admin, entered through the staff sign-in."""

from django.contrib.admin import AdminSite


class BoardSite(AdminSite):
    site_header = site_title = "Board"
    index_title = "What is loaded, releases and holds"
