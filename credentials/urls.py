"""The exams officer's pages of letters: /candidate-results/…"""

from django.urls import path

from credentials.views import associates, batches, centre, create, letters

app_name = "credentials"

AT_CENTRE = "<str:series>/<str:centre>/"
BATCH = AT_CENTRE + "attached-centres/letters/<uuid:batch>/"

urlpatterns = [
    path(AT_CENTRE, centre.show, name="centre"),
    path(AT_CENTRE + "attached-centres/", associates.show, name="associates"),
    path(AT_CENTRE + "attached-centres/create/", associates.create, name="batch_create"),
    path(BATCH, batches.show, name="batch"),
    path(BATCH + "progress/", batches.progress, name="batch_progress"),
    path(BATCH + "download/", batches.download, name="batch_download"),
    path(BATCH + "retry/", batches.retry, name="batch_retry"),
    path(AT_CENTRE + "find/", centre.find, name="find"),
    path(AT_CENTRE + "credentials/create/", create.create, name="create"),
    path(AT_CENTRE + "letters/", letters.show_all, name="letter_files"),
    path(AT_CENTRE + "letters/preview/", create.preview, name="preview"),
    path(AT_CENTRE + "letters/<uuid:file>/", letters.show, name="letter_file"),
    path(
        AT_CENTRE + "letters/<uuid:file>/progress/", letters.progress, name="letter_file_progress"
    ),
    path(
        AT_CENTRE + "letters/<uuid:file>/download/", letters.download, name="letter_file_download"
    ),
    path(
        AT_CENTRE + "letters/<uuid:file>/file-exchange/",
        letters.share,
        name="letter_file_share",
    ),
    path(AT_CENTRE + "letters/<uuid:file>/retry/", letters.retry, name="letter_file_retry"),
]
