"""Whether a group of detections deserves a person, and since when.

Rule 1. One detection of the opening level opens, a correlation that fired opens, and so does
        accumulated risk: the level's weight for each distinct rule, and a weight for each
        distinct tactic after the first. A rule that matches a thousand times counts once.
Rule 2. It was discovered when the evidence that opened it was received, not when that
        evidence happened: evidence is added up in the order in which it was received.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from pipeline.incidents.policy import LEVEL_PLACE, IncidentPolicy
from pipeline.incidents.state import Evidence, RuleFacts
from schemas.attack import tactics_of
from schemas.moments import Moment

Ground: TypeAlias = Literal["level", "correlation", "risk"]
"""Why an incident opened."""


def risk_of(policy: IncidentPolicy, rules: Iterable[RuleFacts]) -> int:
    """Accumulated risk of distinct rules."""
    distinct: dict[str, RuleFacts] = {}
    for rule in rules:
        held = distinct.setdefault(rule.rule_id, rule)
        if LEVEL_PLACE[rule.level] > LEVEL_PLACE[held.level]:
            distinct[rule.rule_id] = rule
    tactics = {tactic for rule in distinct.values() for tactic in tactics_of(rule.tags)}
    levels = sum(policy.risk_of_level.of(rule.level) for rule in distinct.values())
    return levels + policy.risk_of_tactic * max(0, len(tactics) - 1)


def is_bridging(policy: IncidentPolicy, rule: RuleFacts) -> bool:
    """Whether its detections reach over the whole gap."""
    return LEVEL_PLACE[rule.level] >= LEVEL_PLACE[policy.bridging_level] or rule.is_correlation


def opens_alone(policy: IncidentPolicy, rule: RuleFacts) -> Ground | None:
    """Why one detection of this rule opens an incident by itself, or None."""
    place = LEVEL_PLACE[rule.level]
    if place >= LEVEL_PLACE[policy.opening_level]:
        return "level"
    if rule.is_correlation and place >= LEVEL_PLACE[policy.opening_correlation_level]:
        return "correlation"
    return None


def opened_at(
    policy: IncidentPolicy, group: Iterable[Evidence], rules: Mapping[int, RuleFacts]
) -> Moment | None:
    """When the group came to deserve a person, in time of receipt; None: it is context."""
    held: dict[int, RuleFacts] = {}
    for evidence in sorted(group, key=lambda one: (one.received_at, one.time, one.detection_id)):
        if evidence.rule in held:
            continue
        held[evidence.rule] = rules[evidence.rule]
        if opens_alone(policy, rules[evidence.rule]):
            return evidence.received_at
        if risk_of(policy, held.values()) >= policy.opening_risk:
            return evidence.received_at
    return None


def ground_of(policy: IncidentPolicy, rules: Iterable[RuleFacts]) -> Ground:
    """The strongest reason for which these rules deserve a person."""
    grounds = {opens_alone(policy, rule) for rule in rules}
    if "level" in grounds:
        return "level"
    return "correlation" if "correlation" in grounds else "risk"
