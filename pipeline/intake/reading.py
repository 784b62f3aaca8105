"""From a batch to its events: decode, normalise, time, enrich; every line is accounted for."""

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

from pipeline.event_time.clock import ClockState, EventTimePolicy, Heard, Remarks
from pipeline.event_time.dating import date_events, latest_present
from pipeline.event_time.sources import SourceId
from pipeline.intake.entities import columns_of
from pipeline.intake.event_times import SenderZones
from pipeline.intake.faults import EventFault
from pipeline.intake.lines import Found, read_lines
from pipeline.intake.refused_lines import Faulty, refuse_lines
from pipeline.intake.texts import lines_of_value
from pipeline.sigma.log_sources import DECODING_FIELD, log_source
from schemas.batch import Batch, BatchAccount, DeadLetter
from schemas.event import Event
from schemas.ids import ContentIds, framed
from schemas.moments import Moment, parse_moment
from schemas.registry import Enterprise

EARLIEST: Moment = parse_moment("1980-01-01T00:00:00Z")
LATEST: Moment = parse_moment("2200-01-01T00:00:00Z")
"""Event times outside are faults: no sensor saw them, and no store keeps them."""

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


SENDERS_KEPT = 4_096
"""Enterprises and drills of which the beginning of their events' ids is remembered."""
_FIRST = framed("0")
"""Of a line with no identical one before it."""


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


def read_batch(
    batch: Batch, enterprise: Enterprise, clock: ClockState, policy: EventTimePolicy
) -> Reading:
    """Read every line of a batch. Lateness is judged as of before the batch."""
    events: list[Event] = []
    faulty: list[Faulty] = []
    found, wide = _found(batch)
    event_of = event_reader(batch, enterprise, policy, wide)
    for each, occurrence in zip(found, _occurrences(batch, found), strict=True):
        try:
            events.append(event_of(each, occurrence))
        except EventFault as fault:
            faulty.append(Faulty(each, fault))
    return _reading(batch, events, faulty, clock, policy)


def read_again(
    batch: Batch, events: list[Event], clock: ClockState, policy: EventTimePolicy
) -> Reading:
    """Events that a store kept of a batch. Lateness is judged anew, as of before the batch."""
    return _reading(batch, events, [], clock, policy)


def _reading(
    batch: Batch,
    events: list[Event],
    faulty: list[Faulty],
    clock: ClockState,
    policy: EventTimePolicy,
) -> Reading:
    dated = date_events(policy, clock, events)
    late = sum([event.late for event in dated.events])
    account = account_of(
        batch,
        "accepted",
        events=len(events) + len(faulty),
        stored=len(events) - late,
        late=late,
        dead_lettered=len(faulty),
        future=sum([event.future for event in events]),
        reasons=dict(Counter([each.fault.reason for each in faulty])) if faulty else {},
    )
    letters = refuse_lines(batch, faulty) if faulty else []
    return Reading(dated.events, letters, account, dated.sources, dated.times, dated.heard)


def _found(batch: Batch) -> tuple[list[Found], str]:
    """What the lines hold, and the 16-bit encoding that they were in."""
    lines, wide = lines_of_value(batch.value, batch.encoding)
    return read_lines(batch.format, lines, "" if wide else batch.encoding), wide


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
    if not told:
        return account
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


def event_reader(
    batch: Batch, enterprise: Enterprise, policy: EventTimePolicy, wide: str
) -> Callable[[Found, int], Event]:
    """Makes an event of what a line of this batch holds, and of how many identical ones went
    before it; raises EventFault. What all events of a batch have in common is looked up once."""
    batch_id, drill, received_at = batch.batch_id, batch.drill, batch.received_at
    enterprise_id, province, sector = batch.enterprise_id, enterprise.province, enterprise.sector
    zones = SenderZones(enterprise, batch.time_zone, received_at)
    id_of_framed = _event_ids(enterprise_id, drill).id_of_framed
    present_until = latest_present(policy, received_at)

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
        place = framed(str(occurrence)) if occurrence else _FIRST
        if found.part and batch.occurrences:
            # Parts of a line that are alike are told apart by their place in it.
            place += framed(str(found.part))
        return Event(  # by position: to bind 21 names costs four times as much
            id_of_framed(framed(raw) + place),
            batch_id,
            enterprise_id,
            province,
            sector,
            time,
            received_at,
            False,  # whether it is late is judged of the whole batch
            time > present_until,
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


@lru_cache(SENDERS_KEPT)
def _event_ids(enterprise_id: str, drill: str) -> ContentIds:
    return ContentIds("event", enterprise_id, drill)


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
