"""From a batch to its events: decode, normalise, time, enrich; every line is accounted for."""

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from pipeline.event_time.clock import (
    ClockState,
    EventTimePolicy,
    Heard,
    Remarks,
    dated_by_receipt,
    is_future,
    is_late,
    source_name,
)
from pipeline.event_time.sources import SourceId, source_id
from pipeline.intake.entities import columns_of
from pipeline.intake.event_times import SenderZones
from pipeline.intake.faults import EventFault
from pipeline.intake.lines import EVENTS_MAX, Found, read_lines
from pipeline.intake.texts import lines_of_value
from pipeline.sigma.log_sources import DECODING_FIELD, log_source
from schemas.batch import DETAIL_CHARS, Batch, BatchAccount, DeadLetter, original_of
from schemas.event import Event
from schemas.ids import ContentIds, content_id
from schemas.moments import Moment, parse_moment
from schemas.registry import Enterprise

EARLIEST: Moment = parse_moment("1980-01-01T00:00:00Z")
LATEST: Moment = parse_moment("2200-01-01T00:00:00Z")
"""Event times outside are faults: no sensor saw them, and no store keeps them."""

REMEDIES: dict[str, str] = {
    "line_too_long": "Send at most 1 MB a line; leave out what no rule can use.",
    "too_many_events": f"Send at most {EVENTS_MAX} events in envelopes a record.",
    "not_json": "Send one JSON object a line, UTF-8, and no line breaks inside it.",
    "not_an_object": "Send one JSON object a line.",
    "too_deep": "Send fewer lists and objects within each other.",
    "time_missing": "Send the time in a field of the publishing guide, with its offset.",
    "time_out_of_range": "Correct the sensor's clock: times from 1980 to 2199 are taken.",
}
LETTERS_MAX = 1_000
"""Dead letters of one batch: the last one stands for all the lines that are left."""
REMARKS: dict[str, str] = {
    "too_late": "Send events within an hour of each other: rules saw these, correlations did not.",
    "clock_ahead": "Correct the sensor's clock: these events are correlated as of their receipt.",
    "clock_shifted": "The clock is hours off, and always the same: give the offset in the time, or "
    "name the zone of the sensor.",
    "export_year_past": "Send exports within two years of theirs: these were not counted.",
    "export_unreadable": "Write persons as whole numbers, and a legal ground of the schema.",
    "sources_evicted": "More hosts than `event_time.sources`: raise it, or correct the host field.",
}
"""What an account says of events that were stored. `too_late` are its late ones, `clock_ahead` its
future ones, `clock_shifted` those of sources whose clock has been the same half hours off their
receipt for minutes; `sources_evicted` are sources, not events."""
DEFAULT_REMEDY = "Send the line as the publishing guide describes this format."


class Reading(msgspec.Struct):
    """What one batch holds: its events, the lines that could not be taken, and the account."""

    events: list[Event]
    dead_letters: list[DeadLetter]
    account: BatchAccount
    sources: dict[str, SourceId]
    """The source of each event, by event id."""
    times: dict[str, Moment]
    """When each event counts as having happened: its own time, unless it is from the future."""
    heard: dict[SourceId, Heard]


class _Faulty(NamedTuple):
    """A line, or a part of one, that is no event, and why."""

    found: Found
    fault: EventFault


def read_batch(
    batch: Batch, enterprise: Enterprise, clock: ClockState, policy: EventTimePolicy
) -> Reading:
    """Read every line of a batch. Lateness is judged as of before the batch."""
    events: list[Event] = []
    faulty: list[_Faulty] = []
    found, wide = _found(batch)
    event_of = _event_reader(batch, enterprise, policy, wide)
    for each, occurrence in zip(found, _occurrences(batch, found), strict=True):
        try:
            events.append(event_of(each, occurrence))
        except EventFault as fault:
            faulty.append(_Faulty(each, fault))
    return _reading(batch, events, faulty, clock, policy)


