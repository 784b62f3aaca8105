"""From a batch to its events: decode, normalise, time, enrich; every line is accounted for."""

from collections import Counter

import msgspec

from pipeline.event_time import ClockState, EventTimePolicy, is_future, is_late
from pipeline.intake.accounts import account_of, lines_of
from pipeline.intake.columns import (
    ACCOUNT_FIELDS,
    DESTINATION_IP_FIELDS,
    HOST_FIELDS,
    PROCESS_FIELDS,
    SOURCE_IP_FIELDS,
    first_text,
    time_of,
)
from pipeline.intake.faults import EventFault
from pipeline.intake.formats.table import read_fields
from pipeline.sigma.log_sources import log_source
from schemas.batch import Batch, BatchAccount, DeadLetter
from schemas.event import Event
from schemas.ids import content_id
from schemas.moments import Moment, parse_moment
from schemas.registry import Enterprise

EARLIEST: Moment = parse_moment("1980-01-01T00:00:00Z")
LATEST: Moment = parse_moment("2200-01-01T00:00:00Z")
"""Event times outside are faults: no sensor saw them, and no store keeps them."""

REMEDIES: dict[str, str] = {
    "not_json": "Send one JSON object a line, UTF-8, and no line breaks inside it.",
    "not_an_object": "Send one JSON object a line.",
    "too_deep": "Send fewer lists and objects within each other.",
    "time_missing": "Send the time in a field of the publishing guide, with its offset.",
    "time_out_of_range": "Correct the sensor's clock: times from 1980 to 2199 are taken.",
}
_DEFAULT_REMEDY = "Send the line as the publishing guide describes this format."


class Reading(msgspec.Struct):
    """What one batch holds: its events, the lines that could not be taken, and the account."""

    events: list[Event]
    dead_letters: list[DeadLetter]
    account: BatchAccount
    greatest: Moment | None
    """Greatest credible event time: what may move the watermark."""


def read_batch(
    batch: Batch, enterprise: Enterprise, clock: ClockState, policy: EventTimePolicy
) -> Reading:
    """Read every line of a batch. Lateness is judged against the watermark before the batch."""
    events: list[Event] = []
    letters: list[DeadLetter] = []
    lines = lines_of(batch.value)
    occurrences = _occurrences(batch, lines)
    for index, line in enumerate(lines):
        try:
            events.append(_read_event(batch, enterprise, line, occurrences[index], clock, policy))
        except EventFault as fault:
            letters.append(_dead_letter(batch, index + 1, line, fault))
    return Reading(events, letters, _account(batch, events, letters), _greatest(events))


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
    clock: ClockState,
    policy: EventTimePolicy,
) -> Event:
    fields = read_fields(batch.format, line)
    time = time_of(fields)
    if time is None:
        raise EventFault("time_missing", "no field holds a time that can be read")
    if not EARLIEST <= time < LATEST:
        raise EventFault("time_out_of_range", f"the event is dated {time / 1e6:.0f} s after 1970")
    source = log_source(fields)
    return Event(
        event_id=content_id("event", batch.enterprise_id, batch.drill, line, str(occurrence)),
        batch_id=batch.batch_id,
        enterprise_id=batch.enterprise_id,
        province=enterprise.province,
        sector=enterprise.sector,
        time=time,
        received_at=batch.received_at,
        late=is_late(clock, time),
        future=is_future(policy, time, batch.received_at),
        format=batch.format,
        product=source.product,
        category=source.category,
        service=source.service,
        host=first_text(fields, HOST_FIELDS),
        account=first_text(fields, ACCOUNT_FIELDS),
        source_ip=first_text(fields, SOURCE_IP_FIELDS),
        destination_ip=first_text(fields, DESTINATION_IP_FIELDS),
        process=first_text(fields, PROCESS_FIELDS),
        drill=batch.drill,
        fields=fields,
        raw=line,
    )


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
        detail=fault.detail,
        remedy=REMEDIES.get(fault.reason, _DEFAULT_REMEDY),
        events=1,
        original=line,
    )


def _account(batch: Batch, events: list[Event], letters: list[DeadLetter]) -> BatchAccount:
    late = sum(1 for event in events if event.late)
    return account_of(
        batch,
        "accepted",
        events=len(events) + len(letters),
        stored=len(events) - late,
        late=late,
        dead_lettered=len(letters),
        future=sum(1 for event in events if event.future),
        reasons=dict(Counter(letter.reason for letter in letters)),
    )


def account_duplicate(batch: Batch) -> BatchAccount:
    """The account of a batch whose id was applied before: every line is dropped, by name."""
    events = len(lines_of(batch.value))
    return account_of(
        batch, "duplicate", events=events, dropped=events, reasons={"duplicate_batch": events}
    )


def _greatest(events: list[Event]) -> Moment | None:
    return max((event.time for event in events if not event.future), default=None)
