"""File Exchange: /file-exchange/…"""

from django.urls import path

from exchange.views import exchange, files, overview, tus, upload

app_name = "file_exchange"

BETWEEN = "<str:centre>/<str:other>/"
FILE = BETWEEN + "files/<uuid:file>/"

urlpatterns = [
    path("", overview.show, name="overview"),
    path(BETWEEN, exchange.show, name="exchange"),
    path(BETWEEN + "put/", upload.put, name="put"),
    path(BETWEEN + "uploads/", tus.create, name="uploads"),
    path(BETWEEN + "uploads/<uuid:upload>/", tus.upload, name="upload"),
    path(FILE, files.show, name="file"),
    path(FILE + "<int:number>/take/", files.take, name="take"),
    path(FILE + "<int:number>/take-back/", files.take_back, name="take_back"),
]
