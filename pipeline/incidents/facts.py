"""What a group of detections says together: who, where, when, with what, how grave.

A function of the group as a set: the order in which its evidence came does not matter.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from pipeline.incidents.linking_keys import normal_form
from pipeline.incidents.policy import LEVEL_PLACE, IncidentPolicy
from pipeline.incidents.scenario import choose_scenario
from pipeline.incidents.state import Attribution, Evidence, RuleFacts
from pipeline.incidents.triage import Sign, counted_tactics, most_significant, risk_of
from schemas.attack import tactic_place, techniques_of
from schemas.detection import Entity, EntityKind, Level
from schemas.incident import DetectionSummary
from schemas.moments import Moment
from schemas.scenarios import Scenario, scenarios_of

IDS_MAX = 1_000
ENTITIES_OF_KIND_MAX = 50
"""Those of the gravest and most detections are kept."""

KINDS: tuple[EntityKind, ...] = (
    "host",
    "account",
    "address",
    "domain",
    "data",
    "process",
    "file",
    "hash",
)
_KIND_PLACE = {kind: place for place, kind in enumerate(KINDS)}

CONFIDENCE_OF_LEVEL: dict[Level, int] = {
    "informational": 5,
    "low": 15,
    "medium": 35,
    "high": 55,
    "critical": 70,
}
CONFIDENCE_OF_CORRELATION = 10
CONFIDENCE_OF_RULE = 2
CONFIDENCE_OF_TACTIC = 3
CONFIDENCE_MAX = 95
"""What rules alone can give; the rest is an analyst's to give."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """The group as an analyst sees it; fields as in `Incident`."""

    scenario: Scenario
    level: Level
    confidence: int
    risk: int
    first_time: Moment
    last_time: Moment
    tactics: tuple[str, ...]
    techniques: tuple[str, ...]
    entities: tuple[Entity, ...]
    detections: tuple[DetectionSummary, ...]
    """Gravest first; of equal ones, what speaks of the scenario, then in order of time."""
    detection_ids: tuple[str, ...]
    event_ids: tuple[str, ...]
    detection_count: int
    event_count: int


class Witness(msgspec.Struct, frozen=True):
    """One piece of evidence with what it refers to."""

    evidence: Evidence
    rule: RuleFacts
    entities: tuple[Entity, ...]


def facts_of(policy: IncidentPolicy, group: Iterable[Witness]) -> Facts:
    """All facts of a group that is not empty."""
    witnesses = sorted(group, key=lambda one: (one.evidence.time, one.evidence.detection_id))
    rules = list(dict.fromkeys(one.rule for one in witnesses))
    signs = signs_of(witnesses)
    scenario = choose_scenario(policy, signs)
    tactics = _tactics(policy, witnesses)
    event_ids = {event_id for one in witnesses for event_id in one.evidence.event_ids}
    detection_ids = [each for one in witnesses for each in _detection_ids(one.evidence)]
    return Facts(
        scenario=scenario,
        level=max((rule.level for rule in rules), key=LEVEL_PLACE.__getitem__),
        confidence=_confidence(rules, tactics),
        risk=risk_of(policy, signs),
        first_time=min(one.evidence.first_time for one in witnesses),
        last_time=max(one.evidence.last_time for one in witnesses),
        tactics=tactics,
        techniques=techniques_of(tag for rule in rules for tag in rule.tags),
        entities=_entities(witnesses),
        detections=_summaries(witnesses, scenario),
        detection_ids=tuple(detection_ids[:IDS_MAX]),
        event_ids=tuple(sorted(event_ids)[:IDS_MAX]),
        detection_count=sum(one.evidence.count for one in witnesses),
        event_count=len(event_ids)
        + sum(one.evidence.event_count - len(one.evidence.event_ids) for one in witnesses),
    )


def _detection_ids(evidence: Evidence) -> tuple[str, ...]:
    return (evidence.detection_id, *evidence.folded_ids)


def signs_of(witnesses: Iterable[Witness]) -> list[Sign]:
    """Each rule once, with the most telling attribution of its detections."""
    of_rule: dict[RuleFacts, list[Attribution]] = {}
    for one in witnesses:
        of_rule.setdefault(one.rule, []).append(one.evidence.attribution)
    return [Sign(rule, most_significant(found)) for rule, found in of_rule.items()]


def _tactics(policy: IncidentPolicy, witnesses: Sequence[Witness]) -> tuple[str, ...]:
    """Tactics in the order in which they were first seen; those that count for the risk."""
    seen: dict[str, Moment] = {}
    for one in witnesses:
        for tactic in counted_tactics(policy, Sign(one.rule, one.evidence.attribution)):
            seen[tactic] = min(seen.get(tactic, one.evidence.time), one.evidence.time)
    return tuple(sorted(seen, key=lambda tactic: (seen[tactic], tactic_place(tactic))))


