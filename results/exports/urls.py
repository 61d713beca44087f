"""*Download results*, of a centre in a series: below *View entries and results*."""

from django.urls import path

from results.exports import views

urlpatterns = [
    path("", views.choose, name="download"),
    path("files/<uuid:export>/", views.show, name="export"),
    path("files/<uuid:export>/progress/", views.progress, name="export_progress"),
    path("files/<uuid:export>/download/", views.download, name="export_download"),
    path("files/<uuid:export>/file-exchange/", views.share_export, name="export_share"),
    path("files/<uuid:export>/try-again/", views.retry, name="export_retry"),
    path("files/<uuid:export>/destroy/", views.destroy, name="export_destroy"),
    path("<str:what>/<str:format>/", views.download_file, name="download_file"),
]
