"""What may occur: facts estimated from the registry and from how far the attack has come.

Bounds, not a guess: low, likely and high. The stage is that of the incident as its last revision
tells it, which holds all of its evidence: a tactic or a key system that is added never lowers it.
What the evidence no longer says (a correlation withdrawn, a scenario that graver evidence has
corrected) does not stay in the estimate.
"""

from typing import Literal

import msgspec

from pipeline.severity.facts import KINDS, Stated, Value
from pipeline.severity.policy import (
    SCENARIO_STAGES,
    STAGES,
    TACTIC_STAGES,
    EstimateRow,
    SeverityPolicy,
    Stage,
)
from schemas.incident import Incident
from schemas.moments import Moment
from schemas.registry import Enterprise

Bound = Literal["low", "likely", "high"]
BOUNDS: tuple[Bound, ...] = ("low", "likely", "high")


class Reach(msgspec.Struct, frozen=True):
    """How far an attack has come (index into STAGES), and whether it stops things working."""

    stage: int = 0
    disruptive: bool = False
    since: Moment = 0
    """When it was first seen to have come this far."""


def reach_of(
    policy: SeverityPolicy, enterprise: Enterprise, incident: Incident, before: Reach
) -> Reach:
    """How far the incident has come; `since` is kept where that is as it was before."""
    shown = [TACTIC_STAGES.get(tactic.replace("_", "-").lower()) for tactic in incident.tactics]
    shown.append(SCENARIO_STAGES.get(incident.scenario))
    stage = max((STAGES.index(one) for one in shown if one is not None), default=0)
    # On a key system the next step is the harm itself: one stage further.
    stage = min(stage + _is_on_key_system(enterprise, incident), len(STAGES) - 1)
    disruptive = incident.scenario in policy.disruptive_scenarios
    if (stage, disruptive) == (before.stage, before.disruptive) and before.since:
        return before
    return Reach(stage, disruptive, incident.revised_at)


def _is_on_key_system(enterprise: Enterprise, incident: Incident) -> bool:
    """Whether a registered key system is among the hosts and addresses that were the target."""
    names = {_label(name) for name in enterprise.key_systems}
    return any(
        _label(one.value) in names
        for one in incident.entities
        if one.kind in ("host", "address") and one.role in ("target", "")
    )


def _label(name: str) -> str:
    """An address whole, a host by its first label, as incidents take them."""
    text = name.strip().lower()
    return text if text.replace(".", "").isdigit() or ":" in text else text.split(".", 1)[0]


def estimate(
    policy: SeverityPolicy, enterprise: Enterprise, reach: Reach, bound: Bound
) -> dict[str, Stated]:
    """Facts at one bound; what the registry does not say stays unknown."""
    at = BOUNDS.index(bound)
    stage = STAGES[reach.stage]
    row = next((one for one in policy.estimates if one.stage == stage), None)
    if row is None:
        return {}
    values = {
        **_persons(enterprise, row.persons_percent[at]),
        **_data(policy, enterprise, stage, row, at),
        **(_disruption(enterprise, row, at) if reach.disruptive else {}),
    }
    return {
        name: Stated(value, "policy", reach.since, "estimated") for name, value in values.items()
    }


def _persons(enterprise: Enterprise, percent: int) -> dict[str, Value]:
    held = {"persons": enterprise.persons, "sensitive_persons": enterprise.sensitive_persons}
    # A number that the registry does not state makes no estimate; it is not taken for 0 persons.
    shares = {name: (count or 0) * percent // 100 for name, count in held.items()}
    return {name: share for name, share in shares.items() if share}


def _data(
    policy: SeverityPolicy, enterprise: Enterprise, stage: Stage, row: EstimateRow, at: int
) -> dict[str, Value]:
    """The class of data touched, and the threat that goes with it."""
    held = max(enterprise.data_classes, key=KINDS["data_class"].words.index, default="general")
    touched = row.touches_gravest[at]
    words = (
        one.threat[at]
        for one in policy.threats
        if one.stage == stage and one.data_class == (held if touched else "general")
    )
    threat = next(words, "")
    return {**({"data_class": held} if touched else {}), **({"threat": threat} if threat else {})}


def _disruption(enterprise: Enterprise, row: EstimateRow, at: int) -> dict[str, Value]:
    minutes, harm = row.outage_minutes[at], row.production_harm[at]
    industrial = harm and enterprise.field == "industrial"
    return {
        **({"outage_minutes": minutes} if minutes else {}),
        **({"production_harm": harm} if industrial else {}),
    }
