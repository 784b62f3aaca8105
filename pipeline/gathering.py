"""The second stage where no topic carries sightings: runs over files, replays, single commands.

What a step told is gathered at once, each sighting at the moment at which it was told.
"""

from collections.abc import Iterable

from pipeline.delivery import Delivery
from pipeline.driver import Memory, take_group
from pipeline.path import Engine
from pipeline.state import State, campaign_key, campaign_state
from schemas.decision import Decision
from schemas.sighting import Sighting


class _SightingSource:
    """What the driver must know of a sighting."""

    def state_key(self, input: Sighting, /) -> str:
        """The indicator's."""
        return campaign_key(input.campaign_id)

    def place(self, input: Sighting, /) -> str:
        """Unique, as an incident tells nothing twice under one order."""
        return f"sightings/{input.campaign_id}/{input.incident_id}/{input.sight.order}"


def gather_told(
    engine: Engine, told: Iterable[Decision], memory: Memory[State], delivery: Delivery
) -> list[Decision]:
    """Gather the sightings among the decisions; what comes of them, written and remembered.

    Raises EngineFault, and whatever `delivery` raises; the memory is then as it was.
    """
    sightings = [decision for decision in told if isinstance(decision, Sighting)]

    def decide(state: State, sighting: Sighting) -> list[Decision]:
        return engine.gather(campaign_state(state), sighting, sighting.sight.told_at)

    return take_group(sightings, _SightingSource(), decide, memory, delivery)
