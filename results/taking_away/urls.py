"""*Take away*, and *What changed*: of a centre in a series, below *View entries and results*."""

from django.urls import path

from results.taking_away.views import changes, exports, files

urlpatterns = [
    path("take-away/", files.choose, name="take_away"),
    path("take-away/files/<uuid:export>/", exports.show, name="export"),
    path("take-away/files/<uuid:export>/progress/", exports.progress, name="export_progress"),
    path("take-away/files/<uuid:export>/download/", exports.download, name="export_download"),
    path("take-away/files/<uuid:export>/file-exchange/", exports.put, name="export_put"),
    path("take-away/files/<uuid:export>/try-again/", exports.retry, name="export_retry"),
    path("take-away/files/<uuid:export>/destroy/", exports.destroy, name="export_destroy"),
    path("take-away/<str:what>/<str:format>/", files.take, name="take_file"),
    path("changes/", changes.show, name="changes"),
    path("changes/csv/", changes.take, name="changes_csv"),
    path("changes/mark-as-seen/", changes.mark, name="changes_mark"),
    path("changes/e-mail/", changes.mail, name="changes_mail"),
]
