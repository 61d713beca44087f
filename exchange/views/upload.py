"""Upload a file by a form: with JavaScript the browser sends it in parts (`exchange.views.tus`),
without it the form itself brings it, straight into the encrypted store."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import StaffRequest
from exchange import filenames, quota, refusals, uploads
from exchange.access import Exchange, exchange_for_upload
from exchange.extensions import CONTENTS
from exchange.forms import UploadForm
from exchange.models import Version
from exchange.quota import CannotUpload
from exchange.refusals import NotAllowed
from exchange.upload_handler import UploadHandler


@csrf_exempt  # Checked below: to check the token is to read the form, file and all.
@require_http_methods(["GET", "HEAD", "POST"])
def upload_file(request: StaffRequest, centre: str, other: str) -> HttpResponse:
    exchange = exchange_for_upload(request.user, centre, other)
    with UploadHandler(request, exchange=exchange) as way:
        return _upload_file(request, exchange, way)


@csrf_protect
def _upload_file(request: StaffRequest, exchange: Exchange, way: UploadHandler) -> HttpResponse:
    if request.method != "POST":
        return _page(request, exchange, UploadForm(initial=request.GET.dict()))
    form = UploadForm(request.POST, request.FILES)
    way.explain(form)
    if not form.is_valid():
        return _page(request, exchange, form)
    upload = way.finish(**form.about())
    try:
        version = uploads.finish(upload)
    except (NotAllowed, CannotUpload) as error:
        form.add_error("file", str(error))
        return _page(request, exchange, form)
    messages.success(request, said_of(version, upload.name))
    return redirect("exchange:file", *exchange.address, version.file_id)


@require_POST
def cancel(request: StaffRequest, centre: str, other: str, upload: UUID) -> HttpResponse:
    exchange = exchange_for_upload(request.user, centre, other)
    found = uploads.upload_of(exchange, upload)
    uploads.cancel(found)
    if found.version is None:
        name = filenames.shown(found.name)
        messages.success(request, f"“{name}” was cancelled. Nothing of it is kept.")
    return redirect("exchange:upload", *exchange.address)


def said_of(version: Version, name: str) -> str:
    """What became of a file that was to take this name."""
    ending = name.rpartition(".")[2].lower()
    what = f"“{version.file}” is here"
    if version.number > 1:
        what += f", as version {version.number}"
    elif ending not in CONTENTS[version.content].extensions:
        what += f", and not as “{filenames.shown(name)}”: a name ends as what is in the file"
    return f"{what}. It can be downloaded as soon as it has been checked."


def _page(request: StaffRequest, exchange: Exchange, form: UploadForm) -> HttpResponse:
    return render(
        request,
        "exchange/upload.html",
        {
            "exchange": exchange,
            "form": form,
            "unfinished": uploads.unfinished(exchange),
            "quota": quota.quota_of(exchange.centre),
            "listed": refusals.listed(),
            "file_limit": settings.EXCHANGE_FILE_LIMIT,
            "kept_for": settings.EXCHANGE_RETENTION.days,
        },
    )
