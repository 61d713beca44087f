"""A version as somebody of its exchange sees it."""

from dataclasses import dataclass
from functools import cached_property

from centres.ask_pages import fingerprint
from exchange.access import Exchange
from exchange.contents import CONTENTS
from exchange.models import Taking, Version
from exchange.states import State, state_of


@dataclass(frozen=True)
class Seen:
    """Of a version of `exchange.states.standing`, with its takings beside it."""

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
        """Who has put it there."""
        return self.exchange.party(self.version.side)

    @property
    def may_be_taken_back(self) -> bool:
        ours = self.version.side == self.exchange.side
        return ours and self.exchange.may_put and self.state.can_be_taken_back

    @property
    def counted(self) -> str:
        """What the page that asks to take it back tells (`centres.ask_pages`): who took it by now."""
        return fingerprint(self.version.pk, sorted(one.pk for one, _ in self.takings))

    @property
    def takings(self) -> list[tuple[Taking, str]]:
        """Who took it, and for which party, newest first."""
        return [(one, self.exchange.party(one.side)) for one in self.version.takings.all()]
