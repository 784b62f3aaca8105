"""Whether a group of detections deserves a person, and since when.

Rule 1. One detection of the opening level opens, a correlation that fired opens, and so does
        accumulated risk: the level's weight for each distinct rule, and a weight for each
        distinct tactic after the first. A rule that matches a thousand times counts once;
        one on what an attacker comes for (sensitive in `schemas/deeds.py`) counts once more for
        every tenfold, unless it is the machine's own doing.
Rule 2. What is the machine's own doing, as far as one sees (`evidence.py`), may be an attack
        or not. Only the gravest level, what does harm, and deeds that are grave whoever does
        them (`schemas/deeds.py`) open by themselves then; else the opening level needs a second
        witness. What is below it counts as of the next lower level.
Rule 3. Tactics count where someone is named, or the rule opens by itself; those of
        informational rules do not.
Rule 4. It was discovered when the evidence that opened it was received, not when that
        evidence happened: evidence is added up in the order in which it was received.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

import msgspec

from pipeline.incidents.grouping import Part
from pipeline.incidents.policy import LEVEL_PLACE, LEVELS, IncidentPolicy
from pipeline.incidents.state import ATTRIBUTIONS, Attribution, Evidence, RuleFacts
from schemas.attack import tactics_of
from schemas.deeds import deed_of
from schemas.detection import Level
from schemas.moments import Moment
from schemas.scenarios import SCENARIOS

Ground: TypeAlias = Literal["level", "correlation", "risk"]
"""Why an incident opened."""


class Sign(msgspec.Struct, frozen=True):
    """A rule that matched, and whom its detections are attributed to."""

    rule: RuleFacts
    attribution: Attribution
    count: int = 1
    """How many detections of the rule speak so."""
    is_remote: bool = False
    """Whether one of them shows that something came from one host to another."""

    @property
    def is_machine_activity(self) -> bool:
        """Whether it speaks of a machine's own doing; correlations are held to be an attack."""
        return self.attribution == "machine" and not self.rule.is_correlation


def most_significant(attributions: Iterable[Attribution]) -> Attribution:
    """The attribution of several detections of one rule."""
    return max(attributions, key=ATTRIBUTIONS.index)


def effective_level(policy: IncidentPolicy, sign: Sign) -> Level:
    """The level as which a sign counts (rule 2)."""
    place = LEVEL_PLACE[sign.rule.level]
    if not sign.is_machine_activity or place >= LEVEL_PLACE[policy.opening_level]:
        return sign.rule.level
    return LEVELS[max(place - 1, 0)]


def counted_tactics(policy: IncidentPolicy, sign: Sign) -> tuple[str, ...]:
    """The tactics that a sign adds to the risk (rule 3)."""
    is_told = sign.attribution == "named" and sign.rule.level != "informational"
    return tactics_of(sign.rule.tags) if is_told or opens_alone(policy, sign) else ()


def risk_of(policy: IncidentPolicy, signs: Iterable[Sign]) -> int:
    """Accumulated risk of distinct rules, each as its gravest sign says."""
    weights: dict[str, int] = {}
    tactics: set[str] = set()
    for sign in signs:
        weight = policy.risk_of_level.of(effective_level(policy, sign)) * _times(sign)
        weights[sign.rule.rule_id] = max(weights.get(sign.rule.rule_id, 0), weight)
        tactics.update(counted_tactics(policy, sign))
    return sum(weights.values()) + policy.risk_of_tactic * max(0, len(tactics) - 1)


def _times(sign: Sign) -> int:
    """How often a rule counts (rule 1): 1 below ten detections, 2 below a hundred, and so on."""
    is_repeated = sign.count > 1 and not sign.is_machine_activity
    if is_repeated and deed_of(sign.rule.tags, sign.rule.category).is_sensitive:
        return len(str(sign.count))
    return 1


def part_of(policy: IncidentPolicy, sign: Sign) -> Part:
    """What detections of a sign can do to cases."""
    place = LEVEL_PLACE[sign.rule.level]
    if sign.rule.is_correlation or place >= LEVEL_PLACE[policy.opening_level]:
        return "bridge"
    if sign.is_machine_activity or place < LEVEL_PLACE[policy.joining_level]:
        return "context"
    return "bridge" if place >= LEVEL_PLACE[policy.bridging_level] else "joining"


def is_chatter(policy: IncidentPolicy, sign: Sign) -> bool:
    """Whether a detection is a machine's own and slight as well."""
    is_slight = LEVEL_PLACE[sign.rule.level] < LEVEL_PLACE[policy.bridging_level]
    return is_slight and sign.is_machine_activity


def opens_alone(policy: IncidentPolicy, sign: Sign) -> Ground | None:
    """Why one detection of this sign opens an incident by itself, or None."""
    place = LEVEL_PLACE[sign.rule.level]
    is_doubtful = sign.is_machine_activity and place < len(LEVELS) - 1 and not _is_grave(sign.rule)
    if not is_doubtful and place >= LEVEL_PLACE[policy.opening_level]:
        return "level"
    if sign.rule.is_correlation and place >= LEVEL_PLACE[policy.opening_correlation_level]:
        return "correlation"
    return None


def _is_grave(rule: RuleFacts) -> bool:
    if rule.scenario in SCENARIOS:
        return SCENARIOS[rule.scenario].standing == "harm"
    deed = deed_of(rule.tags, rule.category)
    return deed.does_harm or deed.is_grave


def opened_at(
    policy: IncidentPolicy, group: Iterable[Evidence], rules: Mapping[int, RuleFacts]
) -> Moment | None:
    """When the group came to deserve a person, in time of receipt; None: it is context.

    A late finding deserves one because an analyst says so, when that was said.
    """
    signs: dict[tuple[int, Attribution], Sign] = {}
    for evidence in sorted(group, key=lambda one: (one.received_at, one.time, one.detection_id)):
        if evidence.found_late_at:
            return evidence.received_at
        key = (evidence.rule, evidence.attribution)
        before = signs.get(key)
        count = evidence.count + (before.count if before else 0)
        signs[key] = sign = Sign(rules[evidence.rule], evidence.attribution, count)
        # The risk changes only where the count gains a digit (`_times`): the rest needs no adding
        # up.
        if before and len(str(before.count)) == len(str(count)):
            continue
        if opens_alone(policy, sign) or risk_of(policy, signs.values()) >= policy.opening_risk:
            return evidence.received_at
    return None


def ground_of(policy: IncidentPolicy, signs: Iterable[Sign]) -> Ground:
    """The strongest reason for which these signs deserve a person."""
    grounds = {opens_alone(policy, sign) for sign in signs}
    if "level" in grounds:
        return "level"
    return "correlation" if "correlation" in grounds else "risk"
