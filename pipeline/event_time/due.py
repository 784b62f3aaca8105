"""When the clock, left alone, will have come so far: the inverse of `clock.move_on`.

Between records the watermark moves at known moments only: when a source falls silent that held it
up, and steadily once the enterprise is idle. So what is due at a watermark is due at a moment that
follows from what was received.
"""

from pipeline.event_time.clock import ClockState, EventTimePolicy, idle_from, mark_gap
from pipeline.event_time.sources import next_silent_s
from schemas.moments import NEVER, SECOND, Moment


def passes_at(policy: EventTimePolicy, state: ClockState, watermark: Moment) -> Moment:
    """The earliest moment at which the watermark may have come so far; no later one is the first.

    A moment at which a source falls silent may turn out to be too early; the next one is then
    asked for as of that moment.
    """
    if watermark <= state.watermark:
        return state.now
    if not state.arrived or watermark >= NEVER:
        return NEVER
    idle = max(idle_from(policy, state), watermark + policy.lateness_s * SECOND)
    live_since_s = state.now // SECOND - policy.idle_s
    last_s = next_silent_s(state.sources, live_since_s, policy.behind_s)
    if last_s is None:
        return idle
    return min(idle, (last_s + policy.idle_s + 1) * SECOND)


def settles_at(policy: EventTimePolicy, state: ClockState, settled: Moment) -> Moment:
    """A moment at which so much is settled, at most a mark later than the first one: only what is
    let go of waits for it, and of that no row tells."""
    if settled <= state.settled:
        return state.now
    if not state.arrived or settled >= NEVER:
        return NEVER
    passed = max(idle_from(policy, state), settled + policy.lateness_s * SECOND)
    return passed + policy.late_hold_s * SECOND + mark_gap(policy)
