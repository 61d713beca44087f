"""The sign-in page, also for whoever was signed out before what they posted was done (`accounts.kept_posts`)."""

from typing import Any

from allauth.account.views import LoginView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import kept_posts, page_owners
from accounts.kept_posts import KeptPost
from accounts.models import User
from core.http import from_another_site


class LogIn(LoginView):
    """The page also carries what was posted meanwhile (`accounts.kept_posts.sign_in_page`)."""

    kept_as: str | None = None

    @property
    def kept(self) -> str:
        return getattr(self.request, "kept_post", "") or self.request.POST.get("kept", "")

    def form_valid(self, form: Any) -> HttpResponse:
        if self.kept:
            post = _opened(self.request, self.kept, form.user)
            self.kept_as = kept_posts.keep(self.request, post) if post else ""
        response: HttpResponse = super().form_valid(form)
        return response

    def get_success_url(self) -> str | None:
        if self.kept_as is not None:
            return reverse("kept_post", args=[self.kept_as or "nothing"])
        url: str | None = super().get_success_url()
        return url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = getattr(self.request, "told", kept_posts.KEPT if self.kept else "")
        return {**super().get_context_data(**kwargs), "kept": self.kept, "told": told}

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> Any:
        """Whoever has something kept gives the password again, or it would be lost on the way."""
        return None if self.kept else super()._redirect_to_pending_stage(request, stage)


def _opened(request: HttpRequest, text: str, user: User) -> KeptPost | None:
    """What is kept so, in a browser alone in which they were signed in."""
    here = str(user.pk) in page_owners.owners_of(request).values()
    return kept_posts.decrypted(text, user) if here else None


log_in = LogIn.as_view()


@require_safe
def kept_post(request: HttpRequest, name: str) -> HttpResponseBase:
    """What was kept while they signed in, to go on with."""
    post = kept_posts.kept(request, name)
    return _go_on(request, post, name)


def _go_on(request: HttpRequest, post: KeptPost | None, name: str) -> HttpResponse:
    if post is None or kept_posts.is_gone_on(request, name):
        messages.info(request, kept_posts.NOTHING)
        return redirect("dashboard")
    response = render(request, "account/kept_post.html", {"post": post, "name": name})
    response.headers["Cache-Control"] = "no-store, private"
    return response


def page_too_old(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """For a post without a token that fits (CSRF): what was typed on a page from before the last sign-in is
    kept as well, for whoever typed it."""
    text, owner = request.POST.get("kept", ""), page_owners.whose_older(request)
    found = request.resolver_match
    post = None
    if text and not from_another_site(request) and found and found.view_name == "account_login":
        if not request.user.is_authenticated:
            return kept_posts.sign_in_page(request, text, kept_posts.KEPT)
        post = _opened(request, text, request.user)
    elif owner and not request.user.is_authenticated:
        return kept_posts.signed_out(request, kept_posts.post_of(request, owner))
    elif owner == str(request.user.pk):
        kept = kept_posts.post_of(request, owner)
        post = kept and kept.before_sign_in
    if post is None:
        return render(request, "403_csrf.html", status=403)
    name = request.POST.get(kept_posts.GOES_BY) or kept_posts.name_on_page(
        post, text or request.POST.get(kept_posts.TOKEN, "")
    )
    return _go_on(request, post, name)
