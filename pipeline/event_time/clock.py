"""Event time: the clock of one enterprise, made from the clocks of its sources.

Rule 1. An event that is further ahead of its receipt than the skew allowance is marked `future`
        and counts as of its receipt. No event moves anything beyond its own receipt.
Rule 2. A source's watermark is its greatest event time less the lateness. The enterprise's is the
        least of its timely sources (`sources.py`): it never follows the fastest, and a
        source that is far behind holds up its own groups only. It never falls.
Rule 3. An enterprise of which nothing was received for longer than the idle limit is idle: its
        watermark follows the moment. When that is looked at makes no difference (`due.py`).
Rule 4. What the watermark had passed `late_hold_s` ago, by receipt, is settled: until then all
        that correlations hold can still be revised. So evidence that comes within that time
        counts, however old it is, and however fast the rest was read.
Rule 5. Late is what is settled both for the enterprise and for the event's own source.
"""

from collections.abc import Collection, Mapping

import msgspec

from pipeline.event_time.sources import (
    SourceId,
    Sources,
    evict,
    forget_idle,
    is_shifted,
    observe,
    slowest_timely_s,
)
from schemas.moments import SECOND, Moment

_STEPS_OF_HOLD = 16
"""Marks of the watermark that are remembered over the hold: a sixteenth is held longer."""
_IDLE_LIMITS_KEPT = 4
"""A silent source is remembered for so many idle limits: its clock is judged over its visits."""


class EventTimePolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How late, early, silent and behind sources may be, in seconds; how many there may be."""

    lateness_s: int = 300
    skew_s: int = 60
    idle_s: int = 900
    behind_s: int = 600
    """A live source that is further behind the others holds up its own groups only."""
    late_hold_s: int = 3_600
    """Evidence that comes this long after the watermark has passed it still counts."""
    sources: int = 20_000
    """Sources remembered of one enterprise; the stalest give way, counted."""


class ClockState(msgspec.Struct):
    """What is remembered of one enterprise's time; part of its state record."""

    watermark: Moment = 0
    settled: Moment = 0
    passed: list[tuple[Moment, Moment]] = []
    """When the watermark had come how far: moments of receipt with watermarks, oldest first."""
    greatest: Moment = 0
    """Greatest event time seen, none of it beyond its receipt; 0 before the first event."""
    arrived: Moment = 0
    """Of the last batch: its receipt, or for recordings the time of its newest event."""
    received: Moment = 0
    """Receipt of the last record, or the shell's clock where that is later."""
    now: Moment = 0
    """The latest of both, and of the shell's clock: by it sources are live. It never falls."""
    swept: Moment = 0
    sources: Sources = msgspec.field(default_factory=Sources)


class Clock(msgspec.Struct, frozen=True):
    """The times of a step: the event time passed, when its record was received, and the event
    time before which nothing can change any more."""

    watermark: Moment
    received_at: Moment
    settled: Moment = 0
    arrived: Moment = 0
    live_since_s: int = 0
    lateness_s: int = 0
    late_hold_s: int = 0
    sources: Sources = msgspec.field(default_factory=Sources)

    def behind(self, source_ids: Collection[SourceId]) -> dict[SourceId, Moment]:
        """Those of these sources that are live and behind the watermark, with their own."""
        found = {}
        for source_id in source_ids:
            row = self.sources.get(source_id)
            if row is not None and row.last_s >= self.live_since_s:
                own = (row.greatest_s - self.lateness_s) * SECOND
                if own < self.watermark:
                    found[source_id] = own
        return found


class Heard(msgspec.Struct):
    """What a batch brings of one source: its newest event as it is dated, and by its own clock."""

    newest: Moment
    own_newest: Moment


class Remarks(msgspec.Struct, frozen=True):
    """What a batch told of its sources' clocks."""

    shifted: frozenset[SourceId] = frozenset()
    """Sources whose clock has been the same half hours off its receipt for some time."""
    evicted: int = 0
    """Sources that were forgotten because there were too many."""


def advance(
    policy: EventTimePolicy,
    state: ClockState,
    heard: Mapping[SourceId, Heard],
    received_at: Moment,
    recorded: bool = False,
) -> tuple[Clock, Remarks]:
    """One batch was received (rules 2 and 4). A recorded one counts as received as it happened."""
    newest = max((each.newest for each in heard.values()), default=0)
    arrived = newest if recorded else received_at
    state.received = max(state.received, received_at)
    state.arrived = max(state.arrived, arrived)
    state.now = max(state.now, arrived)
    state.greatest = max(state.greatest, min(newest, state.arrived))
    rows = [
        observe(
            state.sources,
            source,
            # Rule 1: nothing moves a clock beyond its own receipt.
            min(each.newest, arrived) // SECOND,
            (received_at - each.own_newest) // SECOND,
            arrived // SECOND,
        )
        for source, each in heard.items()
    ]
    evicted = evict(state.sources, policy.sources)
    _sweep(policy, state)
    clock = _clock(policy, state)
    return clock, Remarks(frozenset([row.source_id for row in rows if is_shifted(row)]), evicted)


