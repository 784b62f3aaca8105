"""From a match to a detection: what it says, and who and what takes part in it."""

from collections.abc import Mapping

from pipeline.intake.entities import entities_of
from pipeline.sigma.reading.documents import SigmaRule
from schemas.context import Context
from schemas.detection import Detection
from schemas.event import Event
from schemas.ids import content_id
from schemas.moments import Moment

SUMMARY_FIELDS = (
    "CommandLine",
    "ScriptBlockText",
    "TargetObject",
    "TargetFilename",
    "ImageLoaded",
    "PipeName",
    "ServiceFileName",
    "RelativeTargetName",
    "ImagePath",
    "TaskName",
    "QueryName",
    "statement",
    "query",
    "uri",
    "TargetImage",
    "ObjectName",
    "ShareName",
    "Image",
    "DestinationIp",
    "DestAddress",
    "TargetUserName",
    "Payload",
    "Destination",
    "Consumer",
    "Query",
    "Message",
    "msg",
    "message",
)
"""The one fact an analyst reads first: what was done, before on what, before by what."""

_SUMMARY_CHARACTERS = 300


def detection_of(event: Event, rule: SigmaRule, time: Moment, context: Context) -> Detection:
    """The detection of one rule on one event, which counts as of `time`; its id is derived from
    both."""
    head = rule.head
    return Detection(
        detection_id=content_id("detection", event.enterprise_id, head.rule_id, event.event_id),
        revision=1,
        status="active",
        kind="rule",
        rule_id=head.rule_id,
        title=head.title,
        title_zh=head.title_zh,
        level=head.level or "informational",
        tags=head.tags,
        scenario=head.scenario,
        enterprise_id=event.enterprise_id,
        province=event.province,
        time=time,
        first_time=time,
        last_time=time,
        received_at=event.received_at,
        event_ids=(event.event_id,),
        event_count=1,
        entities=entities_of(event),
        product=event.product,
        category=event.category,
        service=event.service,
        summary=_first_text(event.fields, SUMMARY_FIELDS)[:_SUMMARY_CHARACTERS],
        late=event.late,
        drill=event.drill,
        rule_set_id=context.rule_set_id,
    )


def _first_text(fields: Mapping[str, object], names: tuple[str, ...]) -> str:
    """The first of these fields that holds a telling text; "" where none does."""
    for name in names:
        value = fields.get(name)
        if value and value != "-":
            if isinstance(value, str):
                return value
            if isinstance(value, int):
                return str(value)
    return ""
