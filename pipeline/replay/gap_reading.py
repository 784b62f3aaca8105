"""The gaps of a store, read from its accounts (shell)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import msgspec

from pipeline.replay.gaps import (
    IN_FORCE,
    KNOWN_SETS,
    SPANS,
    Covered,
    Gap,
    Judged,
    Sums,
    gaps_of,
    select_judged,
    with_filled,
)
from pipeline.replay.late_findings import (
    SELECT_FOUND,
    Found,
    LiveDetection,
    Saw,
    found_of,
    late_findings,
)
from schemas.moments import Moment
from schemas.rules import RuleOfSet
from sinks.contract import Answer, Store
from sinks.ddl import literal


class GapsUnknown(Exception):
    """The store does not say which rules are in force; the message says what to do."""


class FoundGaps(msgspec.Struct, frozen=True, kw_only=True):
    """The gaps of the rules in force, whose rule set it is, and the sums they are part of."""

    rule_set_id: str
    rules: int
    gaps: list[Gap]
    sums: Sums


def read_gaps(
    store: Store,
    since: Moment = 0,
    enterprises: Sequence[str] = (),
    rules: Sequence[str] = (),
    investigations: Mapping[str, Covered] | None = None,
) -> FoundGaps:
    """Of batches received `since`; of these enterprises and rules (id or title), or of all.

    Which of `investigations`, by name, has filled a gap is told of it.
    Raises GapsUnknown, and whatever the store raises.
    """
    in_force = _in_force(store)
    if not in_force:
        raise GapsUnknown(
            "the store does not say which rules are in force: `fenghuo run` and the worker tell "
            "it when they start"
        )
    chosen = [each for each in in_force if not rules or {each.rule_id, each.title} & {*rules}]
    if strangers := {*rules} - {name for each in chosen for name in (each.rule_id, each.title)}:
        raise GapsUnknown(f"no rule in force has the id or title {min(strangers)!r}")
    known = _known_sets(store)
    chunks = store.lines(select_judged(since, enterprises))
    judged = (each for chunk in chunks for each in _JUDGED.decode_lines(chunk))
    gaps, sums = gaps_of(judged, chosen, known)
    return FoundGaps(
        rule_set_id=in_force[0].rule_set_id,
        rules=len(chosen),
        gaps=[with_filled(each, in_force, investigations or {}) for each in gaps],
        sums=sums,
    )


def read_covered(store: Store) -> Covered:
    """What the rules of an investigation have seen; raises whatever the store raises."""
    return Covered(
        {each.rule_id: each.content_id for each in _in_force(store)},
        {
            str(row["enterprise_id"]): (int(str(row["first_us"])), int(str(row["last_us"])))
            for row in store.query(SPANS)
        },
    )


def _in_force(store: Store) -> list[RuleOfSet]:
    return msgspec.convert(store.query(IN_FORCE), list[RuleOfSet])


_JUDGED = msgspec.json.Decoder(Judged, strict=False)


ASKED_AT_ONCE = 1_000
"""Ids in one question: a longer one is refused (`max_query_size`)."""


class Investigated(msgspec.Struct, frozen=True):
    """Detections in earnest of an investigation, and the contents of the rules that made them."""

    found: list[Found]
    contents: dict[str, str]
    incidents: dict[str, frozenset[str]]
    """Ids of detections by incident, of those that stand."""


_INCIDENTS = """
SELECT incident_id, detection_ids FROM incidents WHERE status != 'superseded' AND drill = ''
ORDER BY first_time, incident_id"""


def read_investigated(store: Store) -> Investigated:
    """Of an investigation's store; raises whatever the store raises."""
    rows = store.query(SELECT_FOUND)
    ids = {str(each) for row in rows for each in cast(list[object], row["event_ids"])}
    batches = _asked(store, "SELECT event_id, batch_id FROM events WHERE event_id IN ({ids})", ids)
    batch_of = {str(row["event_id"]): str(row["batch_id"]) for row in batches}
    return Investigated(
        [found_of(row, batch_of) for row in rows],
        {each.rule_id: each.content_id for each in _in_force(store)},
        {
            str(row["incident_id"]): frozenset(map(str, cast(list[object], row["detection_ids"])))
            for row in store.query(_INCIDENTS)
        },
    )


def read_late_findings(live: Store, investigated: Investigated) -> list[Found]:
    """What of it is a late finding, by what is live; raises whatever the store raises."""
    found = investigated.found
    saw = Saw(
        {
            (str(row["enterprise_id"]), str(row["batch_id"])): str(row["rule_set_id"])
            for row in _asked(
                live,
                "SELECT enterprise_id, batch_id, rule_set_id FROM batches"
                " WHERE outcome = 'accepted' AND drill = '' AND batch_id IN ({ids})",
                {batch_id for each in found for batch_id in each.batch_ids},
            )
        },
        _known_sets(live),
        investigated.contents,
    )
    same_rules = _asked(
        live,
        "SELECT enterprise_id, detection_id, rule_id, event_ids FROM detections"
        " WHERE drill = '' AND rule_id IN ({ids})",
        {each.detection.rule_id for each in found},
    )
    return [*late_findings(found, msgspec.convert(same_rules, list[LiveDetection]), saw)]


def _asked(store: Store, sql: str, ids: Iterable[str]) -> list[Answer]:
    """The rows of a question about so many ids, in parts."""
    ordered, rows = sorted(ids), []
    for at in range(0, len(ordered), ASKED_AT_ONCE):
        listed = ", ".join(map(literal, ordered[at : at + ASKED_AT_ONCE]))
        rows += store.query(sql.format(ids=listed))
    return rows


def _known_sets(store: Store) -> dict[str, dict[str, str]]:
    """Content ids by rule set and rule."""
    known: dict[str, dict[str, str]] = defaultdict(dict)
    for row in store.query(KNOWN_SETS):
        known[str(row["rule_set_id"])][str(row["rule_id"])] = str(row["content_id"])
    return known
