"""The dead letters of lines that are no events: one each, up to a bound; the sender's faults."""

from collections import Counter
from typing import NamedTuple

import msgspec

from pipeline.intake.faults import EventFault
from pipeline.intake.lines import EVENTS_MAX, Found
from schemas.batch import DETAIL_CHARS, Batch, DeadLetter, original_of
from schemas.ids import content_id

REMEDIES: dict[str, str] = {
    "line_too_long": "Send at most 1 MB a line; leave out what no rule can use.",
    "too_many_events": f"Send at most {EVENTS_MAX} events in envelopes a record.",
    "not_json": "Send one JSON object a line, UTF-8, and no line breaks inside it.",
    "not_an_object": "Send one JSON object a line.",
    "csv_row": "Send each row as JSON under the names of its header; a file with its header is "
    "read by `fenghuo publish`.",
    "too_deep": "Send fewer lists and objects within each other.",
    "time_missing": "Send the time in a field of the publishing guide, with its offset.",
    "time_out_of_range": "Correct the sensor's clock: times from 1980 to 2199 are taken.",
}
DEFAULT_REMEDY = "Send the line as the publishing guide describes this format."
LETTERS_MAX = 1_000
"""Dead letters of one batch: the last one stands for all the lines that are left."""


class Faulty(NamedTuple):
    """A line, or a part of one, that is no event, and why."""

    found: Found
    fault: EventFault


def refuse_lines(batch: Batch, faulty: list[Faulty]) -> list[DeadLetter]:
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
