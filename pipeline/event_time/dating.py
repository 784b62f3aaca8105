"""The events of one batch in event time: whose clock dated each, when it counts, which are late.

The rules are those of `clock.py`.
"""

from typing import NamedTuple

import msgspec

from pipeline.event_time.clock import ClockState, EventTimePolicy, Heard
from pipeline.event_time.sources import SourceId, source_id
from schemas.event import Event
from schemas.moments import SECOND, Moment


class Dated(NamedTuple):
    """The events, the late ones marked, and by their ids what dates them."""

    events: list[Event]
    sources: dict[str, SourceId]
    times: dict[str, Moment]
    """When each counts as having happened: its own time, unless it is from the future."""
    heard: dict[SourceId, Heard]


def date_events(policy: EventTimePolicy, clock: ClockState, events: list[Event]) -> Dated:
    """Lateness is judged as of `clock`, before the batch."""
    sources = _sources(events)
    times = {event.event_id: event.time for event in events}
    ahead = [event for event in events if event.future]
    if ahead:
        times |= _times_of_future(policy, ahead, sources)
    if times and min(times.values()) < clock.settled:
        events = [
            msgspec.structs.replace(event, late=True)
            if is_late(policy, clock, sources[event.event_id], times[event.event_id])
            else event
            for event in events
        ]
    return Dated(events, sources, times, _heard(events, sources, times))


def latest_present(policy: EventTimePolicy, received_at: Moment) -> Moment:
    """The greatest time of an event received then that is not from the future: clocks may differ
    by so much (rule 1)."""
    return received_at + policy.skew_s * SECOND


def is_late(policy: EventTimePolicy, state: ClockState, source: SourceId, time: Moment) -> bool:
    """Whether no window can see an event of this time any more (rule 5)."""
    if time >= state.settled:
        return False
    row = state.sources.get(source)
    hold_s = policy.lateness_s + policy.late_hold_s
    return row is not None and time < (row.greatest_s - hold_s) * SECOND


def _sources(events: list[Event]) -> dict[str, SourceId]:
    """Whose clock dated each: its host's, else its sensor's."""
    ids: dict[str | tuple[str, ...], SourceId] = {}
    found = {}
    for event in events:
        host = event.host
        key = host or (event.format, event.product, event.category, event.service)
        source = ids.get(key)
        if source is None:
            name = f"host/{host.lower()}" if host else "/".join(("sensor", *key))
            source = ids[key] = source_id(name)
        found[event.event_id] = source
    return found


def _times_of_future(
    policy: EventTimePolicy, ahead: list[Event], sources: dict[str, SourceId]
) -> dict[str, Moment]:
    """Of a source's events from the future the newest counts as of its receipt, and the others as
    long before it as their clock says, within the lateness: what was minutes apart is no burst."""
    times: dict[str, Moment] = {}
    newest: dict[SourceId, Moment] = {}
    for event in ahead:
        source = sources[event.event_id]
        newest[source] = max(newest.get(source, 0), event.time)
    for event in ahead:
        before = newest[sources[event.event_id]] - event.time
        is_near = before <= policy.lateness_s * SECOND
        times[event.event_id] = event.received_at - (before if is_near else 0)
    return times


def _heard(
    events: list[Event], sources: dict[str, SourceId], times: dict[str, Moment]
) -> dict[SourceId, Heard]:
    """Of each source, its newest event."""
    heard: dict[SourceId, Heard] = {}
    for event in events:
        source, time = sources[event.event_id], times[event.event_id]
        known = heard.get(source)
        if known is None:
            heard[source] = Heard(time, event.time)
            continue
        known.newest = max(known.newest, time)
        known.own_newest = max(known.own_newest, event.time)
    return heard
