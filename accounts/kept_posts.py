"""Kept posts: what somebody posts when their session has ended, or when the password is to be given again first, is
kept, and carried on with once they have signed in.

After a sign-in nothing is done blindly: the person sees that it is kept, and presses a button, for hours may have
passed. Then a form is shown again with what was typed; whatever else was pressed is judged as if it were pressed
now (ask pages compare what they told, forms which version they edit). After the password alone, a moment later,
it is carried on with at once.

Nobody gets what another typed, and no other site can have something kept:

- A post is kept only if its token is one that this browser got while it was signed in (`page_owners`).
- Until the password was given it is nowhere but on the sign-in page, encrypted, with whose it is and a time; from
  then on in the session, for SHOWN_FOR, the newest few. Whoever signs in as somebody else gets nothing of it.
- *Go on* does it once: what was carried on with is forgotten, and neither *Back* nor a reload does it again.
- Passwords and codes are never kept, so no form of the account is, nor of a page that is open to all, and no file
  can be. Nor is what a page takes that says so itself (`accounts.guards.never_kept`).
- What asks for the password again, as every act of two people does (rule 26), is not carried on with from before a
  sign-in, when somebody else may have sat there: they are led to its page, and press again (`PressAgain`).
"""

import base64
import datetime as dt
import json
import secrets
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from typing import Any
from urllib.parse import unquote, urlencode

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.crypto import salted_hmac

from accounts.models import User
from accounts.page_owners import NO_FILE, NOT_KEPT
from core import encryption, restored
from core.request_size import FORM, LONGEST_FORM, MULTIPART, SMALL

PURPOSE = "kept posts of staff"
KEPT_FOR = dt.timedelta(hours=12)  # on a sign-in page that is left open
SHOWN_FOR = dt.timedelta(minutes=15)  # in the session
IN_SESSION = "kept_posts"
MOST = 4  # of one session
GONE_ON = "gone_on"  # in the session: what those go by that were carried on with, the newest
MOST_GONE_ON = 50
GOES_BY = "kept_post"  # the field beside *Go on*
LONGEST = (
    LONGEST_FORM - SMALL.length
)  # characters of one, encrypted, beside name and password; of all of a session
WITH_SECRETS = ("account_", "mfa_")  # names of the account's own pages
NEVER_KEPT = "never_kept"  # what a view says of itself (`accounts.guards`)
NOT_DONE = (
    "Nothing has been done, and nothing of what you typed is kept, as it is secret. Confirm that it is you, then type "
    "it once more."
)
KEPT = "You were signed out. What you typed is kept: log in, and check it once more."
NOTHING = (
    "What was typed before this log-in is no longer kept. If you are not sure that it was "
    "done, check before you do it again."
)
PRESS_AGAIN = (
    "Nothing has been done: what was pressed before you logged in is not repeated here. "
    "Check it, and press the button again."
)
BEFORE = "before_sign_in"  # the field of what was posted before it
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 # nosec B105 # the field's name


class PressAgain(Exception):
    """What was posted before a sign-in is not carried on with; nothing was done."""


@dataclass(frozen=True)
class KeptPost:
    """What was posted, where to, by whom. `with_file`: a file was chosen, which is not here."""

    user: str
    path: str
    fields: list[tuple[str, str]]
    with_file: bool

    @property
    def shown_again(self) -> bool:
        """Whether its page shows the form once more, filled in, when `edit` is posted with it."""
        return resolve(self.page).view_name in settings.SHOWN_AGAIN

    @property
    def page(self) -> str:
        """The address without its query, as it is read."""
        return unquote(self.path.partition("?")[0])

    @property
    def before_sign_in(self) -> "KeptPost":
        """The same, so that nothing does it but who presses again what takes the password."""
        kept = [one for one in self.fields if one[0] != BEFORE]
        return replace(self, fields=[*kept, (BEFORE, "yes")])


def post_of(request: HttpRequest, user: str) -> KeptPost | None:
    """What this person posts here; None where nothing of it is to be kept."""
    if not is_kept(request):
        return None
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in (TOKEN, GOES_BY) and isinstance(value, str)
    ]
    return KeptPost(user, request.get_full_path(), fields, request.content_type == MULTIPART)


def is_kept(request: HttpRequest) -> bool:
    found = page_of(request)
    return (
        request.method == "POST"
        and request.content_type in (FORM, MULTIPART)
        and bool(found and not _has_secrets(found))
        and "HX-Request" not in request.headers
    )


def is_never_kept(request: HttpRequest) -> bool:
    """Whether its page says so itself."""
    found = page_of(request)
    return bool(found and hasattr(found.func, NEVER_KEPT))


def _has_secrets(page: ResolverMatch) -> bool:
    """Pages that are open to all take a password, or a link's secret, in the place of a sign-in."""
    open_to_all = not getattr(page.func, "login_required", True)
    own = page.view_name.startswith(WITH_SECRETS)
    return open_to_all or own or hasattr(page.func, NEVER_KEPT)


def page_of(request: HttpRequest) -> ResolverMatch | None:
    """The view of this address, also before Django has resolved it; None where there is none."""
    with suppress(Resolver404):
        return request.resolver_match or resolve(request.path_info)
    return None


