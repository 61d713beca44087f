"""The search over guidance: titles, keywords, summaries and texts.

A word is found where another begins with it, whatever its accents and capitals. A page is found when it
holds every word; where none does, those that hold some. What stands in a title counts most.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape

from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

from guidance.topics import TOPICS, Topic, text_of

WEIGHTS = {"title": 20, "keywords": 8, "summary": 5}
OFTEN = 4  # more often than this, a word in the text counts no more
AROUND = 90  # characters of an excerpt on each side
HEAD_END = re.compile(r"(?<=\w)(?=</(?:h2|dt|th)>)")
BLOCK_END = re.compile(r"(?<=</)(h2|dt|dd|th|td|li|p)>")


@dataclass(frozen=True)
class Hit:
    topic: Topic
    title: SafeString
    excerpt: SafeString


@dataclass(frozen=True)
class Found:
    hits: list[Hit]
    whole: bool  # every word is on each of these pages


def search(wanted: str) -> Found:
    words = [fold(word) for word in re.findall(r"\w+", wanted)]
    words = [word for word in dict.fromkeys(words) if word]
    scores = [(topic, [_score(topic, word) for word in words]) for topic in TOPICS]
    whole = [(topic, sum(each)) for topic, each in scores if words and all(each)]
    some = [(topic, 100 * sum(map(bool, each)) + sum(each)) for topic, each in scores if any(each)]
    ranked = sorted(whole or some, key=lambda scored: -scored[1])
    hits = [Hit(topic, marked(topic.title, words), _excerpt(topic, words)) for topic, _ in ranked]
    return Found(hits, whole=bool(whole))


def fold(text: str) -> str:
    """Without accents and capitals: each character stays one, so that places stay the same."""
    return "".join(_fold(character) for character in text)


@cache
def _fold(character: str) -> str:
    bare = unicodedata.normalize("NFKD", character)[:1].casefold()
    return bare if len(bare) == 1 else character


@cache
def plain(topic: Topic) -> str:
    """The text of the topic as it is read: “What happens then: Candidates can log in at once.”"""
    apart = BLOCK_END.sub(r"\1> ", HEAD_END.sub(":", text_of(topic)))
    return " ".join(unescape(strip_tags(apart)).split())


@cache
def _folded(topic: Topic) -> dict[str, str]:
    fields = {"title": topic.title, "keywords": topic.keywords, "summary": topic.summary}
    return {name: fold(text) for name, text in {**fields, "text": plain(topic)}.items()}


def _places(folded: str, words: list[str]) -> Iterator[tuple[int, int]]:
    """Where these words stand: each place as (start, end), none within another."""
    if words:
        longest_first = sorted(words, key=len, reverse=True)
        pattern = r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")\w*"
        for match in re.finditer(pattern, folded):
            yield match.span()


def _score(topic: Topic, word: str) -> int:
    folded = _folded(topic)
    score = sum(weight for name, weight in WEIGHTS.items() if any(_places(folded[name], [word])))
    return score + min(OFTEN, len(list(_places(folded["text"], [word]))))


def _excerpt(topic: Topic, words: list[str]) -> SafeString:
    """The text around the first word that it holds; else the summary."""
    text = plain(topic)
    first = next(_places(_folded(topic)["text"], words), None)
    if first is None:
        return marked(topic.summary, words)
    start, end = max(0, first[0] - AROUND), first[1] + AROUND
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = text.find(" ", end) if " " in text[end:] else len(text)
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return format_html("{}{}{}", before, marked(text[start:end], words), after)


def marked(text: str, words: list[str]) -> SafeString:
    """The text, escaped, with the words in <mark>."""
    pieces, at = [], 0
    for start, end in _places(fold(text), words):
        pieces += [
            conditional_escape(text[at:start]),
            format_html("<mark>{}</mark>", text[start:end]),
        ]
        at = end
    return mark_safe("".join([*pieces, conditional_escape(text[at:])]))  # noqa: S308 # nosec B308, B703 # each is escaped