def read_again(
    batch: Batch, events: list[Event], clock: ClockState, policy: EventTimePolicy
) -> Reading:
    """Events that a store kept of a batch. Lateness is judged anew, as of before the batch."""
    return _reading(batch, events, [], clock, policy)


def _reading(
    batch: Batch,
    events: list[Event],
    faulty: list[_Faulty],
    clock: ClockState,
    policy: EventTimePolicy,
) -> Reading:
    sources = _sources(events)
    times = _times(events, sources, policy)
    if times and min(times.values()) < clock.settled:
        events = [
            msgspec.structs.replace(event, late=True)
            if is_late(policy, clock, sources[event.event_id], times[event.event_id])
            else event
            for event in events
        ]
    letters = _dead_letters(batch, faulty)
    account = _account(batch, events, faulty)
    heard = _heard(events, sources, times)
    return Reading(events, letters, account, sources, times, heard)


def _found(batch: Batch) -> tuple[list[Found], str]:
    """What the lines hold, and the 16-bit encoding that they were in."""
    lines, wide = lines_of_value(batch.value, batch.encoding)
    return read_lines(batch.format, lines, "" if wide else batch.encoding), wide


def _sources(events: list[Event]) -> dict[str, SourceId]:
    ids: dict[str | tuple[str, ...], SourceId] = {}
    found = {}
    for event in events:
        host = event.host
        key = host or (event.format, event.product, event.category, event.service)
        source = ids.get(key)
        if source is None:
            name = source_name(host, event.format, (event.product, event.category, event.service))
            source = ids[key] = source_id(name)
        found[event.event_id] = source
    return found


def _times(
    events: list[Event], sources: dict[str, SourceId], policy: EventTimePolicy
) -> dict[str, Moment]:
    if not any(event.future for event in events):
        return {event.event_id: event.time for event in events}
    newest: dict[SourceId, Moment] = {}
    for event in events:
        if event.future:
            source = sources[event.event_id]
            newest[source] = max(newest.get(source, 0), event.time)
    return {
        event.event_id: dated_by_receipt(
            policy, event.time, newest[sources[event.event_id]], event.received_at
        )
        if event.future
        else event.time
        for event in events
    }


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


def remark(reading: Reading, remarks: Remarks) -> BatchAccount:
    """The account with what is remarked of stored events (`REMARKS`)."""
    account, shifted = reading.account, remarks.shifted
    counts = {
        "too_late": account.late,
        "clock_ahead": account.future,
        "clock_shifted": shifted
        and sum(reading.sources[event.event_id] in shifted for event in reading.events),
        "sources_evicted": remarks.evicted,
    }
    told = {reason: count for reason, count in counts.items() if count}
    return msgspec.structs.replace(account, reasons={**account.reasons, **told})


def _occurrences(batch: Batch, found: list[Found]) -> list[int]:
    """How many identical lines went before each: the sender's count, else the batch's own."""
    if batch.occurrences:
        return [batch.occurrences.get(each.index, 0) for each in found]
    if len({each.raw for each in found}) == len(found):
        return [0] * len(found)
    seen: Counter[bytes] = Counter()
    counts = []
    for each in found:
        counts.append(seen[each.raw])
        seen[each.raw] += 1
    return counts


