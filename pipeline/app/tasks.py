"""What there is to decide, as the runner takes it: whose state, from where, which call."""

from functools import partial

from pipeline.app.runner import Task
from pipeline.intake.admitted import STRANGER
from pipeline.intake.dead_letters import refuse_record
from pipeline.path import Engine
from pipeline.state import (
    ANY_PARTITION,
    State,
    StateKey,
    campaign_key,
    campaign_state,
    enterprise_key,
    enterprise_state,
)
from schemas.batch import Batch, Record
from schemas.decision import Decision
from schemas.moments import Moment
from schemas.sighting import Sighting


def record_task(engine: Engine, record: Record, partitions: int = 0) -> Task:
    """A Kafka record, on the state that it may touch: before its signature holds, nobody's.

    `partitions` is how many its topic has, 0 where nobody knows. What the engine raises while it
    admits the record is raised in the record's turn.
    """
    place = f"{record.topic}/{record.partition}/{record.offset}"
    refuse = partial(refuse_record, record)
    try:
        admitted = engine.admit(record, partitions)
    except Exception as fault:
        return Task(StateKey(record.partition, STRANGER), place, partial(_raise, fault), refuse)
    key = StateKey(record.partition, admitted.state_key)
    return Task(key, place, lambda state: engine.apply(state, admitted), refuse)


def batch_task(engine: Engine, batch: Batch) -> Task:
    """A batch that was read from files, whose sender is known."""
    return Task(
        StateKey(ANY_PARTITION, enterprise_key(batch.enterprise_id, batch.drill)),
        f"{batch.batch_id}/{batch.offset}",
        lambda state: engine.process(enterprise_state(state), batch),
    )


def sighting_task(engine: Engine, sighting: Sighting) -> Task:
    """A sighting where no topic carries it, taken at the moment at which it was told.

    Its place is unique, as an incident tells nothing twice under one order.
    """
    sight = sighting.sight
    return Task(
        StateKey(ANY_PARTITION, campaign_key(sighting.campaign_id)),
        f"sightings/{sighting.campaign_id}/{sighting.incident_id}/{sight.order}",
        lambda state: engine.apply_sighting(campaign_state(state), sighting, sight.emitted_at),
    )


def timer_task(engine: Engine, key: StateKey, now: Moment) -> Task:
    """The timers of one state, at one moment."""
    return Task(key, f"timers/{key}/{now}", lambda state: engine.advance(state, key.name, now))


def settle_task(engine: Engine, name: str) -> Task:
    """The end of a recording, for one enterprise or drill."""
    return Task(
        StateKey(ANY_PARTITION, name),
        f"settle/{name}",
        lambda state: engine.settle(enterprise_state(state), name),
    )


def _raise(fault: Exception, _state: State) -> list[Decision]:
    raise fault
