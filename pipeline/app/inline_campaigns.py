"""The second stage where no topic carries sightings: runs over files, replays, single commands.

What a step told is gathered at once, each sighting at the moment at which it was told.
"""

from collections.abc import Iterable, Sequence

from pipeline.app.delivery import Delivery
from pipeline.app.runner import Memory, TimerSource, take_group
from pipeline.path import Engine
from pipeline.state import State, campaign_key, campaign_state, is_campaign_key
from schemas.decision import Decision
from schemas.moments import Moment
from schemas.sighting import Sighting


class _SightingSource:
    """What the driver must know of a sighting."""

    def state_key(self, input: Sighting, /) -> str:
        """The indicator's."""
        return campaign_key(input.campaign_id)

    def place(self, input: Sighting, /) -> str:
        """Unique, as an incident tells nothing twice under one order."""
        return f"sightings/{input.campaign_id}/{input.incident_id}/{input.sight.order}"


def gather_inline(
    engine: Engine, told: Iterable[Decision], memory: Memory[str, State], delivery: Delivery
) -> list[Decision]:
    """Gather the sightings among the decisions; what comes of them, written and remembered.

    Raises EngineFault, and whatever `delivery` raises; the memory is then as it was.
    """
    sightings = [decision for decision in told if isinstance(decision, Sighting)]

    def decide(state: State, sighting: Sighting) -> list[Decision]:
        return engine.apply_sighting(campaign_state(state), sighting, sighting.sight.emitted_at)

    return take_group(sightings, _SightingSource(), decide, memory, delivery)


def expire_indicators(
    engine: Engine, keys: Sequence[str], memory: Memory[str, State], delivery: Delivery, now: Moment
) -> None:
    """The timers of all indicators among the keys: what is over by now, what is to be let go."""

    def decide(state: State, key: str) -> list[Decision]:
        return engine.advance(state, key, now)

    indicators = [key for key in keys if is_campaign_key(key)]
    take_group(indicators, TimerSource[str](now), decide, memory, delivery)
