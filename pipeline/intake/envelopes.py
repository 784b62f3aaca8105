"""What holds several events, or one inside transport: unwrapped into documents.

A document is an envelope only where its other members say nothing of an event themselves.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.auditd import is_laurel, laurel_records
from pipeline.intake.formats.lines import look_up, read_doubtful, tidied
from pipeline.intake.texts import REPLACED

LISTS: tuple[tuple[str, frozenset[str]], ...] = (
    ("Records", frozenset({"Records"})),
    ("records", frozenset({"records"})),
    ("items", frozenset({"items", "kind", "apiVersion", "metadata"})),
    ("value", frozenset({"value", "@odata.context", "@odata.count", "@odata.nextLink",
                         "nextLink"})),
    ("events", frozenset({"events", "count", "total", "meta"})),
    ("data", frozenset({"data", "meta", "links"})),
    ("hits.hits", frozenset({"hits", "took", "timed_out", "_shards", "_scroll_id"})),
    ("Events.Event", frozenset({"Events"})),
    ("logEvents", frozenset({"logEvents", "logGroup", "logStream", "messageType", "owner",
                             "subscriptionFilters"})),
)  # fmt: skip
"""The list of events, and the names that an envelope has: CloudTrail, Azure's diagnostics,
Kubernetes, Graph, Elasticsearch, CloudWatch."""

SINGLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("_source", ("_index",)),
    ("_source", ("_id",)),
    ("detail", ("detail-type", "source")),
    ("document", ("group", "kind")),
    ("data", ("kind", "path")),
    ("payload", ("schema",)),
    ("result", ("preview",)),
    ("resource", ("resourceType", "fullUrl")),
)
"""Where the event is inside, and what the envelope has beside it: Elasticsearch, EventBridge,
chainsaw hunt, Kafka Connect, Splunk's export."""

CARRIED = {"logEvents": ("logGroup", "logStream")}
"""What an envelope says of all its events, and they are not told from others' without."""

OPENING = frozenset(
    [*(path.partition(".")[0] for path, _ in LISTS), *(name for name, _ in SINGLES), "ID"]
)
"""An envelope has one of these names, and most events have none."""
MOST_WITHIN = 3
"""Envelopes within each other."""


def unwrapped(
    document: dict[str, Any], most: int | None = None, depth: int = 0
) -> list[dict[str, Any]]:
    """The events of a document: itself where it is no envelope. Raises EventFault
    `too_many_events` for a list of more than `most`, before it is looked into."""
    if depth == MOST_WITHIN or len(document) > 12 or OPENING.isdisjoint(document):
        return [document]
    for path, names in LISTS:
        if path.partition(".")[0] in document and names.issuperset(document):
            listed = look_up(document, path)
            if isinstance(listed, list) and listed and all(isinstance(e, dict) for e in listed):
                if most is not None and len(listed) > max(most, 1):
                    raise EventFault("too_many_events", f"{len(listed)} events in `{path}`")
                beside = {
                    name: document[name] for name in CARRIED.get(path, ()) if name in document
                }
                return [
                    inner
                    for each in listed
                    for inner in unwrapped({**beside, **each}, most, depth + 1)
                ]
    for name, others in SINGLES:
        inner = document.get(name)
        if isinstance(inner, dict) and all(each in document for each in others):
            if "time" in document:  # of an event that says no time of its own (GuardDuty)
                inner.setdefault("receivedAt", document["time"])
            return unwrapped(inner, most, depth + 1)
    return laurel_records(document) if is_laurel(document) else [document]


def json_documents(text: str, how: str) -> Iterator[tuple[Any, str] | EventFault]:
    """The values of JSON one after another on a line, the members of lists each by themselves,
    and how they were read; a fault ends the line."""
    try:
        value, how_read = read_doubtful(text, how)
    except EventFault as fault:
        yield from _one_after_another(text, how, fault)
    else:
        yield from ((each, how_read) for each in _members(value))


def _members(value: Any) -> list[Any]:
    """A list's members where they are events, else the value."""
    is_events = isinstance(value, list) and value and all(isinstance(e, dict) for e in value)
    return value if is_events else [value]


def _one_after_another(
    text: str, how: str, whole: EventFault
) -> Iterator[tuple[Any, str] | EventFault]:
    decoder = json.JSONDecoder(strict=False)
    position, found = 0, 0
    while position < len(text):
        try:
            value, end = decoder.raw_decode(text, position)
            value, is_replaced = tidied(value)
        except (ValueError, RecursionError):
            # The fault of the whole line where nothing of it was read, else of the rest.
            rest = EventFault("not_json", f"after {found} documents: no JSON at {position}")
            yield rest if found else whole
            return
        for each in _members(value):
            yield each, how or (REPLACED if is_replaced else "")
        found += 1
        position = end
        while position < len(text) and text[position] in " \t\r\n,\0\x1e":
            position += 1


def written(document: Mapping[str, Any]) -> bytes:
    """A document that was unwrapped, as the line of its own that it could have been."""
    return orjson.dumps(document)
