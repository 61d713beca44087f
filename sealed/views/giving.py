"""Give a results file to a sealed series: it is checked and sealed in memory, and what was found stands in the answer
to whoever gave it, and nowhere else (rule 28). The process that answers ends with it (`gunicorn.conf.py`)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.guards import never_kept, takes_a_file
from accounts.reauthentication import is_required, require_recent_password
from accounts.requests import StaffRequest
from core.errors import log_error
from core.upload_handler import HoldingUploadHandler
from sealed import checking, giving
from sealed.forms import GiveForm
from sealed.models import Seal
from sealed.refused import Refused
from sealed.views.series import sealed

SHOWN_ALIKE = 200  # ways in which rows are bad
NO_ROOM = "The storage is full, or cannot be reached. Nothing was kept. Tell the people who run the service."
ASKED_AGAIN = "Confirm that it is you, and give the file once more."


@takes_a_file  # the password is asked for before the form: it cannot be once the file has come
@never_kept
@csrf_exempt  # `csrf_protect` looks at the token below, once it is said where the file goes
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: StaffRequest, series: str) -> HttpResponse:
    """The form; posted, the look at what is sealed from now on, or the bad rows."""
    seal = sealed(series)
    if request.method != "POST":
        require_recent_password(request)
        if seal.opened_at:
            messages.info(
                request, f"{seal.series} is not sealed any more. Load its files as any other."
            )
            return redirect("loading:files")
        return _page(request, seal, GiveForm(former=_former(seal)))
    way = HoldingUploadHandler(request, cannot=ASKED_AGAIN if is_required(request) else "")
    return _give(request, seal, way)


@csrf_protect
@sensitive_variables()
def _give(request: StaffRequest, seal: Seal, way: HoldingUploadHandler) -> HttpResponse:
    form = GiveForm(request.POST, request.FILES, former=_former(seal))
    if way.cannot:
        require_recent_password(request)
    if not form.is_valid():
        return _page(request, seal, form)
    content = way.content
    checked = checking.check(seal.series, content)
    if checked.alike:
        return _page(request, seal, form, checked)
    try:
        file = giving.keep(
            seal,
            content.getbuffer(),
            checked.counts,
            length=checked.length,
            name=way.file_name or "",
            by=request.user,
            reason=form.cleaned_data.get("reason", ""),
            replaces=form.replaces,
        )
    except Refused as why:
        form.add_error("file", str(why))
        return _page(request, seal, form)
    except OSError as error:
        log_error(error, f"a results file of seal {seal.pk}")
        form.add_error("file", NO_ROOM)
        return _page(request, seal, form)
    context = {"seal": seal, "file": file, "checked": checked, "former": _former(seal) - 1}
    return render(request, "sealed/given.html", context)


def _page(
    request: StaffRequest, seal: Seal, form: GiveForm, checked: checking.Checked | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"seal": seal, "form": form, "former": _former(seal)}
    if checked:
        context |= {"bad": checked.bad, "alike": checked.alike[:SHOWN_ALIKE]}
    return render(request, "sealed/give.html", context)


def _former(seal: Seal) -> int:
    return seal.files.to_open().count()