def _event_reader(
    batch: Batch, enterprise: Enterprise, policy: EventTimePolicy, wide: str
) -> Callable[[Found, int], Event]:
    """Makes an event of what a line of this batch holds, and of how many identical ones went
    before it; raises EventFault. What all events of a batch have in common is looked up once."""
    batch_id, drill, received_at = batch.batch_id, batch.drill, batch.received_at
    enterprise_id, province, sector = batch.enterprise_id, enterprise.province, enterprise.sector
    zones = SenderZones(enterprise, batch.time_zone, received_at)
    ids = ContentIds("event", enterprise_id, drill)

    def event_of(found: Found, occurrence: int) -> Event:
        if found.fault is not None:
            raise found.fault
        format, fields, raw = found.format, found.fields, found.raw
        if wide:
            fields[DECODING_FIELD] = wide
        names = tuple(fields)
        time = zones.time_of(format, fields, names)
        if time is None:
            raise EventFault("time_missing", "no field holds a time that can be read")
        if not EARLIEST <= time < LATEST:
            fault = f"the event is dated {time / 1e6:.0f} s after 1970"
            raise EventFault("time_out_of_range", fault)
        source = log_source(fields)
        host, account, source_ip, destination_ip, process = columns_of(
            format, source.product, fields, names
        )
        # Parts of a line that are alike are told apart by their place in it.
        part = (str(found.part),) if found.part and batch.occurrences else ()
        return Event(  # by position: to bind 21 names costs four times as much
            ids.id_of(raw, str(occurrence), *part),
            batch_id,
            enterprise_id,
            province,
            sector,
            time,
            received_at,
            False,  # whether it is late is judged of the whole batch
            is_future(policy, time, received_at),
            format,
            source.product,
            source.category,
            source.service,
            host,
            account,
            source_ip,
            destination_ip,
            process,
            drill,
            fields,
            raw,
        )

    return event_of


def _dead_letters(batch: Batch, faulty: list[_Faulty]) -> list[DeadLetter]:
    """One each; of more than LETTERS_MAX the last letter stands for what is left."""
    if len(faulty) <= LETTERS_MAX:
        return [_dead_letter(batch, *each) for each in faulty]
    alone, left = faulty[: LETTERS_MAX - 1], faulty[LETTERS_MAX - 1 :]
    reasons = Counter(each.fault.reason for each in left)
    detail = ", ".join(f"{count} times {reason}" for reason, count in reasons.most_common())
    return [
        *(_dead_letter(batch, *each) for each in alone),
        msgspec.structs.replace(
            _dead_letter(batch, *left[0]),
            detail=f"this line and all that follow, {len(left)} in all: {detail}"[:DETAIL_CHARS],
            events=len(left),
            **original_of(b"\n".join(each.found.raw for each in left)),
        ),
    ]


def _dead_letter(batch: Batch, found: Found, fault: EventFault) -> DeadLetter:
    place = f"{batch.topic}/{batch.partition}/{batch.offset}"
    line = found.index + 1
    numbers = [str(line), str(found.part)] if found.part else [str(line)]
    return DeadLetter(
        dead_letter_id=content_id(
            "dead_letter", place, batch.enterprise_id, batch.batch_id, *numbers
        ),
        enterprise_id=batch.enterprise_id,
        batch_id=batch.batch_id,
        topic=batch.topic,
        partition=batch.partition,
        offset=batch.offset,
        line=line,
        received_at=batch.received_at,
        reason=fault.reason,
        detail=fault.detail[:DETAIL_CHARS],
        remedy=REMEDIES.get(fault.reason, DEFAULT_REMEDY),
        events=1,
        drill=batch.drill,
        **original_of(found.raw),
    )


def _account(batch: Batch, events: list[Event], faulty: list[_Faulty]) -> BatchAccount:
    late = sum(1 for event in events if event.late)
    return account_of(
        batch,
        "accepted",
        events=len(events) + len(faulty),
        stored=len(events) - late,
        late=late,
        dead_lettered=len(faulty),
        future=sum(1 for event in events if event.future),
        reasons=dict(Counter(each.fault.reason for each in faulty)),
    )


def account_duplicate(batch: Batch) -> BatchAccount:
    """The account of a batch that was taken before: every line is dropped, by name."""
    events = len(_found(batch)[0])
    return account_of(
        batch, "duplicate", events=events, dropped=events, reasons={"duplicate_batch": events}
    )


def account_of(batch: Batch, outcome: str, **counts: Any) -> BatchAccount:
    """The account of a batch whose sender is known; `counts` are the account's other fields."""
    return BatchAccount(
        enterprise_id=batch.enterprise_id,
        batch_id=batch.batch_id,
        topic=batch.topic,
        partition=batch.partition,
        offset=batch.offset,
        format=batch.format,
        key_id=batch.key_id,
        received_at=batch.received_at,
        drill=batch.drill,
        outcome=outcome,
        **counts,
    )
