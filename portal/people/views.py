"""The staff of one's centres: who they are, and what they may do."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from centres import people, people_list, telling
from centres.access import StaffRequest
from centres.people import CannotAct, PeopleDesk, Rights
from credentials.views.confirming import confirm_first
from portal.people.forms import FIRST_OFFICER, AddForm, InviteForm, RightsForm, initial_of

PAGE = 100


@require_safe
def centres(request: StaffRequest) -> HttpResponse:
    """The centres whose people one looks after; straight to it where there is one alone."""
    if not people.managing(request.user).exists():
        raise PermissionDenied("people")
    search = request.GET.get("search", "").strip()
    found = people_list.centres_with_people(request.user, search)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    if not search and page.paginator.count == 1:
        return redirect("people:centre", page.object_list[0].number)
    return render(request, "people/centres.html", {"page": page, "search": search})


@require_safe
def centre(request: StaffRequest, centre: str) -> HttpResponse:
    desk = people.desk_for(request.user, centre)
    context = {
        "desk": desk,
        "people": people_list.listed(desk.centre),
        "may_add": people.others_for(desk).exists(),
    }
    return render(request, "people/centre.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: StaffRequest, centre: str) -> HttpResponse:
    desk = people.desk_for(request.user, centre)
    confirm_first(request)
    form = InviteForm(
        _posted(request),
        initial={} if people_list.has_an_officer(desk.centre) else FIRST_OFFICER,
        may_give_restricted=desk.may_give_restricted,
    )
    if form.is_valid():
        data = form.cleaned_data
        try:
            user, link = people.invite(
                centre=desk.centre,
                username=data["username"],
                name=data["name"],
                email=data["email"],
                rights=form.rights(),
                by=request.user,
            )
        except CannotAct as error:
            form.add_error("username" if str(error) == people.TAKEN else None, str(error))
        else:
            mailed = telling.mail_link(user, link, kind="set_password")
            return show_link(request, desk, user, link, kind="invited", mailed=mailed)
    return _form(request, desk, form, "Invite to the staff")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest, centre: str) -> HttpResponse:
    desk = people.desk_for(request.user, centre)
    confirm_first(request)
    others = list(people.others_for(desk))
    form = AddForm(_posted(request), others=others, may_give_restricted=desk.may_give_restricted)
    if form.is_valid():
        try:
            people.add(
                centre=desk.centre,
                username=form.cleaned_data["username"],
                rights=form.rights(),
                by=request.user,
            )
        except CannotAct as error:
            form.add_error(None, str(error))
        else:
            return redirect("people:centre", centre)
    return _form(request, desk, form, "Add somebody with an account", others=others)


@require_safe
def person(request: StaffRequest, centre: str, username: str) -> HttpResponse:
    """One person: what they may do here, and everything that can be done about it."""
    desk = people.desk_for(request.user, centre)
    context = {
        "desk": desk,
        "one": people_list.one_of(desk.centre, username),
        "is_self": username == request.user.username,
        "done": people_list.done_here(desk.centre, username)[:20],
    }
    return render(request, "people/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest, centre: str, username: str) -> HttpResponse:
    """Change role and rights."""
    desk = people.desk_for(request.user, centre)
    member = people.person_of(desk.centre, username)
    confirm_first(request)
    form = RightsForm(
        _posted(request),
        initial=initial_of(Rights.of(member)),
        may_give_restricted=desk.may_give_restricted,
    )
    if form.is_valid():
        try:
            people.change(member=member, rights=form.rights(), by=request.user)
        except CannotAct as error:
            form.add_error(None, str(error))
        else:
            if member.user == request.user:
                return redirect("dashboard")
            return redirect("people:person", centre, username)
    return _form(request, desk, form, "Change role and rights", one=member)


def show_link(
    request: StaffRequest, desk: PeopleDesk, user: Any, link: str, *, kind: str, mailed: bool
) -> HttpResponse:
    """The only time that this link is shown. It is kept nowhere: no cache, no address, no session."""
    response = render(
        request,
        "people/link.html",
        {"desk": desk, "person": user, "link": link, "kind": kind, "mailed": mailed},
    )
    response["Cache-Control"] = "no-store, private"
    return response


def _posted(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _form(
    request: StaffRequest, desk: PeopleDesk, form: RightsForm, title: str, **context: Any
) -> HttpResponse:
    return render(
        request, "people/form.html", {"desk": desk, "form": form, "title": title, **context}
    )
