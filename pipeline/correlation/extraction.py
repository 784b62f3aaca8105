"""What a match brings to a correlation: its group, its value, or the reason why it has none.

Values compare as Sigma compares them: text in any case, numbers as text or number alike.
"""

from collections.abc import Mapping
from math import isfinite

import msgspec

from pipeline.correlation.drop_reasons import DropReason
from pipeline.correlation.group_evaluation import Finding
from pipeline.correlation.groups import Candidate, Entities, entities_to_hold
from pipeline.correlation.plan import Correlation, Feed, Source
from pipeline.correlation.state import Evidence, Inner
from pipeline.correlation.windows import Value
from pipeline.event_time.sources import SourceId
from pipeline.sigma.matching.values import members, read_field
from pipeline.sigma.predicates import number_of, text_of
from pipeline.sigma.reading.documents import SigmaRule
from schemas.event import Event
from schemas.moments import Moment

GREATEST_NUMBER = 1e290
"""Far beyond any measure, and a group's sum of such numbers is still a number."""

_SEPARATOR = "\x1f"


class Match(msgspec.Struct, frozen=True):
    """A rule that matched an event, when the event counts as having happened, and whose clock
    said so."""

    event: Event
    rule: SigmaRule
    time: Moment
    source: SourceId = b""


def extract_event(
    feed: Feed, match: Match, entities: Entities, behind: tuple[SourceId, ...]
) -> tuple[str, Candidate] | DropReason:
    """The group key and the match, or why the event does not count for this correlation."""
    correlation, position = feed
    source, event = correlation.sources[position], match.event
    if event.late:
        return "too_late"
    texts = read_texts(event.fields, source.group_fields)
    if texts is None:
        return "missing_group_field"
    value, reason = _value(correlation, source, event.fields)
    if reason is not None:
        return reason
    candidate = Candidate(match.time, event.event_id, position, value, entities, None, behind)
    return group_key(texts), candidate


def _value(
    correlation: Correlation, source: Source, fields: Mapping[str, object]
) -> tuple[Value, DropReason | None]:
    if not source.value_fields:
        return None, None
    if correlation.is_numeric:
        read = read_field(fields, source.value_fields[0])
        number = read_number(read)
        if number is None:
            return None, "missing_value" if read is None else "not_numeric"
        return number, None
    texts = read_texts(fields, source.value_fields)
    return (None, "missing_value") if texts is None else (joined(texts), None)


def finding_group(feed: Feed, fields: Mapping[str, str]) -> str:
    """The group of the outer correlation; `fields` are the inner one's group-by values."""
    correlation, position = feed
    return group_key([fields[name] for name in correlation.sources[position].group_fields])


def extract_finding(
    feed: Feed,
    finding: Finding,
    opening: Evidence,
    fields: Mapping[str, str],
    behind: tuple[SourceId, ...],
) -> tuple[str, Candidate] | DropReason:
    """A correlation's detection as a match of the outer one: at the time, and with the
    evidence, with which it became true. How it grows later is its own."""
    correlation, position = feed
    value, reason = _value(correlation, correlation.sources[position], fields)
    if reason is not None:
        return reason
    candidate = Candidate(
        finding.time,
        finding.detection_id,
        position,
        value,
        entities_to_hold(opening.entities),
        Inner(opening.first_time, opening.last_time, opening.event_count, opening.event_ids),
        behind,
    )
    return finding_group(feed, fields), candidate


def comparable_text(value: object) -> str | None:
    """The value as it is compared: folded text; a list is one value, its members in order.
    None for missing, null, and for objects."""
    if value.__class__ is str:
        return value.casefold()
    texts = [text for each in members(value) if (text := text_of(each)) is not None]
    return _SEPARATOR.join(texts).casefold() if texts else None


def read_texts(fields: Mapping[str, object], names: tuple[str, ...]) -> list[str] | None:
    """The comparable texts of all `names`, or None when one is missing."""
    texts = []
    for name in names:
        text = comparable_text(read_field(fields, name))
        if text is None:
            return None
        texts.append(text)
    return texts


def joined(texts: list[str]) -> str:
    """Several texts as one, such that different lists never give the same text."""
    return texts[0] if len(texts) == 1 else msgspec.json.encode(texts).decode()


def group_key(texts: list[str]) -> str:
    """A group's key in the state: a JSON list."""
    return msgspec.json.encode(texts).decode()


def texts_of_key(key: str) -> list[str]:
    """The group-by values that `group_key` was made from."""
    return msgspec.json.decode(key, type=list[str])


def read_number(value: object) -> float | None:
    """A number, or text that is a decimal number; None for anything else, not finite included."""
    # What may be several is often written as a list of one.
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    read = number_of(value)
    if read is None or abs(read) > GREATEST_NUMBER:
        return None
    number = float(read)
    return number if isfinite(number) else None
