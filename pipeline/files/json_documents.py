"""JSON that spreads over lines: an array of documents, or documents one after another."""

import json
import re
from collections.abc import Iterator

import orjson

from pipeline.intake.formats.lines import tidied
from pipeline.intake.texts import REPLACED, text_of_line

Found = tuple[bytes, int, str]
"""The document on one line of bytes, its first line, what is wrong with it."""

_GAP = re.compile(r"[\s,]*")
_NEXT_DOCUMENT = re.compile(r"^[{\[]", re.MULTILINE)


def read_json_documents(content: bytes, first_line: int) -> Iterator[Found]:
    """Each document at the top level; the members of an array each by themselves.

    After a document that cannot be read, reading goes on at the next line that begins
    with a brace or bracket. A line between documents that is no JSON comes as it is.
    """
    text, how = text_of_line(content)
    if how == REPLACED:
        text = content.decode("utf-8", "surrogateescape").lstrip("\ufeff\0")
    decoder = json.JSONDecoder(parse_constant=_refuse, strict=False)
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
        if text[position] != "{":
            end = text.find("\n", position) % (len(text) + 1)
            yield _bytes(text[position:end].rstrip()), line, ""
            position = end
            continue
        try:
            document, end = decoder.raw_decode(text, position)
            yield _on_one_line(document), line, ""
        except (ValueError, RecursionError) as error:
            end = _resume(text, position)
            yield _bytes(text[position:end].strip()), line, f"not JSON: {error}"
        position = end


def _on_one_line(document: object) -> bytes:
    """What no text has stays an escape: the reader of the line replaces it, and marks the event."""
    tidy, is_replaced = tidied(document)
    return json.dumps(document).encode() if is_replaced else orjson.dumps(tidy)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no number of JSON")


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
