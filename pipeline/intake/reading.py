"""From a batch to its events: decode, normalise, time, enrich; every line is accounted for."""

from collections import Counter
from typing import NamedTuple

import msgspec

from pipeline.event_time import (
    ClockState,
    EventTimePolicy,
    Heard,
    Remarks,
    dated_by_receipt,
    is_future,
    is_late,
    source_name,
)
from pipeline.intake.accounts import account_of, count_lines, lines_of
from pipeline.intake.columns import time_of
from pipeline.intake.entities import column_of
from pipeline.intake.faults import EventFault
from pipeline.intake.field_map import rows_of
from pipeline.intake.formats.table import read_fields
from pipeline.sigma.log_sources import log_source
from pipeline.sources import SourceId, source_id
from schemas.batch import DETAIL_CHARS, Batch, BatchAccount, DeadLetter, original_of
from schemas.event import Event
from schemas.ids import content_id
from schemas.moments import Moment, parse_moment
from schemas.registry import Enterprise

EARLIEST: Moment = parse_moment("1980-01-01T00:00:00Z")
LATEST: Moment = parse_moment("2200-01-01T00:00:00Z")
"""Event times outside are faults: no sensor saw them, and no store keeps them."""

REMEDIES: dict[str, str] = {
    "line_too_long": "Send at most 1 MB a line; leave out what no rule can use.",
    "not_json": "Send one JSON object a line, UTF-8, and no line breaks inside it.",
    "not_an_object": "Send one JSON object a line.",
    "too_deep": "Send fewer lists and objects within each other.",
    "time_missing": "Send the time in a field of the publishing guide, with its offset.",
    "time_out_of_range": "Correct the sensor's clock: times from 1980 to 2199 are taken.",
}
LINE_BYTES = 1_000_000
LETTERS_MAX = 1_000
"""Dead letters of one batch: the last one stands for all the lines that are left."""
REMARKS: dict[str, str] = {
    "too_late": "Send events within an hour of each other: rules saw these, correlations did not.",
    "clock_ahead": "Correct the sensor's clock: these events are correlated as of their receipt.",
    "clock_shifted": "The clock is hours off, and always the same: give the offset in the time, or "
    "name the zone of the sensor.",
    "sources_evicted": "More hosts than `event_time.sources`: raise it, or correct the host field.",
}
"""What an account says of events that were stored. `too_late` are its late ones, `clock_ahead` its
future ones, `clock_shifted` those of sources whose clock has been the same half hours off their
receipt for minutes; `sources_evicted` are sources, not events."""
_DEFAULT_REMEDY = "Send the line as the publishing guide describes this format."


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
    """A line (1-based, of those that hold something) that is no event, and why."""

    line: int
    text: bytes
    fault: EventFault


def read_batch(
    batch: Batch, enterprise: Enterprise, clock: ClockState, policy: EventTimePolicy
) -> Reading:
    """Read every line of a batch. Lateness is judged as of before the batch."""
    events: list[Event] = []
    faulty: list[_Faulty] = []
    lines = lines_of(batch.value)
    occurrences = _occurrences(batch, lines)
    for index, line in enumerate(lines):
        try:
            events.append(_read_event(batch, enterprise, line, occurrences[index], policy))
        except EventFault as fault:
            faulty.append(_Faulty(index + 1, line, fault))
    sources = _sources(events)
    times = _times(events, sources, policy)
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


def _sources(events: list[Event]) -> dict[str, SourceId]:
    ids: dict[tuple[str, str, str, str], SourceId] = {}
    found = {}
    for event in events:
        key = (event.host, event.product, event.category, event.service)
        if key not in ids:
            ids[key] = source_id(source_name(event.host, event.format, key[1:]))
        found[event.event_id] = ids[key]
    return found


def _times(
    events: list[Event], sources: dict[str, SourceId], policy: EventTimePolicy
) -> dict[str, Moment]:
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
        else:
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


def _occurrences(batch: Batch, lines: list[bytes]) -> list[int]:
    """How many identical lines went before each: the sender's count, else the batch's own."""
    if batch.occurrences:
        return [batch.occurrences.get(index, 0) for index in range(len(lines))]
    if len(set(lines)) == len(lines):
        return [0] * len(lines)
    seen: Counter[bytes] = Counter()
    counts = []
    for line in lines:
        counts.append(seen[line])
        seen[line] += 1
    return counts


def _read_event(
    batch: Batch,
    enterprise: Enterprise,
    line: bytes,
    occurrence: int,
    policy: EventTimePolicy,
) -> Event:
    if len(line) > LINE_BYTES:
        raise EventFault("line_too_long", f"{len(line)} bytes")
    fields = read_fields(batch.format, line)
    time = time_of(fields)
    if time is None:
        raise EventFault("time_missing", "no field holds a time that can be read")
    if not EARLIEST <= time < LATEST:
        raise EventFault("time_out_of_range", f"the event is dated {time / 1e6:.0f} s after 1970")
    source = log_source(fields)
    rows = rows_of(batch.format, source.product, "Channel" in fields)
    return Event(
        event_id=content_id("event", batch.enterprise_id, batch.drill, line, str(occurrence)),
        batch_id=batch.batch_id,
        enterprise_id=batch.enterprise_id,
        province=enterprise.province,
        sector=enterprise.sector,
        time=time,
        received_at=batch.received_at,
        late=False,
        future=is_future(policy, time, batch.received_at),
        format=batch.format,
        product=source.product,
        category=source.category,
        service=source.service,
        host=column_of(fields, rows, "host"),
        account=column_of(fields, rows, "account"),
        source_ip=column_of(fields, rows, "source_ip"),
        destination_ip=column_of(fields, rows, "destination_ip"),
        process=column_of(fields, rows, "process"),
        drill=batch.drill,
        fields=fields,
        raw=line,
    )


def _dead_letters(batch: Batch, faulty: list[_Faulty]) -> list[DeadLetter]:
    """One a line; of more than LETTERS_MAX lines the last letter stands for what is left."""
    if len(faulty) <= LETTERS_MAX:
        return [_dead_letter(batch, *each) for each in faulty]
    alone, left = faulty[: LETTERS_MAX - 1], faulty[LETTERS_MAX - 1 :]
    reasons = Counter(each.fault.reason for each in left)
    detail = ", ".join(f"{count} times {reason}" for reason, count in reasons.most_common())
    summary = _dead_letter(batch, *left[0])
    return [
        *(_dead_letter(batch, *each) for each in alone),
        msgspec.structs.replace(
            summary,
            detail=f"this line and all that follow, {len(left)} in all: {detail}"[:DETAIL_CHARS],
            events=len(left),
            **original_of(b"\n".join(each.text for each in left)),
        ),
    ]


def _dead_letter(batch: Batch, line_number: int, line: bytes, fault: EventFault) -> DeadLetter:
    place = f"{batch.topic}/{batch.partition}/{batch.offset}"
    return DeadLetter(
        dead_letter_id=content_id(
            "dead_letter", place, batch.enterprise_id, batch.batch_id, str(line_number)
        ),
        enterprise_id=batch.enterprise_id,
        batch_id=batch.batch_id,
        topic=batch.topic,
        partition=batch.partition,
        offset=batch.offset,
        line=line_number,
        received_at=batch.received_at,
        reason=fault.reason,
        detail=fault.detail[:DETAIL_CHARS],
        remedy=REMEDIES.get(fault.reason, _DEFAULT_REMEDY),
        events=1,
        **original_of(line),
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
    events = count_lines(batch.value)
    return account_of(
        batch, "duplicate", events=events, dropped=events, reasons={"duplicate_batch": events}
    )
