"""The staff of one's centres: who they are, and what they may do."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import notifications
from accounts.people import access, acts, listing
from accounts.people.access import Rights, StaffManager
from accounts.people.acts import CannotAct
from accounts.people.forms import FIRST_OFFICER, AddForm, InviteForm, RightsForm, initial_of
from accounts.reauthentication import require_recent_password
from accounts.requests import StaffRequest
from core.searching import searched_for

PAGE = 100


@require_safe
def centres(request: StaffRequest) -> HttpResponse:
    """The centres whose people one looks after; straight to it where there is one alone."""
    if not access.managing(request.user).exists():
        raise PermissionDenied("people")
    search = searched_for(request.GET)
    shown = "unmanaged" if request.GET.get("show") == "unmanaged" else ""
    found = listing.centres_with_people(request.user, search)
    counts = listing.counts(found)
    if not search and counts["all"] == 1:
        return redirect("people:centre", found[0].number)
    page = Paginator(found.filter(officers=0) if shown else found, PAGE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "search": search,
        "shown": shown,
        "counts": counts,
    }
    return render(request, "accounts/people/centres.html", context)


@require_safe
def centre(request: StaffRequest, centre: str) -> HttpResponse:
    manager = access.manager_for(request.user, centre)
    context = {
        "manager": manager,
        "people": listing.listed(manager.centre),
        "may_add": access.others_for(manager).exists(),
        "has_others": access.centres_of(request.user).exclude(pk=manager.centre.pk).exists(),
    }
    return render(request, "accounts/people/centre.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: StaffRequest, centre: str) -> HttpResponse:
    manager = access.manager_for(request.user, centre)
    require_recent_password(request)
    form = InviteForm(
        _posted(request),
        initial={} if listing.has_an_officer(manager.centre) else FIRST_OFFICER,
        may_give_restricted=manager.may_give_restricted,
    )
    if form.is_valid():
        data = form.cleaned_data
        try:
            user, link = acts.invite(
                centre=manager.centre,
                username=data["username"],
                name=data["name"],
                email=data["email"],
                rights=form.rights(),
                by=request.user,
            )
        except CannotAct as error:
            form.add_error("username" if str(error) == acts.TAKEN else None, str(error))
        else:
            mailed = notifications.mail_link(user, link, kind="set_password")
            return show_link(request, manager, user, link, kind="invited", mailed=mailed)
    return _form(request, manager, form, "Invite to the staff")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest, centre: str) -> HttpResponse:
    manager = access.manager_for(request.user, centre)
    require_recent_password(request)
    others = list(access.others_for(manager))
    form = AddForm(_posted(request), others=others, may_give_restricted=manager.may_give_restricted)
    if form.is_valid():
        try:
            acts.add(
                centre=manager.centre,
                username=form.cleaned_data["username"],
                rights=form.rights(),
                by=request.user,
            )
        except CannotAct as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"{form.cleaned_data['username']} is on the staff of {centre}."
            )
            return redirect("people:centre", centre)
    return _form(request, manager, form, "Add somebody with an account", others=others)


@require_safe
def person(request: StaffRequest, centre: str, username: str) -> HttpResponse:
    """One person: what they may do here, and everything that can be done about it."""
    manager = access.manager_for(request.user, centre)
    context = {
        "manager": manager,
        "one": listing.one_of(manager.centre, username),
        "is_self": username == request.user.username,
        "done": listing.done_here(manager.centre, username)[:20],
    }
    return render(request, "accounts/people/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest, centre: str, username: str) -> HttpResponse:
    """Change role and rights."""
    manager = access.manager_for(request.user, centre)
    member = access.person_of(manager.centre, username)
    require_recent_password(request)
    form = RightsForm(
        _posted(request),
        initial=initial_of(Rights.of(member)),
        may_give_restricted=manager.may_give_restricted,
    )
    if form.is_valid():
        try:
            acts.change(member=member, rights=form.rights(), by=request.user)
        except CannotAct as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"The role and rights of {member.user} are saved.")
            if member.user == request.user:
                return redirect("dashboard")
            return redirect("people:person", centre, username)
    return _form(request, manager, form, "Change role and rights", one=member)


def show_link(
    request: StaffRequest, manager: StaffManager, user: Any, link: str, *, kind: str, mailed: bool
) -> HttpResponse:
    """The only time that this link is shown. It is kept nowhere: no cache, no address, no session."""
    response = render(
        request,
        "accounts/people/link.html",
        {"manager": manager, "person": user, "link": link, "kind": kind, "mailed": mailed},
    )
    response["Cache-Control"] = "no-store, private"
    return response


def _posted(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _form(
    request: StaffRequest, manager: StaffManager, form: RightsForm, title: str, **context: Any
) -> HttpResponse:
    return render(
        request,
        "accounts/people/form.html",
        {
            "manager": manager,
            "form": form,
            "bad_fields": [field for field in form if field.errors],
            "title": title,
            **context,
        },
    )
