"""What of an investigation is a late finding: pure.

Rule 1. A detection is a late finding where it holds, at least one of its events came in a batch
        that the live rules saw without this rule (by content, as a gap is), and nothing live is
        the same: no detection of this id, and none of the same rule that shares an event.
Rule 2. So what a replay finds otherwise for another reason (a window that its beginning cut, an
        exception, another policy) is none, and what was published once is none any more.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from schemas.late_finding import LateDetection
from sinks.contract import Answer


class Found(msgspec.Struct, frozen=True):
    """A detection of an investigation, whose it is, and the batches that its events came in."""

    enterprise_id: str
    detection: LateDetection
    batch_ids: frozenset[str]


class LiveDetection(msgspec.Struct, frozen=True):
    """What is compared of a detection that the live rules made."""

    enterprise_id: str
    detection_id: str
    rule_id: str
    event_ids: tuple[str, ...]


class Saw(msgspec.Struct, frozen=True):
    """What saw which batch: rule sets by enterprise and batch, contents by rule set and rule.

    `contents` are those of the rules that made the investigation.
    """

    rule_set_of: Mapping[tuple[str, str], str]
    known: Mapping[str, Mapping[str, str]]
    contents: Mapping[str, str]

    def has_seen(self, rule_id: str, enterprise_id: str, batch_id: str) -> bool:
        """Whether the live rules held this rule when they saw the batch."""
        rule_set = self.known.get(self.rule_set_of.get((enterprise_id, batch_id), ""), {})
        return rule_id in rule_set and rule_set[rule_id] == self.contents.get(rule_id)


def late_findings(
    found: Iterable[Found], live: Iterable[LiveDetection], saw: Saw
) -> Iterator[Found]:
    """Those of `found` that are late findings."""
    ids: set[tuple[str, str]] = set()
    events: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for one in live:
        ids.add((one.enterprise_id, one.detection_id))
        events[one.enterprise_id, one.rule_id].update(one.event_ids)
    for each in found:
        enterprise_id, detection = each.enterprise_id, each.detection
        of_rule = events.get((enterprise_id, detection.rule_id), set())
        is_live = (enterprise_id, detection.detection_id) in ids
        if is_live or not of_rule.isdisjoint(detection.event_ids):
            continue
        if not all(saw.has_seen(detection.rule_id, enterprise_id, b) for b in each.batch_ids):
            yield each


PART_BYTES = 48_000
"""Of detections in one command: with what else it says it stays below what a command may hold."""


def parts_of(detections: Iterable[LateDetection]) -> list[tuple[LateDetection, ...]]:
    """In their order, so many at a time as one command holds."""
    parts: list[list[LateDetection]] = []
    size = 0
    for each in detections:
        own = len(msgspec.json.encode(each))
        if not parts or size + own > PART_BYTES:
            parts.append([])
            size = 0
        parts[-1].append(each)
        size += own
    return [tuple(part) for part in parts]


_MOMENTS = ("time", "first_time", "last_time")
_SAME = (
    "enterprise_id", "detection_id", "revision", "kind", "rule_id", "title", "title_zh", "level",
    "tags", "scenario", "event_ids", "event_count", "product", "category", "service", "summary",
    "summary_zh", "rule_set_id",
)  # fmt: skip


_TIMES = ", ".join(f"toUnixTimestamp64Micro({name}) AS {name}_us" for name in _MOMENTS)
SELECT_FOUND = f"""
SELECT {", ".join(_SAME)}, {_TIMES}, entity_kinds, entity_values, entity_roles
FROM detections WHERE status = 'active' AND drill = ''
ORDER BY enterprise_id, time, detection_id"""
"""Detections in earnest that hold, as rows for `found_of`."""


def found_of(row: Answer, batch_of: Mapping[str, str]) -> Found:
    """A row of `SELECT_FOUND`; `batch_of` is by event id."""
    entities = zip(*(_list(row[f"entity_{part}"]) for part in _PARTS), strict=True)
    said = {name: row[name] for name in _SAME if name != "enterprise_id"}
    detection = msgspec.convert(
        {
            **said,
            **{name: row[f"{name}_us"] for name in _MOMENTS},
            "entities": [
                dict(zip(("kind", "value", "role"), each, strict=True)) for each in entities
            ],
        },
        LateDetection,
        strict=False,
    )
    batches = {batch_of[each] for each in detection.event_ids if each in batch_of}
    return Found(str(row["enterprise_id"]), detection, frozenset(batches))


_PARTS = ("kinds", "values", "roles")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
