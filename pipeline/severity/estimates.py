"""What may occur: facts estimated from the registry and from how far the attack has come.

Bounds, not a guess: low, likely and high. The stage only rises, because an attack that has
once spread has spread: evidence that is added never lowers what may occur.
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


def widen(reach: Reach, policy: SeverityPolicy, incident: Incident) -> Reach:
    """The reach with one more revision of the incident: never less than before."""
    stage = max(reach.stage, _stage_of(incident))
    disruptive = reach.disruptive or incident.scenario in policy.disruptive_scenarios
    if (stage, disruptive) == (reach.stage, reach.disruptive) and reach.since:
        return reach
    return Reach(stage, disruptive, incident.revised_at)


def join(one: Reach, other: Reach) -> Reach:
    """The reach of two incidents that became one."""
    return Reach(
        max(one.stage, other.stage),
        one.disruptive or other.disruptive,
        max(one.since, other.since),
    )


def _stage_of(incident: Incident) -> int:
    shown = [TACTIC_STAGES.get(tactic.replace("_", "-").lower()) for tactic in incident.tactics]
    shown.append(SCENARIO_STAGES.get(incident.scenario))
    return max((STAGES.index(stage) for stage in shown if stage is not None), default=0)


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
    shares = {name: count * percent // 100 for name, count in held.items()}
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
