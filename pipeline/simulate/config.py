"""What a simulation is asked for."""

import msgspec

from schemas.moments import Moment


class SimulationConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much, for how long, and what is hidden in it.

    Event times lie in [`start`, `start` + `duration_s`). `events` is the mean number of ordinary
    events of one enterprise over the period: small ones send a third of it, large ones more than
    twice. No batch spans more than `span_s`, which stays below the lateness that the engine
    allows, so that nothing in it is late by its own doing; none holds more than `batch_events`.
    `victims` enterprises suffer each of `stories` (names of `stories.table.STORIES`). `campaign`,
    one of them or "", is told by one attacker, from one address, at `campaign_victims`
    enterprises in as many provinces.
    """

    start: Moment
    duration_s: int = 7_200
    events: int = 150
    span_s: int = 240
    batch_events: int = 200
    victims: int = 1
    stories: tuple[str, ...] = (
        "ransomware",
        "vulnerability_backdoor",
        "illegal_operation",
        "uncontrolled_remote_maintenance",
    )
    campaign: str = ""
    campaign_victims: int = 3
    lookalikes: bool = True

    def __post_init__(self) -> None:
        """Raises ValueError for a campaign that is none of the stories."""
        if self.campaign and self.campaign not in self.stories:
            raise ValueError(f"campaign {self.campaign!r} is none of {', '.join(self.stories)}")