def _confidence(rules: Sequence[RuleFacts], tactics: Sequence[str]) -> int:
    """From the gravest level, correlations, and how many rules and tactics agree."""
    gravest = max(CONFIDENCE_OF_LEVEL[rule.level] for rule in rules)
    fired = CONFIDENCE_OF_CORRELATION * any(rule.is_correlation for rule in rules)
    distinct = len({rule.rule_id for rule in rules})
    agreeing = CONFIDENCE_OF_RULE * (distinct - 1) + CONFIDENCE_OF_TACTIC * max(len(tactics) - 1, 0)
    return min(CONFIDENCE_MAX, gravest + fired + agreeing)


def _summaries(witnesses: Sequence[Witness], scenario: Scenario) -> tuple[DetectionSummary, ...]:
    """One line a rule: gravest first; of equal ones, what speaks of the scenario first, what
    names nobody last; then in order of time."""
    by_rule: dict[str, list[Witness]] = {}
    for one in witnesses:
        by_rule.setdefault(one.rule.rule_id, []).append(one)
    placed = []
    for rule_id, of_rule in by_rule.items():
        line = _summary(of_rule)
        speaks = any(_speaks_of(scenario, one.rule) for one in of_rule)
        names = any(one.evidence.attribution == "named" for one in of_rule)
        place = (-LEVEL_PLACE[line.level], not speaks, not names, line.first_time, rule_id)
        placed.append((place, line))
    return tuple(line for _, line in sorted(placed, key=lambda pair: pair[0]))


def _speaks_of(scenario: Scenario, rule: RuleFacts) -> bool:
    return scenario.key in scenarios_of(rule.tags, rule.scenario)


def _summary(of_rule: Sequence[Witness]) -> DetectionSummary:
    gravest = max(of_rule, key=lambda one: (LEVEL_PLACE[one.rule.level], one.rule.title))
    told = next((one.evidence for one in of_rule if one.evidence.summary), gravest.evidence)
    return DetectionSummary(
        rule_id=gravest.rule.rule_id,
        title=gravest.rule.title,
        title_zh=gravest.rule.title_zh,
        level=gravest.rule.level,
        count=sum(one.evidence.count for one in of_rule),
        first_time=min(one.evidence.first_time for one in of_rule),
        last_time=max(one.evidence.last_time for one in of_rule),
        summary=told.summary,
        summary_zh=told.summary_zh,
    )


class _Weight(msgspec.Struct):
    """How grave and how often: what decides an entity's place."""

    level: int = 0
    count: int = 0


def _entities(witnesses: Sequence[Witness]) -> tuple[Entity, ...]:
    """Each entity once a role, spelled in full, the gravest of each kind first."""
    weights: dict[Entity, _Weight] = {}
    for one in witnesses:
        for entity in one.entities:
            weight = weights.setdefault(entity, _Weight())
            weight.level = max(weight.level, LEVEL_PLACE[one.rule.level])
            weight.count += one.evidence.count
    return _most_weighty(_merge_spellings(weights))


def _merge_spellings(weights: Mapping[Entity, _Weight]) -> dict[Entity, _Weight]:
    """`ws5` and `ws5.example.com` as one, under the longer name; likewise for no role."""
    groups: dict[tuple[str, str], dict[str, list[Entity]]] = {}
    for entity in sorted(weights):
        kind, name = normal_form(entity.kind, entity.value)
        roles = groups.setdefault((kind, name or entity.value), {})
        roles.setdefault(entity.role, []).append(entity)
    merged = {}
    for roles in groups.values():
        spelling = max((one for each in roles.values() for one in each), key=_length)
        for role, same in roles.items():
            if role or len(roles) == 1:
                merged[Entity(spelling.kind, spelling.value, role)] = _Weight(
                    max(weights[one].level for one in same), sum(weights[one].count for one in same)
                )
    return merged


def _length(entity: Entity) -> tuple[int, str]:
    return len(entity.value), entity.value


def _most_weighty(weights: Mapping[Entity, _Weight]) -> tuple[Entity, ...]:
    ranked = sorted(
        weights,
        key=lambda one: (
            _KIND_PLACE[one.kind],
            -weights[one].level,
            -weights[one].count,
            one.value,
            one.role,
        ),
    )
    kept: dict[EntityKind, int] = {}
    chosen = []
    for entity in ranked:
        kept[entity.kind] = kept.get(entity.kind, 0) + 1
        if kept[entity.kind] <= ENTITIES_OF_KIND_MAX:
            chosen.append(entity)
    return tuple(chosen)
