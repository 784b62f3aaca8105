"""Event time: the watermark of one enterprise.

Rule 1. The watermark is the greatest event time seen, less the allowed lateness. It never falls.
Rule 2. An event further ahead of its receipt than the skew allowance is from the future: it is
        marked and does not move the watermark.
Rule 3. An event older than the watermark was when its batch came is late: stored, marked, counted.
Rule 4. An enterprise that has been silent for longer than the idle limit is moved on by the
        clock that the shell passes in, as if an event had come at that moment.
"""

import msgspec

from schemas.moments import SECOND, Moment


class EventTimePolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How late, how early and how silent an enterprise may be, in seconds."""

    lateness_s: int = 300
    skew_s: int = 600
    idle_s: int = 900


class ClockState(msgspec.Struct):
    """What is remembered of one enterprise's time; part of its state record."""

    watermark: Moment = 0
    greatest: Moment = 0
    """Greatest credible event time seen; 0 before the first event."""
    last_arrival: Moment = 0


class Clock(msgspec.Struct, frozen=True):
    """The two times of a step: the event time passed, and when its record was received."""

    watermark: Moment
    received_at: Moment


def is_late(state: ClockState, time: Moment) -> bool:
    """Whether an event of this time comes after the watermark has passed it (rule 3)."""
    return time < state.watermark


def is_future(policy: EventTimePolicy, time: Moment, received_at: Moment) -> bool:
    """Whether an event is dated further ahead than clocks may differ (rule 2)."""
    return time > received_at + policy.skew_s * SECOND


def advance(
    policy: EventTimePolicy, state: ClockState, greatest: Moment | None, received_at: Moment
) -> Clock:
    """Move the watermark by the greatest credible event time of a batch (rule 1).

    `greatest` is None for a batch without a credible event.
    """
    state.last_arrival = max(state.last_arrival, received_at)
    if greatest is not None:
        state.greatest = max(state.greatest, greatest)
        state.watermark = max(state.watermark, greatest - policy.lateness_s * SECOND)
    return Clock(state.watermark, state.last_arrival)


def move_on(policy: EventTimePolicy, state: ClockState, now: Moment) -> Clock:
    """Move an idle enterprise's watermark by the shell's clock (rule 4)."""
    if state.last_arrival and now - state.last_arrival > policy.idle_s * SECOND:
        state.watermark = max(state.watermark, now - policy.lateness_s * SECOND)
    return Clock(state.watermark, max(now, state.last_arrival))


def settle(state: ClockState) -> Clock:
    """The end of a recording: the watermark moves to the greatest event time seen."""
    state.watermark = max(state.watermark, state.greatest)
    return Clock(state.watermark, state.last_arrival)
