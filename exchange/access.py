"""Access to File Exchange: who sees which exchange, and who may upload files (rule 13).

An exchange lies between a centre and the board, or between an Associate Centre and its main centre.
Of the centre's side are its own staff and, towards the board, those of its main centre, who act for
it; of the other side the board's operators, or the main centre's staff. Any of them sees and downloads, but
for letters, which hold logins: those need the right to manage the results service (`serving`). Exams
officers and the board upload and withdraw. For everybody else it answers exactly as one that
does not exist: 404. Who may look on only gets 403 where something would be uploaded.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from structlog.contextvars import bind_contextvars

from centres.models import Centre, Membership, Role
from exchange.models import Side

BOARD = "board"  # in an address, where a main centre has its number


@dataclass(frozen=True)
class Exchange:
    """An exchange as one of its people sees it. Without `main` it is with the board."""

    user: AbstractUser
    centre: Centre
    main: Centre | None
    side: Side
    may_upload: bool
    may_have_letters: bool

    @property
    def other(self) -> str:
        """The word for it in an address."""
        return self.main.number if self.main else BOARD

    @property
    def address(self) -> tuple[str, str]:
        return self.centre.number, self.other

    def party(self, side: str) -> str:
        if side == Side.CENTRE:
            return str(self.centre)
        return str(self.main) if self.main else settings.BOARD_NAME

    @property
    def above(self) -> str:
        """In short, with whom the centre exchanges."""
        return self.main.number if self.main else settings.BOARD_NAME

    @property
    def partner(self) -> str:
        """The other party, as this person sees it."""
        return self.party(self.side.opposite)


def exchange_for(user: AbstractUser, centre_number: str, other: str) -> Exchange:
    """Fetch and authorise in one: `other` is "board" or the main centre's number. Raises Http404."""
    try:
        centre = Centre.objects.select_related("main_link__main").get(number=centre_number)
    except Centre.DoesNotExist:
        raise Http404 from None
    if other == BOARD:
        return _with_board(user, centre)
    link = getattr(centre, "main_link", None)
    if link is None or link.main.number != other:
        raise Http404
    return _with_main(user, centre, link.main)


def exchange_for_upload(user: AbstractUser, centre_number: str, other: str) -> Exchange:
    """The same, for who uploads files. Raises Http404, and PermissionDenied for viewers."""
    exchange = exchange_for(user, centre_number, other)
    if not exchange.may_upload:
        raise PermissionDenied("file exchange")
    return exchange


def exchanges_at(user: AbstractUser, centre: Centre) -> list[Exchange]:
    """Those of a centre: with its main centre, if it has one, and with the board. Raises Http404."""
    link = getattr(centre, "main_link", None)
    others = [link.main.number, BOARD] if link else [BOARD]
    return [exchange_for(user, centre.number, other) for other in others]


def _with_board(user: AbstractUser, centre: Centre) -> Exchange:
    if user.is_superuser:
        return Exchange(user, centre, None, Side.ABOVE, may_upload=True, may_have_letters=True)
    staff = list(Membership.objects.of(user).acting_for(centre))
    return _of(user, centre, None, Side.CENTRE, staff)


def _with_main(user: AbstractUser, centre: Centre, main: Centre) -> Exchange:
    staff = list(Membership.objects.of(user).filter(centre__in=[centre, main]))
    of_main = [one for one in staff if one.centre_id == main.pk]
    return _of(user, centre, main, Side.ABOVE if of_main else Side.CENTRE, of_main or staff)


def _of(
    user: AbstractUser, centre: Centre, main: Centre | None, side: Side, by: list[Membership]
) -> Exchange:
    if not by:
        raise Http404
    bind_contextvars(centre=centre.number)
    officer = any(one.role == Role.EXAMS_OFFICER for one in by)
    letters = any(one.may_manage_results_service for one in by)
    return Exchange(user, centre, main, side, may_upload=officer, may_have_letters=letters)
