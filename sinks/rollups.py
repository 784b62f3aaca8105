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

from collections.abc import Iterable

import msgspec

from schemas.event import Event
from schemas.moments import DAY, HOUR, MINUTE, Moment

CHINA_OFFSET: Moment = 8 * HOUR
"""China Standard Time: UTC+8 all year since 1991."""


class EventCount(msgspec.Struct, frozen=True, kw_only=True):
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


class MinuteCount(EventCount, frozen=True, kw_only=True):
    """Of one minute."""


class HourCount(EventCount, frozen=True, kw_only=True):
    """Of one hour."""


class DayCount(EventCount, frozen=True, kw_only=True):
    """Of one day of China."""


class SourceSeen(msgspec.Struct, frozen=True, kw_only=True):
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
    """The counts of every step; of an event that is there twice in a batch, the last holds."""
    once = {(event.batch_id, event.event_id): event for event in events}.values()
    return [
        _count(kind, step, group)
        for kind, step in STEPS.items()
        for group in _groups(once, step).values()
    ]


def sources_seen(counts: Iterable[EventCount]) -> list[SourceSeen]:
    """Each log source that was counted, and when the last event of it was received."""
    latest: dict[tuple[str, ...], Moment] = {}
    for count in counts:
        source = (count.product, count.category, count.service)
        place = (count.enterprise_id, count.drill, *source)
        latest[place] = max(latest.get(place, count.received_at), count.received_at)
    return [
        SourceSeen(
            enterprise_id=enterprise_id,
            drill=drill,
            product=product,
            category=category,
            service=service,
            received_at=received_at,
        )
        for (enterprise_id, drill, product, category, service), received_at in latest.items()
    ]


def start_of(moment: Moment, step: Moment) -> Moment:
    """The start of the step of China's time that the moment is in."""
    return (moment + CHINA_OFFSET) // step * step - CHINA_OFFSET


def _groups(events: Iterable[Event], step: Moment) -> dict[tuple[object, ...], list[Event]]:
    groups: dict[tuple[object, ...], list[Event]] = {}
    for event in events:
        source = (event.product, event.category, event.service)
        place = (event.enterprise_id, event.batch_id, start_of(event.time, step), *source)
        groups.setdefault(place, []).append(event)
    return groups


def _count(kind: type[EventCount], step: Moment, group: list[Event]) -> EventCount:
    first = group[0]
    times = [event.time for event in group]
    return kind(
        time=start_of(first.time, step),
        enterprise_id=first.enterprise_id,
        province=first.province,
        sector=first.sector,
        format=first.format,
        product=first.product,
        category=first.category,
        service=first.service,
        batch_id=first.batch_id,
        received_at=max(event.received_at for event in group),
        events=len(group),
        late=sum(event.late for event in group),
        future=sum(event.future for event in group),
        first_time=min(times),
        last_time=max(times),
        drill=first.drill,
    )