# --- On the sign-in page --------------------------------------------------------------------------


def encrypted(post: KeptPost) -> str:
    """For the sign-in page: nobody can read or change it there; "" where it would be too long."""
    said = zlib.compress(json.dumps([time.time(), *astuple(post)]).encode())
    text = base64.urlsafe_b64encode(encryption.encrypt(_key(), said, aad=PURPOSE.encode())).decode()
    return text if len(text) <= LONGEST else ""


def decrypted(text: str, user: User) -> KeptPost | None:
    """What `encrypted` was given, for the person who typed it."""
    if not text:
        return None
    try:
        said = base64.urlsafe_b64decode(text)
        said = zlib.decompress(encryption.decrypt(_key(), said, aad=PURPOSE.encode()))
    except (ValueError, encryption.CannotOpen):
        return None
    at, whose, path, fields, with_file = json.loads(said)
    if whose != str(user.pk) or time.time() - at > KEPT_FOR.total_seconds():
        return None
    return KeptPost(whose, path, [(name, value) for name, value in fields], with_file)


def _key() -> bytes:
    return salted_hmac(PURPOSE, "key", algorithm="sha256").digest()


def signed_out(request: HttpRequest, post: KeptPost | None) -> HttpResponseBase:
    """The sign-in page in the place of an answer, with what was posted."""
    kept = encrypted(post.before_sign_in) if post else ""
    told = (KEPT if kept else NOT_KEPT) + (NO_FILE if post and post.with_file else "")
    return sign_in_page(request, kept, told)


def sign_in_page(request: HttpRequest, kept: str, told: str) -> HttpResponseBase:
    """That page as it is asked for, with what is kept and why somebody is here."""
    back = {} if kept else {"next": request.get_full_path()}
    request.method = "GET"
    request.GET, request.POST = QueryDict(urlencode(back)), QueryDict()
    request.kept_post, request.told = kept, told  # type: ignore[attr-defined]
    page: HttpResponseBase = resolve(reverse("account_login")).func(request)
    return page


# --- In the session -------------------------------------------------------------------------------


def keep(request: HttpRequest, post: KeptPost) -> str:
    """In the session from now on; what it goes by there, "" where it is too long."""
    text = encrypted(post)
    if not text:
        return ""
    name = secrets.token_urlsafe(12)
    kept = [*_still_kept(request).items(), (name, [time.time(), text])][-MOST:]
    while sum(len(one) for _, (_, one) in kept) > LONGEST:
        del kept[0]
    request.session[IN_SESSION] = dict(kept)
    return name


def kept(request: HttpRequest, name: str) -> KeptPost | None:
    """What goes by this name, while it is kept, for whoever is signed in."""
    _, text = _still_kept(request).get(name, (0, ""))
    return decrypted(text, request.user)  # type: ignore[arg-type]


def pop(request: HttpRequest, name: str) -> KeptPost | None:
    """The same, and it is kept no more."""
    if post := kept(request, name):
        del request.session[IN_SESSION][name]
        request.session.modified = True
    return post


def name_on_page(post: KeptPost, token: str) -> str:
    """What it goes by where it is on a page alone: the same when that is posted once more."""
    return salted_hmac(PURPOSE, repr((post, token)), algorithm="sha256").hexdigest()


def is_gone_on(request: HttpRequest, name: str) -> bool:
    return name in request.session.get(GONE_ON, [])


def go_on(request: HttpRequest, name: str) -> bool:
    """Forget what goes by this name, and take its name out of what is posted. False where it was done before."""
    if is_gone_on(request, name):
        return False
    pop(request, name)
    request.session[GONE_ON] = [*request.session.get(GONE_ON, []), name[:64]][-MOST_GONE_ON:]
    fields = request.POST.copy()
    del fields[GOES_BY]
    fields._mutable = False
    request.POST = fields  # type: ignore[assignment]
    return True


def forget_old(request: HttpRequest) -> None:
    """No session carries it for long."""
    if IN_SESSION in request.session:
        request.session[IN_SESSION] = _still_kept(request)
    if not request.session.get(IN_SESSION, True):
        del request.session[IN_SESSION]


def _still_kept(request: HttpRequest) -> dict[str, Any]:
    oldest = time.time() - SHOWN_FOR.total_seconds()
    every: Mapping[str, Any] = request.session.get(IN_SESSION, {})
    return {name: one for name, one in every.items() if one[0] > oldest}


def carried_on(request: HttpRequest, post: KeptPost) -> HttpResponseBase:
    """The answer of its page, as if it were posted now; in a restored site, which has lost what was done
    since, the page."""
    if restored.closes_pages():
        return redirect(post.page)
    path, query = post.page, post.path.partition("?")[2]
    request.path = request.path_info = path
    request.method = "POST"
    request.META = {**request.META, "PATH_INFO": path, "QUERY_STRING": query}
    request.GET = QueryDict(query)
    request.POST = fields_of(post)  # type: ignore[assignment]
    request.resolver_match = found = resolve(path)
    answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
    return answer


def fields_of(post: KeptPost) -> QueryDict:
    fields = QueryDict(mutable=True)
    for name, value in post.fields:
        fields.appendlist(name, value)
    fields._mutable = False
    return fields
