"""Bodies of HTTP requests to lines: JSON in any arrangement, text, Elasticsearch's bulk, HEC.

BodyFault   the sender's: the request is refused as a whole, with the cause; nothing of it is taken
"""

import json
from collections.abc import Iterator

import msgspec

DEEPEST = "its lists and objects are nested too deep"

_array = msgspec.json.Decoder(list[msgspec.Raw])
_action = msgspec.json.Decoder(dict[str, dict[str, object] | None])
_document = json.JSONDecoder()
TAKEN_ACTIONS = ("create", "index")


class BodyFault(ValueError):
    """A body that is not what it says; `index` counts the events before it."""

    def __init__(self, problem: str, index: int = 0) -> None:
        super().__init__(problem)
        self.index = index


class BulkItem(msgspec.Struct, frozen=True):
    """One action of a bulk request: its document, or b"" where it cannot be done."""

    action: str
    index: str
    line: bytes


def lines_of_body(body: bytes) -> list[bytes]:
    """An array's elements, a document over several lines, or each line by itself; what a line
    holds is not looked at. Raises BodyFault for an array that is broken."""
    text = body.strip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"["):
        try:
            return [_on_one_line(bytes(each)) for each in _array.decode(text)]
        except (msgspec.DecodeError, RecursionError) as fault:
            raise BodyFault(f"not a JSON array: {fault}") from None
    if b"\n" not in text:
        return [text] if text else []
    if text.startswith(b"{") and text.split(b"\n", 1)[0].rstrip().endswith((b"{", b",")):
        return documents_of_body(text)
    return [line for each in text.split(b"\n") if (line := each.strip(b"\r"))]


def documents_of_body(body: bytes) -> list[bytes]:
    """JSON documents one after another, whatever stands between lines; raises BodyFault."""
    try:
        text = body.decode()
    except UnicodeDecodeError as fault:
        raise BodyFault(f"not UTF-8: {fault}") from None
    return [_on_one_line(each.encode()) for each in _documents(text)]


def _documents(text: str) -> Iterator[str]:
    position, found = 0, 0
    while (position := _skip_space(text, position)) < len(text):
        try:
            end = _document.raw_decode(text, position)[1]
        except ValueError as fault:
            raise BodyFault(f"not JSON: {fault}", found) from None
        except RecursionError:
            raise BodyFault(DEEPEST, found) from None
        yield text[position:end]
        position, found = end, found + 1


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n\ufeff":
        position += 1
    return position


def bulk_items(body: bytes) -> list[BulkItem]:
    """The actions of Elasticsearch's `_bulk`; a deletion or an update has no line.

    Raises BodyFault where actions and documents do not alternate as they must.
    """
    lines = iter([each.strip(b"\r") for each in body.split(b"\n") if each.strip()])
    items: list[BulkItem] = []
    for line in lines:
        try:
            ((action, about),) = _action.decode(line).items()
        except (msgspec.DecodeError, RecursionError, ValueError):
            raise BodyFault("an action line was expected", len(items)) from None
        document = b"" if action == "delete" else next(lines, None)
        if document is None:
            raise BodyFault("an action has no document", len(items))
        index = str((about or {}).get("_index", ""))
        items.append(BulkItem(action, index, document if action in TAKEN_ACTIONS else b""))
    return items


def _on_one_line(document: bytes) -> bytes:
    """The same JSON; numbers and names as they were written."""
    document = document.strip()
    return msgspec.json.format(document, indent=-1) if b"\n" in document else document
