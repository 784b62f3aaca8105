"""What a group of detections says together: who, where, when, with what, how grave.

A function of the group as a set: the order in which its evidence came does not matter.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from pipeline.incidents.acts import Act, act_of, is_telling
from pipeline.incidents.evidence import Witness
from pipeline.incidents.linking_keys import normal_form
from pipeline.incidents.policy import LEVEL_PLACE, IncidentPolicy
from pipeline.incidents.scenario import choose_scenario, own_place, score, shows_another_host
from pipeline.incidents.state import RuleFacts
from pipeline.incidents.triage import Sign, counted_tactics, most_significant, risk_of
from schemas.attack import tactic_place, techniques_of
from schemas.deeds import Deed
from schemas.detection import Entity, EntityKind, Level
from schemas.incident import DetectionSummary
from schemas.moments import Moment
from schemas.scenarios import Scenario

IDS_MAX = 1_000
ENTITIES_OF_KIND_MAX = 50
"""Those of the gravest and most detections are kept."""

KINDS: tuple[EntityKind, ...] = (
    "host",
    "account",
    "address",
    "domain",
    "url",
    "data",
    "process",
    "file",
    "registry_key",
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
    act: Act
    """What the first line of `detections` shows was done."""
    level: Level
    confidence: int
    risk: int
    first_time: Moment
    last_time: Moment
    tactics: tuple[str, ...]
    techniques: tuple[str, ...]
    entities: tuple[Entity, ...]
    detections: tuple[DetectionSummary, ...]
    """One line a rule: what says most of the scenario first."""
    detection_ids: tuple[str, ...]
    event_ids: tuple[str, ...]
    detection_count: int
    event_count: int


def facts_of(policy: IncidentPolicy, group: Iterable[Witness]) -> Facts:
    """All facts of a group that is not empty."""
    witnesses = sorted(group, key=lambda one: (one.evidence.time, one.evidence.detection_id))
    rules = list(dict.fromkeys(one.rule for one in witnesses))
    signs = signs_of(witnesses)
    scenario = choose_scenario(policy, signs)
    lines = _lines(policy, scenario, any(sign.is_remote for sign in signs), witnesses)
    tactics = _tactics(policy, witnesses)
    # A set: one event that several rules matched is one event.
    event_ids = {event_id for one in witnesses for event_id in one.evidence.event_ids}
    detection_ids = [
        each for one in witnesses for each in (one.evidence.detection_id, *one.evidence.folded_ids)
    ]
    lead = lines[0]
    of_deed = [one for line in lines if line.deed == lead.deed for one in line.witnesses]
    return Facts(
        scenario=scenario,
        act=act_of(lead.deed, lead.witnesses, of_deed, witnesses),
        level=max((rule.level for rule in rules), key=LEVEL_PLACE.__getitem__),
        confidence=_confidence(rules, tactics),
        risk=risk_of(policy, signs),
        first_time=min(one.evidence.first_time for one in witnesses),
        last_time=max(one.evidence.last_time for one in witnesses),
        tactics=tactics,
        techniques=techniques_of(tag for rule in rules for tag in rule.tags),
        entities=_entities(witnesses),
        detections=tuple(line.summary for line in lines),
        detection_ids=tuple(detection_ids[:IDS_MAX]),
        event_ids=tuple(sorted(event_ids)[:IDS_MAX]),
        detection_count=sum(one.evidence.count for one in witnesses),
        # Ids are cut where there are many, counts are not: each piece adds what its ids do not
        # show.
        event_count=len(event_ids)
        + sum(one.evidence.event_count - len(one.evidence.event_ids) for one in witnesses),
    )


def signs_of(witnesses: Iterable[Witness]) -> list[Sign]:
    """Each rule once, with the most telling attribution of its detections."""
    of_rule: dict[RuleFacts, list[Witness]] = {}
    for one in witnesses:
        of_rule.setdefault(one.rule, []).append(one)
    return [_sign(rule, found) for rule, found in of_rule.items()]


def _sign(rule: RuleFacts, found: Sequence[Witness]) -> Sign:
    attribution = most_significant(one.evidence.attribution for one in found)
    count = sum(one.evidence.count for one in found if one.evidence.attribution == attribution)
    return Sign(rule, attribution, count, any(map(shows_another_host, found)))


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


class _Line(msgspec.Struct, frozen=True):
    """One rule in an incident: its place among the others, what it shows, how it is told."""

    place: tuple[bool, int, bool, bool, Moment, str]
    deed: Deed
    witnesses: Sequence[Witness]
    summary: DetectionSummary


def _lines(
    policy: IncidentPolicy, scenario: Scenario, is_remote: bool, witnesses: Sequence[Witness]
) -> list[_Line]:
    """One line a rule: what says most of the scenario first, what whoever records does too last;
    of equal ones, what mostly names someone and what a telling program did; then by time."""
    by_rule: dict[str, list[Witness]] = {}
    for one in witnesses:
        by_rule.setdefault(one.rule.rule_id, []).append(one)
    lines = [_line(policy, scenario, is_remote, of_rule) for of_rule in by_rule.values()]
    return sorted(lines, key=lambda line: line.place)


def _line(
    policy: IncidentPolicy, scenario: Scenario, is_remote: bool, of_rule: Sequence[Witness]
) -> _Line:
    summary = _summary(of_rule)
    sign = max(signs_of(of_rule), key=own_place)
    shown = score(policy, sign, is_remote)
    speaks = shown.scenario == scenario.key
    place = (
        shown.deed.is_upkeep,
        -(shown.weight if speaks else policy.risk_of_level.of(summary.level) // 2),
        not _mostly_named(of_rule),
        not any(is_telling(one.entities) for one in of_rule),
        summary.first_time,
        summary.rule_id,
    )
    return _Line(place, shown.deed, of_rule, summary)


def _mostly_named(of_rule: Sequence[Witness]) -> bool:
    named = sum(one.evidence.count for one in of_rule if one.evidence.attribution == "named")
    return 2 * named >= sum(one.evidence.count for one in of_rule)


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
        spellings = (one for each in roles.values() for one in each)
        spelling = max(spellings, key=lambda one: (len(one.value), one.value))
        for role, same in roles.items():
            # Without a role beside one with it is the same entity again, told less well.
            if role or len(roles) == 1:
                merged[Entity(spelling.kind, spelling.value, role)] = _Weight(
                    max(weights[one].level for one in same), sum(weights[one].count for one in same)
                )
    return merged


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
