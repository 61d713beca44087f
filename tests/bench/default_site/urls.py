"""The same addresses, templates, rules of access and gate before the grades; only who is
signed in is Django's: `authenticate`, `login`, `logout`.
"""

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.db.models import OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from candidate_site import documents
from candidate_site.forms import SignInForm
from candidate_site.page import SignedIn, page_for
from candidate_site.views import SeeOther, answer
from centres.models import Candidate
from centres.status import with_access
from centres.terms import contact_in, contact_of
from credentials.models import Credentials
from operations.views import health
from results.release import results_for


class AnyLoginForm(SignInForm):
    """Usernames and passwords are Django's here, so no slip of the hand can be told."""

    def clean_username(self) -> str:
        return self.cleaned_data["username"]

    def clean_password(self) -> str:
        return self.cleaned_data["password"]


@login_not_required
@csrf_exempt
def sign_in(request: HttpRequest) -> HttpResponse:
    form = AnyLoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if user:
            login(request, user)
            return SeeOther("/results/mine/")
        form.refuse()
    return answer(request, "sign_in", form=form)


@login_not_required
def mine(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return SeeOther("/results/")
    admitted = with_access(Candidate.objects.select_related("centre", "series"))
    admitted = admitted.annotate(**contact_of(OuterRef("centre"), OuterRef("series")))
    number = int(request.user.get_username())
    candidate = get_object_or_404(admitted.filter(has_access=True), pk=number)
    holder = Credentials(candidate=candidate)
    holder.contact, holder.has_other_series = contact_in(vars(candidate)), False
    found = SignedIn(holder, results_for(candidate), timezone.now())
    return answer(request, "mine", page=page_for(found), now=found.at)


@login_not_required
@csrf_exempt
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return SeeOther("/results/")


candidate_site = [
    path("", sign_in, name="sign_in"),
    path("mine/", mine, name="my_results"),
    path("mine/<str:place>/", mine, name="results_page"),
    path("log-out/", log_out, name="log_out"),
    path("privacy/", documents.privacy, name="privacy"),
    path("accessibility/", documents.accessibility, name="accessibility"),
]
urlpatterns = [
    path("results/", include((candidate_site, "candidate_site"))),
    path("health/", health),
]
