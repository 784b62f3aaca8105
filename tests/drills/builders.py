"""A registry, drill files, and a drill through the engine."""

from collections import defaultdict
from typing import Any

import msgspec

from pipeline.drills.drill_file import DrillFile, parse_drill
from pipeline.drills.planning import DrillPlan, plan_drill
from pipeline.drills.traffic import make_shipments
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.simulate.registry import make_registry
from pipeline.state import EnterpriseState
from schemas.batch import Batch
from schemas.decision import Decision
from schemas.registry import Enterprise
from tests.rules.house_rules import house_rules

REGISTRY: dict[str, Enterprise] = {each.enterprise_id: each for each, _ in make_registry(7, 120)}
FIVE = ("330000", "320000", "440000", "510000", "370000")


def drill_file(**fields: Any) -> DrillFile:
    """A short drill of ransomware, with these fields."""
    document = {
        "name": "shield",
        "series": "shields",
        "organiser": "miit",
        "scenario": "ransomware",
        "start": "2026-06-01T09:00:00+08:00",
        "enterprises": {"ids": ["ent-00001", "ent-00002"]},
        **fields,
    }
    parsed = parse_drill(msgspec.yaml.encode(document).decode(), "drill.yml")
    assert parsed.drill is not None, parsed.faults
    return parsed.drill


def decide(plan: DrillPlan) -> list[Decision]:
    """Everything that an engine with our own rules decides about the drill's events."""
    engine = Engine(house_rules(), Policy(drills=(plan.registration(),)), REGISTRY)
    states: defaultdict[str, EnterpriseState] = defaultdict(EnterpriseState)
    decisions: list[Decision] = []
    for number, shipment in enumerate(make_shipments(plan)):
        batch = shipment.batch
        given = Batch(
            enterprise_id=batch.enterprise_id,
            format=batch.format,
            batch_id=str(number),
            sequence=number,
            received_at=shipment.due_at,
            value=b"\n".join(batch.lines),
            drill=plan.file.name,
        )
        decisions += engine.process(states[batch.enterprise_id], given)
    for name, state in states.items():
        decisions += engine.settle(state, f"{name}#{plan.file.name}")
    return decisions


def plan_of(**fields: Any) -> DrillPlan:
    """The plan of such a file over the registry."""
    return plan_drill(drill_file(**fields), REGISTRY)
