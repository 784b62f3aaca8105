"""Observables of an incident as a STIX 2.1 bundle (OASIS Standard, 10 June 2021): pure.

Ids follow from content: the same incident exported again is the same bundle.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid5

import msgspec

from pipeline.incidents.indicators import HASHES, Observable
from schemas.moments import Moment, datetime_of

NAMESPACE = UUID("7d6f5d0e-7c6b-5a0e-9b61-4f1f0f6a8f11")
"""Of the ids of this project's objects."""


class Sighted(msgspec.Struct, frozen=True, kw_only=True):
    """The incident that shows them."""

    incident_id: str
    title: str
    first_time: Moment
    revised_at: Moment
    observables: Sequence[Observable]


def bundle_of(incidents: Iterable[Sighted]) -> dict[str, Any]:
    """One bundle: who says it, an indicator for each observable, a grouping for each incident."""
    author = _author()
    objects = {str(author["id"]): author}
    for incident in incidents:
        indicators = [_indicator(each, incident) for each in incident.observables]
        for one in indicators:
            held = objects.setdefault(str(one["id"]), one)
            held["valid_from"] = min(str(held["valid_from"]), str(one["valid_from"]))
        if indicators:
            group = _grouping(incident, [str(one["id"]) for one in indicators])
            objects[str(group["id"])] = group
    bundle_id = _id("bundle", *objects, *(str(one["modified"]) for one in objects.values()))
    return {"type": "bundle", "id": bundle_id, "objects": list(objects.values())}


def _author() -> dict[str, Any]:
    fixed = "2026-01-01T00:00:00.000Z"
    common = _object("identity", "fenghuo", fixed, fixed)
    return {**common, "name": "Fenghuo", "identity_class": "system"}


def _indicator(observable: Observable, incident: Sighted) -> dict[str, Any]:
    key = f"{observable.kind}={observable.value}"
    created = _time(incident.first_time)
    return {
        **_object("indicator", key, created, created),
        "created_by_ref": _id("identity", "fenghuo"),
        "name": observable.value,
        "indicator_types": ["malicious-activity"],
        "pattern": pattern_of(observable),
        "pattern_type": "stix",
        "valid_from": created,
    }


def _grouping(incident: Sighted, indicator_ids: Sequence[str]) -> dict[str, Any]:
    created, modified = _time(incident.first_time), _time(incident.revised_at)
    return {
        **_object("grouping", incident.incident_id, created, max(created, modified)),
        "created_by_ref": _id("identity", "fenghuo"),
        "name": incident.title,
        "context": "suspicious-activity",
        "object_refs": list(dict.fromkeys(indicator_ids)),
        "external_references": [{"source_name": "fenghuo", "external_id": incident.incident_id}],
    }


def _object(type: str, key: str, created: str, modified: str) -> dict[str, Any]:
    common = {"type": type, "spec_version": "2.1", "id": _id(type, key)}
    return {**common, "created": created, "modified": modified}


def pattern_of(observable: Observable) -> str:
    """The STIX pattern that finds it (STIX 2.1 §9)."""
    value = observable.value
    match observable.kind:
        case "address":
            kind = "ipv6-addr" if ":" in value else "ipv4-addr"
            return f"[{kind}:value = {_text(value)}]"
        case "domain":
            return f"[domain-name:value = {_text(value)}]"
        case "hash":
            return f"[file:hashes.{_text(HASHES[len(value)])} = {_text(value)}]"
        case "file":
            return _file_pattern(value)
        case _:
            return f"[url:value = {_text(value)}]"


def _file_pattern(path: str) -> str:
    at = max(path.rfind("\\"), path.rfind("/"))
    name = f"file:name = {_text(path[at + 1 :] or path)}"
    folder = path[: max(at, 0)]
    return (
        f"[{name} AND file:parent_directory_ref.path = {_text(folder)}]" if folder else f"[{name}]"
    )


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _id(type: str, *parts: str) -> str:
    return f"{type}--{uuid5(NAMESPACE, '|'.join((type, *parts)))}"


def _time(moment: Moment) -> str:
    return datetime_of(moment).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
