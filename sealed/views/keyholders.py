"""Keyholders: who they are, the keys that each makes, the passphrase that is shown once, and its trial.

What is posted here is never kept while the password is asked for (`accounts.guards.never_kept`): the password comes
before each form.
"""

from base64 import b64encode
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts import four_eyes
from accounts.guards import never_kept
from accounts.reauthentication import require_recent_password
from accounts.requests import StaffRequest
from sealed import ceremonies, keyholders, ring, sheet
from sealed.forms import ChangeForm, PassphraseForm
from sealed.models import NOT_TRIED_FOR, Ceremony, Keyholder, Seal
from sealed.refused import Refused


@require_safe
def show_all(request: StaffRequest) -> HttpResponse:
    """The ring, and who could be appointed to it."""
    at = timezone.now()
    late = {holder.pk for holder in keyholders.not_tried(at)}
    holders = ring.ring()
    context = {
        "ring": [(holder, holder.pk in late, keyholders.shut(holder, at)) for holder in holders],
        "holding": {holder.user_id for holder in holders},
        "waiting": _waiting(),
        "own": list(Keyholder.objects.of(request.user)),
        "fewest": ring.FEWEST,
        "most": ring.MOST,
        "days": NOT_TRIED_FOR.days,
        "under_way": Ceremony.objects.under_way(at).select_related("seal__series").first(),
        "at": at,
    }
    return render(request, "sealed/keyholders.html", context)


@never_kept
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def make_keys(request: StaffRequest) -> HttpResponse:
    """What keys are for; then they are made, and the passphrase is shown in this one answer."""
    require_recent_password(request)
    if request.method != "POST":
        own = list(Keyholder.objects.of(request.user))
        return render(request, "sealed/ask_keys.html", {"own": own})
    holder, passphrase = keyholders.make(request.user)
    printed = sheet.pdf(holder, passphrase)
    context = {
        "holder": holder,
        "words": passphrase.split(),
        "pdf": b64encode(printed).decode() if printed else "",
        "SITE_URL": settings.SITE_URL,
    }
    return render(request, "sealed/passphrase.html", context)


@never_kept
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def try_passphrase(request: StaffRequest) -> HttpResponse:
    """Whether it opens one's own key; nothing else is opened by it."""
    require_recent_password(request)
    own = list(Keyholder.objects.of(request.user))
    if not own:
        messages.error(request, "You have no keys yet. Make them first.")
        return redirect("sealed:keyholders")
    form = PassphraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            holder, _ = keyholders.unlock(request.user, form.cleaned_data["passphrase"])
        except Refused as why:
            form.add_error("passphrase", str(why))
        else:
            is_new = len(own) > 1 and not holder.appointed_at
            whose = "the passphrase of your new keys" if is_new else "your passphrase"
            messages.success(request, f"This is {whose}. Put the sheet back into the safe.")
            return redirect("sealed:keyholders")
    return render(request, "sealed/try.html", {"form": form, "own": own[0]})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest) -> HttpResponse:
    """Who is appointed and who is retired; what that means; then two keyholders give their passphrases."""
    require_recent_password(request)
    form = ChangeForm(
        request.POST if request.method == "POST" else None,
        waiting=_waiting(),
        ring=Keyholder.objects.appointed().select_related("user"),
    )
    if not form.is_valid() or "change" in request.POST:
        return render(request, "sealed/change.html", {"form": form, **_about()})
    appointing, retiring = (
        list(form.cleaned_data.get(name, ())) for name in ("appointing", "retiring")
    )
    kind = Ceremony.Kind.CHANGE
    try:
        if "confirmed" in request.POST:
            one = ceremonies.begin(kind, by=request.user, appointing=appointing, retiring=retiring)
            return redirect("sealed:ceremony", one.pk)
        with transaction.atomic():
            after = ceremonies.check(kind, appointing=appointing, retiring=retiring)
    except Refused as why:
        form.add_error(None, str(why))
        return render(request, "sealed/change.html", {"form": form, **_about()})
    context = {
        "appointing": appointing,
        "retiring": retiring,
        "replaced": {one.user_id for one in appointing} & {one.user_id for one in retiring},
        "after": after,
        **_about(),
    }
    return render(request, "sealed/ask_change.html", context)


def _about() -> dict[str, Any]:
    return {
        "ring": ring.ring(),
        "fewest": ring.FEWEST,
        "most": ring.MOST,
        "seals": Seal.objects.closed().select_related("series"),
    }


def _waiting() -> Any:
    """Those of the board who have made keys that hold no share yet."""
    operators = [one.pk for one in four_eyes.operators()]
    made = Keyholder.objects.current().filter(appointed_at=None, user__in=operators)
    return made.select_related("user")
