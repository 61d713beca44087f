"""The pages of loading: upload a file, see what would change, apply it; who loaded what, and when."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import four_eyes
from accounts.guards import takes_a_file
from accounts.reauthentication import confirmed_download, reauthenticate_for_download
from accounts.requests import StaffRequest
from centres import audit
from core import encrypted_files, jobs
from core.ask_pages import AskAgain
from core.encryption import CannotOpen
from core.http import attachment
from core.models import EncryptedFile
from loading import workflow as loads
from loading.engine.report import Warned
from loading.findings import alike_in, sample_in
from loading.forms import FileForm
from loading.models import LoadedFile
from loading.registry import is_workbook
from loading.upload_handler import LoadUploadHandler
from loading.workflow import CannotLoad

ADVICE = {
    Warned.LETTERS_LOST: "A question mark stands where a letter was, which is nowhere in this file any more. Go "
    "back to where the file comes from, and save it as “CSV UTF-8”.",
    Warned.ENCODED_TWICE: "Letters with accents came out as two signs (MÃœLLER), because a program opened the "
    "file wrongly and saved it again. Go back to the file as it was before, and load that, or save it as “CSV "
    "UTF-8” from there.",
}


class ToLookAt(NamedTuple):
    """What of a file somebody should look at: what it is, how many, the first of them; and whether logins
    end by it."""

    of: str
    many: int
    some: list[dict[str, str]]
    gives_numbers: bool

    @property
    def advice(self) -> str:
        return ADVICE.get(Warned(self.of), "")


@takes_a_file
@csrf_exempt  # `csrf_protect` looks at the token below, once it is said where the file goes
@require_http_methods(["GET", "HEAD", "POST"])
def show_all(request: StaffRequest) -> HttpResponse:
    """Every file that was given, and the form for another."""
    if request.method != "POST":
        return _list(request, FileForm())
    with LoadUploadHandler(request, by=request.user) as way:
        return _give(request, way)


@csrf_protect
def _give(request: StaffRequest, way: LoadUploadHandler) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    way.explain(form)
    if not form.is_valid():
        return _list(request, form)
    try:
        with encrypted_files.open_stored(form.cleaned_data["file"].stored) as stream:
            kind = loads.check_kind(stream, form.cleaned_data["kind"])
    except CannotLoad as error:
        form.add_error("kind", str(error))
        return _list(request, form)
    load = way.finish()
    loads.give(load, kind=kind, reason=form.reason_for(kind), by=request.user)
    return redirect("loading:file", load.pk)


def _list(request: StaffRequest, form: FileForm) -> HttpResponse:
    loads = LoadedFile.objects.exclude(step=LoadedFile.Step.ARRIVING).select_related("file")
    page = Paginator(loads, 25).get_page(request.GET.get("page"))
    return render(request, "loading/files.html", {"form": form, "page": page})


@require_safe
def show(request: StaffRequest, load: UUID) -> HttpResponse:
    return render(request, "loading/file.html", _context(request, _load(load)))


@require_safe
def progress(request: StaffRequest, load: UUID) -> HttpResponse:
    """The part of the page that htmx asks for until the step is done."""
    return render(request, "loading/_file.html", _context(request, _load(load)))


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: StaffRequest, load: UUID) -> HttpResponse:
    """Asks; then, posted, it is applied."""
    wanted = _load(load)
    if request.method != "POST":
        return _ask(request, wanted)
    counted = request.POST.get("counted")
    right = "names_are_right" in request.POST

    def act() -> None:
        loads.apply(wanted, by=request.user, counted=counted, names_are_right=right)

    try:
        return _do(request, load, act)
    except AskAgain:
        return _ask(request, _load(load), asked_again=True)


def _ask(request: StaffRequest, load: LoadedFile, *, asked_again: bool = False) -> HttpResponse:
    if not _may_apply(request, load):
        return redirect("loading:file", load.pk)
    losing = _losing(load)
    context = {
        "load": load,
        "losing": losing,
        "ending": losing + load.found.get("former_holders", 0),
        "asked_again": asked_again,
    }
    return render(request, "loading/ask_apply.html", context)


def _may_apply(request: StaffRequest, load: LoadedFile) -> bool:
    own = load.asked_by == request.user.username
    return load.can_be_applied and not (own and load.needs_second_person)


def _losing(load: LoadedFile) -> int:
    """How many logins end for want of access."""
    return sum(load.found.get("losing", {}).values())


@require_POST
def discard(request: StaffRequest, load: UUID) -> HttpResponse:
    wanted = _load(load)
    return _do(request, load, lambda: loads.discard(wanted, by=request.user))


@require_POST
def retry(request: StaffRequest, load: UUID) -> HttpResponse:
    jobs.try_again(_load(load))
    return redirect("loading:file", load)


@require_safe
def download(request: StaffRequest, load: UUID) -> Any:
    """The file as it was given."""
    wanted = _load(load)
    if asked := reauthenticate_for_download(request, back_to=reverse("loading:file", args=[load])):
        return asked
    try:
        with encrypted_files.open_stored(wanted.file) as stream:
            workbook = is_workbook(stream)
    except CannotOpen as error:
        messages.error(request, str(error))
        return redirect("loading:file", load)
    audit.record("loaded_file_downloaded", by=request.user, subject=str(wanted))
    name = f"{wanted.kind}-{wanted.asked_at:%Y%m%d-%H%M}.{'xlsx' if workbook else 'csv'}"
    return attachment(encrypted_files.stream(wanted.file), name)


@require_safe
def faults(request: StaffRequest, load: UUID) -> Any:
    """Every bad row, as a CSV."""
    wanted = _load(load)
    stored = wanted.faults
    if stored is None or not wanted.found.get("bad"):
        return redirect("loading:file", load)
    name = f"bad-rows-{wanted.kind}-{wanted.asked_at:%Y%m%d-%H%M}.csv"
    return attachment(encrypted_files.stream(stored), name)


def _load(pk: UUID) -> LoadedFile:
    given = LoadedFile.objects.exclude(step=LoadedFile.Step.ARRIVING)
    return get_object_or_404(given.select_related("file", "faults", "sample"), pk=pk)


def _do(request: StaffRequest, load: UUID, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except CannotLoad as error:
        messages.error(request, str(error))
    return redirect("loading:file", load)


def _context(request: StaffRequest, load: LoadedFile) -> dict[str, Any]:
    context: dict[str, Any] = {
        "load": load,
        "kept_until": loads.kept_until(load),
        "own": load.asked_by == request.user.username,
        "who_can": four_eyes.who_can(load.asked_by) if load.waits_for_second_person else "",
        "may_apply": _may_apply(request, load),
        "losing": _losing(load),
        "confirmed": confirmed_download(request),
    }
    try:
        sample = _read(load.sample, sample_in) or {}
        context["sample"] = sample.get("changes", [])
        context["alike"] = alike_in(sample)
        context["to_look_at"] = [
            ToLookAt(
                of,
                load.found["to_look_at"][of],
                some,
                of in (Warned.ANOTHER_PERSON, Warned.REINSTATED),
            )
            for of, some in sample.get("to_look_at", {}).items()
            if some
        ]
    except CannotOpen as error:
        context["unreadable"] = str(error)
    return context


def _read(stored: EncryptedFile | None, read: Callable[[EncryptedFile], Any]) -> Any:
    return read(stored) if stored and stored.whole_at else None
