"""A simulated period through the engine with our own rules."""

from collections import defaultdict

from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import make_registry
from pipeline.simulate.traffic import make_traffic
from pipeline.state import EnterpriseState
from schemas.batch import Batch
from schemas.decision import Decision
from schemas.moments import SECOND
from tests.rules.house_rules import house_rules


def decide_simulated(
    seed: int, enterprises: int, config: SimulationConfig
) -> tuple[Engine, tuple[Decision, ...]]:
    """The engine, and everything that it decides about the enterprises' events."""
    publishers = make_registry(seed, enterprises)
    registry = {enterprise.enterprise_id: enterprise for enterprise, _ in publishers}
    engine = Engine(house_rules(), Policy(), registry)
    states: defaultdict[str, EnterpriseState] = defaultdict(EnterpriseState)
    decisions: list[Decision] = []
    for number, batch in enumerate(make_traffic(seed, config, publishers)):
        given = Batch(
            enterprise_id=batch.enterprise_id,
            format=batch.format,
            batch_id=str(number),
            sequence=number,
            received_at=batch.last_time + 5 * SECOND,
            value=b"\n".join(batch.lines),
        )
        decisions += engine.process(states[batch.enterprise_id], given)
    for key, state in states.items():
        decisions += engine.settle(state, key)
    return engine, tuple(decisions)
