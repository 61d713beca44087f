"""The listing of an exchange, as one of its people sees it: what is new to them first, then the newest; and
one version, with who downloaded it."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404

from centres.models import Series
from core.ask_pages import fingerprint
from exchange.access import Exchange
from exchange.extensions import CONTENTS
from exchange.models import Download, File, Kind, Version
from exchange.version_state import State, is_new_to, standing, state_of

ANY = "any"  # in an address: files that belong to no series


@dataclass(frozen=True)
class Filter:
    """What of it is wanted; None for all."""

    series: str | None = None  # slug, or ANY
    kind: str | None = None

    @classmethod
    def asked(cls, asked: dict[str, str]) -> "Filter":
        """Of an address; what is not known there is left out."""
        kind = asked.get("kind")
        return cls(asked.get("series") or None, kind if kind in Kind.values else None)


def files_in(exchange: Exchange) -> QuerySet[File]:
    return File.objects.filter(centre=exchange.centre, main=exchange.main)


def series_in(exchange: Exchange) -> list[Series]:
    return list(Series.objects.filter(exchange_files__in=files_in(exchange)).distinct())


def newest_in(exchange: Exchange, wanted: Filter) -> QuerySet[Version]:
    """The newest version of each file, with `is_new` and `of_how_many`."""
    files = files_in(exchange)
    if wanted.series == ANY:
        files = files.filter(series=None)
    elif wanted.series:
        try:
            files = files.filter(series=Series.objects.named(wanted.series))
        except Series.DoesNotExist:
            files = files.none()
    if wanted.kind:
        files = files.filter(kind=wanted.kind)
    newer = Version.objects.filter(file=OuterRef("file"), number__gt=OuterRef("number"))
    new = is_new_to(exchange.side).filter(file=OuterRef("file"))
    return (
        standing(Version.objects.filter(~Exists(newer), file__in=files))
        .select_related("file__series")
        .annotate(is_new=Exists(new), of_how_many=Count("file__versions", distinct=True))
        .order_by("-is_new", "-uploaded_at", "pk")
    )


def file_in(exchange: Exchange, pk: UUID) -> File:
    """Raises Http404 for one of another exchange."""
    file = files_in(exchange).select_related("series", "centre", "main").filter(pk=pk).first()
    if file is None:
        raise Http404
    return file


def version_in(exchange: Exchange, pk: UUID, number: int) -> Version:
    """Raises Http404 for one of another exchange."""
    file = file_in(exchange, pk)
    version = standing(file.versions.all()).filter(number=number).first()
    if version is None:
        raise Http404
    version.file = file
    return version


@dataclass(frozen=True)
class VersionRow:
    """A version of `exchange.version_state.standing` as somebody of its exchange sees it, with its takings."""

    version: Version
    exchange: Exchange

    @cached_property
    def state(self) -> State:
        return state_of(self.version)

    @property
    def content(self) -> str:
        return CONTENTS[self.version.content].words

    @property
    def party(self) -> str:
        """Who has uploaded it."""
        return self.exchange.party(self.version.side)

    @property
    def may_be_withdrawn(self) -> bool:
        ours = self.version.side == self.exchange.side
        return ours and self.exchange.may_upload and self.state.can_be_withdrawn

    @property
    def counted(self) -> str:
        """What the page that asks to withdraw it tells (`core.ask_pages`): who downloaded it by now."""
        return fingerprint(self.version.pk, sorted(one.pk for one, _ in self.downloads))

    @property
    def downloads(self) -> list[tuple[Download, str]]:
        """Who downloaded it, and for which party, newest first."""
        return [(one, self.exchange.party(one.side)) for one in self.version.downloads.all()]
