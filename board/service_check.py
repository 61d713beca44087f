"""A check of one part of the service, as the state page shows it: its state, a sentence, and what to do."""

from dataclasses import dataclass

GOOD, LOOK, BAD = "good", "look", "bad"
TAGS = {
    GOOD: ("good", "All is well"),
    LOOK: ("warn", "Needs checking"),
    BAD: ("bad", "Needs action now"),
}


@dataclass(frozen=True)
class Bar:
    """A bar for a part of the disk: `share` in per cent, `size` in bytes."""

    label: str
    size: int
    share: int


@dataclass(frozen=True)
class Check:
    """The state of one part of the service (GOOD, LOOK or BAD), in a sentence, and what to do if it is not GOOD."""

    name: str
    state: str
    words: str
    remedy: str = ""
    bars: tuple[Bar, ...] = ()

    @property
    def tag(self) -> str:
        return TAGS[self.state][0]

    @property
    def tag_words(self) -> str:
        return TAGS[self.state][1]
