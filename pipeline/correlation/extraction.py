"""What a match brings to a correlation: its group, its value, or the reason why it has none."""

from collections.abc import Mapping

import msgspec

from pipeline.correlation.drop_reasons import DropReason
from pipeline.correlation.group_evaluation import Finding
from pipeline.correlation.groups import Candidate
from pipeline.correlation.plan import Correlation, Feed, Source
from pipeline.correlation.state import Evidence, Inner
from pipeline.correlation.values import group_key, joined, read_number, read_texts
from pipeline.correlation.windows import Value
from pipeline.sigma.matching.values import read_field
from pipeline.sigma.reading.documents import SigmaRule
from pipeline.sources import SourceId
from schemas.detection import Entity
from schemas.event import Event
from schemas.moments import Moment


class Match(msgspec.Struct, frozen=True):
    """A rule that matched an event, when the event counts as having happened, and whose clock
    said so."""

    event: Event
    rule: SigmaRule
    time: Moment
    source: SourceId = b""


def extract_event(
    feed: Feed, match: Match, entities: tuple[Entity, ...], behind: tuple[SourceId, ...]
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
        opening.entities,
        Inner(opening.first_time, opening.last_time, opening.event_count, opening.event_ids),
        behind,
    )
    return finding_group(feed, fields), candidate
