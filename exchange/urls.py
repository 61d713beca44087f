"""File Exchange: /file-exchange/…"""

from django.urls import path

from exchange.views import exchange, files, overview, tus, upload

app_name = "exchange"

BETWEEN = "<str:centre>/<str:other>/"
FILE = BETWEEN + "files/<uuid:file>/"

urlpatterns = [
    path("", overview.show, name="overview"),
    path("series/<str:series>/<str:centre>/", exchange.show_centre, name="centre"),
    path(BETWEEN, exchange.show, name="exchange"),
    path(BETWEEN + "upload/", upload.upload_file, name="upload"),
    path(BETWEEN + "uploads/", tus.create, name="tus_create"),
    path(BETWEEN + "uploads/<uuid:upload>/", tus.upload, name="tus_upload"),
    path(BETWEEN + "uploads/<uuid:upload>/cancel/", upload.cancel, name="upload_cancel"),
    path(FILE, files.show, name="file"),
    path(FILE + "<int:number>/download/", files.download, name="download"),
    path(FILE + "<int:number>/withdraw/", files.withdraw, name="withdraw"),
]
