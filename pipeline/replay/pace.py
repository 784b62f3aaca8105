"""How far a replay has come, how fast it is, and how long it will still take: pure."""

import msgspec

from schemas.moments import Moment


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Events done in so many seconds, up to what was received at `reached`."""

    events: int
    elapsed_s: float
    start: Moment
    end: Moment
    reached: Moment

    @property
    def done(self) -> float:
        """The part of the period that is done, from 0 to 1."""
        return min(1.0, max(0.0, (self.reached - self.start) / max(1, self.end - self.start)))

    def line(self) -> str:
        """As a person reads it; the time left follows from the part of the period."""
        rate = self.events / max(self.elapsed_s, 1e-6)
        told = f"{self.done:.0%} of the period, {self.events} events, {rate:.0f} events/s"
        if not 0 < self.done < 1:
            return told
        return f"{told}, about {self.elapsed_s * (1 - self.done) / self.done:.0f} s left"