def move_on(policy: EventTimePolicy, state: ClockState, now: Moment) -> Clock:
    """Time passes without a record: sources fall silent, and an idle enterprise moves (rule 3)."""
    state.received = max(state.received, now)
    state.now = max(state.now, now)
    if is_idle(policy, state, now):
        _pass_idle(policy, state, now)
    return _clock(policy, state)


def is_idle(policy: EventTimePolicy, state: ClockState, now: Moment) -> bool:
    """Whether nothing was received for longer than the idle limit (rule 3)."""
    # Before the first batch there is no time that could go on.
    return state.arrived > 0 and now >= idle_from(policy, state)


def idle_from(policy: EventTimePolicy, state: ClockState) -> Moment:
    """The first moment at which it is idle if nothing more is received."""
    return state.arrived + policy.idle_s * SECOND + 1


def mark_gap(policy: EventTimePolicy) -> Moment:
    """How far apart marks of the watermark are: every move would be a mark for each batch of an
    hour; a coarser one holds evidence a little longer."""
    return policy.late_hold_s * SECOND // _STEPS_OF_HOLD


def settle(state: ClockState) -> Clock:
    """The end of a recording: the watermark moves to the greatest event time seen, and no source
    is waited for."""
    state.watermark = max(state.watermark, state.greatest)
    return Clock(state.watermark, state.received, state.settled, state.now)


def clock_of(state: ClockState, received_at: Moment) -> Clock:
    """The times of a step that tells nothing of events, as a command's."""
    return Clock(state.watermark, received_at, state.settled, state.now)


def _clock(policy: EventTimePolicy, state: ClockState) -> Clock:
    live_since_s = state.now // SECOND - policy.idle_s
    slowest_s = slowest_timely_s(state.sources, live_since_s, policy.behind_s)
    if slowest_s is not None:
        _pass(policy, state, (slowest_s - policy.lateness_s) * SECOND)
    _settle_until(policy, state)
    return Clock(
        watermark=state.watermark,
        received_at=state.received,
        settled=state.settled,
        arrived=state.now,
        live_since_s=live_since_s,
        lateness_s=policy.lateness_s,
        late_hold_s=policy.late_hold_s,
        sources=state.sources,
    )


def _pass(policy: EventTimePolicy, state: ClockState, watermark: Moment) -> None:
    """Move the watermark, and note when, at most so often."""
    if watermark <= state.watermark:
        return
    state.watermark = watermark
    if not state.passed or state.now - state.passed[-1][0] >= mark_gap(policy):
        state.passed.append((state.now, watermark))


def _pass_idle(policy: EventTimePolicy, state: ClockState, now: Moment) -> None:
    """Move the watermark through the silence, with the marks of one who had looked all along."""
    lateness, gap = policy.lateness_s * SECOND, mark_gap(policy)
    if gap:
        # Of older marks one is enough: all that it had passed is settled by now.
        first = max(idle_from(policy, state), now - policy.late_hold_s * SECOND - gap)
        if state.passed:
            first = max(first, state.passed[-1][0] + gap)
        state.passed += [(moment, moment - lateness) for moment in range(first, now + 1, gap)]
    _pass(policy, state, now - lateness)


def _settle_until(policy: EventTimePolicy, state: ClockState) -> None:
    """Settled is what the watermark had passed a hold ago (rule 4)."""
    if not policy.late_hold_s:
        state.settled, state.passed = state.watermark, []
        return
    old, held_since = 0, state.now - policy.late_hold_s * SECOND
    for moment, watermark in state.passed:
        if moment > held_since:
            break
        state.settled = max(state.settled, watermark)
        old += 1
    if old:
        del state.passed[:old]


def _sweep(policy: EventTimePolicy, state: ClockState) -> None:
    if state.arrived - state.swept > policy.idle_s * SECOND:
        state.swept = state.arrived
        kept_s = policy.idle_s * _IDLE_LIMITS_KEPT
        forget_idle(state.sources, state.arrived // SECOND - kept_s)
