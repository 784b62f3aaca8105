"""The wrong script, and raw values, in a text that people read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any, Final

from dashboards.words import Language
from pipeline.severity.policy import Choices

HAN: Final = re.compile(r"[\u3400-\u9fff]")
RAW: Final = re.compile(
    r"\b[a-z]+(?:_[a-z]+)+\b"  # due_soon
    r"|\bid\.(?:orig|resp)_[hp]\b"
    r"|\d{4}-\d{2}-\d{2}T\d{2}"  # stamps in UTC
)
ENGLISH: Final = re.compile(r"\b[a-z]{3,}\b(?![.\\/@:-]\w)")
"""A word in small letters that is no part of a name, a path or an address."""
KNOWN_IN_CHINESE: Final = frozenset({"fenghuo", "replay", "metrics"})
"""Commands and addresses, as they are typed."""
SETTINGS: Final = frozenset(Choices.__struct_fields__)
"""Choices of the policy, named as its file names them."""


def wrong_script(text: str, language: Language) -> list[str]:
    """What of the text is in the other language's script, or in the machine's."""
    found = [word for word in RAW.findall(text) if word not in SETTINGS]
    if language == "en":
        return found + HAN.findall(text)
    return found + [word for word in ENGLISH.findall(text) if word not in KNOWN_IN_CHINESE]


_HAN: Final = "[\u3400-\u9fff]"
BADLY_SET: Final = re.compile(
    rf"{_HAN} +{_HAN}"  # 等 14 台主机 上
    r"|[，。；：、！？] | [，。；：、！？]"
    rf"|{_HAN}[\"']|[\"']{_HAN}"  # straight quotes
    rf"|{_HAN}[,;!?]"
    r"|(?<=[^\s☐☑→])  +(?=[^\s☐☑（(])"  # two spaces, but between boxes
)
"""How no Chinese text is set: spaces, quotes and stops of another script."""


def badly_set(text: str) -> list[str]:
    """What of a Chinese text is spaced or quoted as no Chinese writer would."""
    return [found[0] for found in BADLY_SET.finditer(text)]


def without(text: str, quoted: Iterable[str]) -> str:
    """The text less what it quotes of the evidence, the longest first."""
    for each in sorted(filter(None, set(quoted)), key=len, reverse=True):
        text = text.replace(each, "")
    return text


def shown_texts(node: Any, key: str = "") -> Iterator[str]:
    """Every text of a board's JSON that Grafana shows."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from shown_texts(value, str(name))
        if node.get("id") in ("displayName", "noValue"):
            yield str(node["value"])
    elif isinstance(node, list):
        for value in node:
            yield from shown_texts(value, key)
    elif isinstance(node, str) and key in ("title", "description", "text", "label", "noValue"):
        yield node


class _Reader(HTMLParser):
    """The texts of a page, and those of attributes that are read out or shown on hover."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "script", "pre")
        self.texts += [
            value
            for name, value in attrs
            if value and name in ("title", "aria-label", "placeholder", "data-shown")
        ]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script", "pre")

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.texts.append(data.strip())


def page_texts(page: str) -> list[str]:
    """What a person reads of an HTML page, less quoted log lines."""
    reader = _Reader()
    reader.feed(page)
    return reader.texts
