"""JSON that spreads over lines: an array of documents, or documents one after another."""

import json
import re
from collections.abc import Iterator

import orjson

Found = tuple[bytes, int, str]
"""The document on one line of bytes, its first line, what is wrong with it."""

_GAP = re.compile(r"[\s,]*")
_NEXT_DOCUMENT = re.compile(r"^[{\[]", re.MULTILINE)


def read_json_documents(content: bytes, first_line: int) -> Iterator[Found]:
    """Each document at the top level; the members of an array each by themselves.

    After a document that cannot be read, reading goes on at the next line that begins
    with a brace or bracket.
    """
    text = content.decode("utf-8", "replace")
    decoder = json.JSONDecoder(parse_constant=_refuse)
    lines = _Lines(text, first_line)
    position = 0
    while (position := _GAP.match(text, position).end()) < len(text):  # type: ignore[union-attr]
        if text[position] == "[":
            position += 1
            continue
        if text[position] == "]":
            position += 1
            continue
        line = lines.at(position)
        try:
            document, end = decoder.raw_decode(text, position)
            yield _on_one_line(document), line, ""
        except (ValueError, RecursionError) as error:
            end = _resume(text, position)
            broken = text[position:end].strip().encode()
            yield broken, line, f"not JSON: {error}"
        position = end


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no number of JSON")


def _on_one_line(document: object) -> bytes:
    try:
        return orjson.dumps(document)
    except TypeError:
        # Integers past 64 bits: the standard library writes them. A lone surrogate raises.
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _resume(text: str, position: int) -> int:
    match = _NEXT_DOCUMENT.search(text, position + 1)
    return match.start() if match else len(text)


class _Lines:
    """Line numbers of positions that only grow."""

    def __init__(self, text: str, first_line: int) -> None:
        self.text = text
        self.position = 0
        self.line = first_line

    def at(self, position: int) -> int:
        self.line += self.text.count("\n", self.position, position)
        self.position = position
        return self.line
