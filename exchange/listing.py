"""The files of an exchange, or of all exchanges of a centre, as one of its people sees them: what is new to them
first, then the newest; and one version, with who downloaded it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import Coalesce
from django.http import Http404

from centres.models import Series
from core.ask_pages import fingerprint
from core.searching import finding, searched_for
from exchange.access import Exchange
from exchange.extensions import CONTENTS
from exchange.models import Download, File, Kind, Version
from exchange.version_state import State, is_new_to, standing, state_of

ANY = "any"  # in an address: files that belong to no series
AT_ONCE = 50
PARTS = {  # of a list: what it is called, and which of `_newest_in`
    "all": ("All", Q()),
    "new": ("New", Q(is_new=True)),
    "to-you": ("To you", Q(is_ours=False)),
    "from-you": ("From you", Q(is_ours=True)),
}


@dataclass(frozen=True)
class Filter:
    """What of it is wanted; "" for all."""

    show: str = "all"
    series: str = ""  # slug, or ANY
    kind: str = ""
    search: str = ""  # in the name of the file

    @classmethod
    def asked(cls, asked: dict[str, str]) -> "Filter":
        """Of an address; what is not known there is left out."""
        show, kind = asked.get("show", ""), asked.get("kind", "")
        return cls(
            show if show in PARTS else "all",
            asked.get("series", ""),
            kind if kind in Kind.values else "",
            searched_for(asked),
        )


@dataclass(frozen=True)
class FileList:
    """A page of the files of these exchanges, which are of one centre, with the choices above it (a constant
    number of queries)."""

    exchanges: Sequence[Exchange]
    wanted: Filter
    asked_page: str | None = None

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many files each part of the list has."""
        parts = {key: Count("pk", filter=which) for key, (_, which) in PARTS.items()}
        return self._newest.aggregate(**parts)

    @property
    def parts(self) -> list[tuple[str, str, int]]:
        """For each part its word in an address, what it is called and its count."""
        return [(key, words, self.counts[key]) for key, (words, _) in PARTS.items()]

    @cached_property
    def page(self) -> Page:
        paginator = Paginator(
            self._newest.filter(PARTS[self.wanted.show][1])  # type: ignore[misc]  # annotated
            .select_related("file__series")
            .annotate(of_how_many=Count("file__versions", distinct=True))
            .order_by("-is_new", "-uploaded_at", "pk"),
            AT_ONCE,
        )
        paginator.count = self.counts[self.wanted.show]
        return paginator.get_page(self.asked_page)

    @cached_property
    def rows(self) -> list["VersionRow"]:
        seen_by = {one.main.pk if one.main else None: one for one in self.exchanges}
        return [VersionRow(one, seen_by[one.file.main_id]) for one in self.page.object_list]

    @property
    def is_narrowed(self) -> bool:
        return self.wanted != Filter()

    @cached_property
    def series(self) -> list[Series]:
        files = File.objects.filter(_within(self.exchanges))
        return list(Series.objects.filter(exchange_files__in=files).distinct())

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return Kind.choices

    @cached_property
    def _newest(self) -> QuerySet[Version]:
        """The newest version of each file that is wanted, of all parts, with `is_new` and `is_ours`."""
        files, wanted = File.objects.filter(_within(self.exchanges)), self.wanted
        if wanted.series == ANY:
            files = files.filter(series=None)
        elif wanted.series:
            try:
                files = files.filter(series=Series.objects.named(wanted.series))
            except Series.DoesNotExist:
                files = files.none()
        if wanted.kind:
            files = files.filter(kind=wanted.kind)
        if wanted.search:
            files = files.filter(finding(wanted.search, "name"))
        newer = Version.objects.filter(file=OuterRef("file"), number__gt=OuterRef("number"))
        is_new, is_ours = Q(pk=None), Q(pk=None)
        for exchange in self.exchanges:
            here = Q(file__centre=exchange.centre, file__main=exchange.main)
            new = is_new_to(exchange.side).filter(file=OuterRef("file"))
            is_new |= here & Q(Exists(new))
            is_ours |= here & Q(side=exchange.side)
        return standing(Version.objects.filter(~Exists(newer), file__in=files)).annotate(
            is_new=Coalesce(ExpressionWrapper(is_new, BooleanField()), False),
            is_ours=Coalesce(ExpressionWrapper(is_ours, BooleanField()), False),
        )


def _within(exchanges: Sequence[Exchange]) -> Q:
    """The files of these exchanges, and of no other."""
    within = Q(pk=None)
    for exchange in exchanges:
        within |= Q(centre=exchange.centre, main=exchange.main)
    return within


def file_in(exchange: Exchange, pk: UUID) -> File:
    """Raises Http404 for one of another exchange."""
    files = File.objects.filter(_within([exchange]), pk=pk)
    file = files.select_related("series", "centre", "main").first()
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
