"""What the state page says of one part of the service: good, worth a look, or bad, in a sentence."""

from dataclasses import dataclass

GOOD, LOOK, BAD = "good", "look", "bad"
TAGS = {
    GOOD: ("good", "All is well"),
    LOOK: ("warn", "Needs a look"),
    BAD: ("bad", "Needs you now"),
}


@dataclass(frozen=True)
class Bar:
    """A part of the disk, drawn: `share` in per cent."""

    label: str
    size: int
    share: int


@dataclass(frozen=True)
class Check:
    """One part of the service, in a sentence, and what to do where it is not well."""

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
