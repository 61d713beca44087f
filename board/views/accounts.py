"""People: the accounts of the board and of centres. Two people open one; one person shuts one out."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import four_eyes
from accounts.guards import only_searches
from accounts.models import User
from accounts.reauthentication import require_recent_password
from accounts.requests import StaffRequest
from board import accounts, people, search
from board.forms.accounts import AccessForm
from board.forms.people import NameForm
from board.models import ProposedAccess
from board.proposals import CannotPropose
from board.views.proposals import REFUSED, decide, done, facts, is_right, posted
from core.searching import searched_for


@only_searches
@require_http_methods(["GET", "HEAD", "POST"])
def show_all(request: StaffRequest) -> HttpResponse:
    """The board's own people, what waits, and what was decided lately; or whoever is searched for."""
    found = ProposedAccess.objects.all()
    operators = four_eyes.operators()
    settling = four_eyes.settling(one.username for one in operators)
    wanted = searched_for(request.POST)
    context = {
        "search": wanted,
        "people": list(search.people(wanted)[: search.MOST + 1]) if wanted else [],
        "most": search.MOST,
        "operators": [(one, settling.get(one.username)) for one in operators],
        "waiting": found.waiting(),
        "decided": found.exclude(decided_at=None)[:25],
    }
    return render(request, "board/accounts.html", context)


@require_safe
def show_person(request: StaffRequest, username: str) -> HttpResponse:
    """Where they work, with which rights, and what was done with their account."""
    found = get_object_or_404(User, username=username)
    own = found == request.user
    return render(request, "board/person.html", {"person": people.person(found), "own": own})


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: StaffRequest, username: str) -> HttpResponse:
    """How a colleague is called and written to."""
    found = get_object_or_404(User, username=username, is_superuser=True, memberships=None)
    form = NameForm(request.POST or None, instance=found)
    if not form.is_valid():
        return render(request, "board/person_name.html", {"form": form, "person": found})
    people.rename(found, **form.cleaned_data, by=request.user)
    messages.success(request, f"Name and e-mail of {username} are saved.")
    return redirect("board:person", username)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: StaffRequest) -> HttpResponse:
    """The form; then what it would do; then it is proposed, or for shutting out, done."""
    require_recent_password(request)
    if request.method != "POST":
        initial = {"username": request.GET.get("username", "")[:150]}
        return _form(request, AccessForm(initial=initial))
    form = AccessForm(request.POST)

    def check(proposal: ProposedAccess) -> None:
        if not form.shuts_out:
            accounts.check(proposal, by=request.user)

    if not is_right(form, check) or "change" in request.POST:
        return _form(request, form)
    if "confirmed" not in request.POST:
        context = {
            "proposal": form.instance,
            "shuts_out": form.shuts_out,
            "posted": posted(request, form),
        }
        return render(request, "board/ask_access.html", context)
    if form.shuts_out:
        return _shut_out(request, form)
    if not done(form, lambda: accounts.propose(form.instance, by=request.user)):
        return _form(request, form)
    said = "Proposed. It takes effect once somebody else at the board confirms it."
    messages.success(request, said)
    return redirect("board:account", form.instance.pk)


def _shut_out(request: StaffRequest, form: AccessForm) -> HttpResponse:
    username = form.instance.username
    if not done(form, lambda: accounts.shut_out(username, by=request.user)):
        return _form(request, form)
    messages.success(request, f"{username} is shut out, everywhere, from now on.")
    return redirect("board:person", username)


def _form(request: StaffRequest, form: AccessForm) -> HttpResponse:
    return render(request, "board/propose_access.html", {"form": form})


@require_safe
def show(request: StaffRequest, account: int) -> HttpResponse:
    return render(request, "board/access.html", facts(request, _proposal(account)))


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: StaffRequest, account: int) -> HttpResponse:
    """Who confirms is shown the link, where there is one: now, and never again."""
    found = _proposal(account)
    if request.method != "POST":
        return redirect("board:account", account)
    try:
        link = accounts.confirm(found, by=request.user)
    except CannotPropose as error:
        messages.error(request, str(error))
        return redirect("board:account", account)
    if not link:
        messages.success(request, "Confirmed. It is done.")
        return redirect("board:account", account)
    return render(request, "board/link.html", {"proposal": found, "link": link})


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: StaffRequest, account: int) -> HttpResponse:
    act = partial(accounts.refuse, _proposal(account))
    return decide(request, act, REFUSED, "board:account", account)


def _proposal(pk: int) -> ProposedAccess:
    return get_object_or_404(ProposedAccess, pk=pk)
