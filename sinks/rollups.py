"""Counts of events, made with the events of a batch and written beside them.

Rule 1. A count is of one batch: a pure function of the batch's events, under a key that names
        the batch. Written again, in whatever grouping and order, it replaces itself; a sum
        over the engine's blocks would grow with each retry that the engine does not recognise.
Rule 2. An event counts once in its batch; sent again in another batch it counts in that too,
        as in the accounts: the sum over batches is stored + late of the accounts.
Rule 3. Which log sources an enterprise has is kept as the moment of the last receipt of each: the
        latest holds, in whatever order they are written.
Rule 4. Days are China's (UTC+8).
"""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import TypeAlias

import msgspec
from msgspec.structs import astuple

from schemas.event import Event
from schemas.moments import DAY, HOUR, MINUTE, Moment

CHINA_OFFSET: Moment = 8 * HOUR
"""China Standard Time: UTC+8 all year since 1991."""


class EventCount(msgspec.Struct, frozen=True):
    """How many events of one log source one batch has in one step of time.

    `time` is the step's start; `late` and `future` are among `events`.
    """

    time: Moment
    enterprise_id: str
    province: str
    sector: str
    format: str
    product: str
    category: str
    service: str
    batch_id: str
    received_at: Moment
    events: int
    late: int
    future: int
    first_time: Moment
    last_time: Moment
    drill: str


class MinuteCount(EventCount, frozen=True):
    """Of one minute."""


class HourCount(EventCount, frozen=True):
    """Of one hour."""


class DayCount(EventCount, frozen=True):
    """Of one day of China."""


class SourceSeen(msgspec.Struct, frozen=True):
    """When events of one log source of an enterprise were last received."""

    enterprise_id: str
    drill: str
    product: str
    category: str
    service: str
    received_at: Moment


STEPS: dict[type[EventCount], Moment] = {MinuteCount: MINUTE, HourCount: HOUR, DayCount: DAY}
"""Kind of count: the length of its step."""


def count_events(events: Iterable[Event]) -> list[EventCount]:
    """The counts of every step, the finest first, each in the order of its first event.

    Of an event that is there twice in a batch, the last holds.
    """
    once = {(event.batch_id, event.event_id): event for event in events}.values()
    minutes = _count_minutes(once)
    # Every hour is whole minutes and every day of China whole hours: sums of sums.
    hours = _add_up(HourCount, minutes)
    return [*minutes, *hours, *_add_up(DayCount, hours)]


def sources_seen(counts: Iterable[EventCount]) -> list[SourceSeen]:
    """Each log source that was counted, and when the last event of it was received."""
    latest: dict[tuple[str, str, str, str, str], Moment] = {}
    for each in counts:
        if type(each) is not DayCount:  # the finer ones are of the same events
            continue
        place = (each.enterprise_id, each.drill, each.product, each.category, each.service)
        latest[place] = max(latest.get(place, each.received_at), each.received_at)
    return [SourceSeen(*place, received_at) for place, received_at in latest.items()]


def start_of(moment: Moment, step: Moment) -> Moment:
    """The start of the step of China's time that the moment is in."""
    return (moment + CHINA_OFFSET) // step * step - CHINA_OFFSET


def _count_minutes(events: Iterable[Event]) -> list[EventCount]:
    groups: dict[tuple[object, ...], list[Event]] = {}
    for each in events:
        source = (each.product, each.category, each.service)
        place = (each.enterprise_id, each.batch_id, each.time // MINUTE, *source)
        groups.setdefault(place, []).append(each)
    return [_count_minute(group) for group in groups.values()]


def _count_minute(group: Sequence[Event]) -> EventCount:
    times = [each.time for each in group]
    return MinuteCount(
        start_of(times[0], MINUTE),
        *_origin(group[0]),
        # Lists, not generators: of groups as small as these they cost half.
        max([each.received_at for each in group]),
        len(group),
        sum([each.late for each in group]),
        sum([each.future for each in group]),
        min(times),
        max(times),
        group[0].drill,
    )


_Origin: TypeAlias = tuple[str, str, str, str, str, str, str, str]
_origin: Callable[[Event | EventCount], _Origin] = attrgetter(
    "enterprise_id", "province", "sector", "format", "product", "category", "service", "batch_id"
)


def _add_up(kind: type[EventCount], finer: Iterable[EventCount]) -> list[EventCount]:
    step = STEPS[kind]
    groups: dict[tuple[object, ...], list[EventCount]] = {}
    for each in finer:
        source = (each.product, each.category, each.service)
        place = (each.enterprise_id, each.batch_id, start_of(each.time, step), *source)
        groups.setdefault(place, []).append(each)
    return [_sum_of(kind, start_of(group[0].time, step), group) for group in groups.values()]


def _sum_of(kind: type[EventCount], start: Moment, group: Sequence[EventCount]) -> EventCount:
    if len(group) == 1:  # most are, where batches are small
        return kind(start, *astuple(group[0])[1:])
    return kind(
        start,
        *_origin(group[0]),
        max([each.received_at for each in group]),
        sum([each.events for each in group]),
        sum([each.late for each in group]),
        sum([each.future for each in group]),
        min([each.first_time for each in group]),
        max([each.last_time for each in group]),
        group[0].drill,
    )
