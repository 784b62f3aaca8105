"""From a match to a detection: what it says, and who and what takes part in it."""

from collections.abc import Callable, Mapping

from pipeline.intake.columns import first_text
from pipeline.sigma.reading.documents import SigmaRule
from schemas.context import Context
from schemas.detection import Detection, Entity, EntityKind
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


def _account(value: str) -> str:
    """`DOMAIN\\user` and `user@domain` to `user`, so that logs of both habits agree."""
    return value.rsplit("\\", 1)[-1].split("@", 1)[0].lower()


def _lower(value: str) -> str:
    return value.lower()


def _address(value: str) -> str:
    return value.removeprefix("::ffff:").lower()


def _hashes(value: str) -> str:
    """The strongest of Sysmon's `SHA1=…,MD5=…,SHA256=…`, else the value itself."""
    parts = dict(part.split("=", 1) for part in value.split(",") if "=" in part)
    return (parts.get("SHA256") or parts.get("SHA1") or parts.get("MD5") or value).lower()


ENTITY_FIELDS: tuple[tuple[str, EntityKind, str, Callable[[str], str]], ...] = (
    ("Computer", "host", "target", _lower),
    ("Hostname", "host", "target", _lower),
    ("ComputerName", "host", "target", _lower),
    ("host.name", "host", "target", _lower),
    ("device.hostname", "host", "target", _lower),
    ("hostname", "host", "target", _lower),
    ("WorkstationName", "host", "actor", _lower),
    ("User", "account", "actor", _account),
    ("SubjectUserName", "account", "actor", _account),
    ("TargetUserName", "account", "target", _account),
    ("user.name", "account", "actor", _account),
    ("actor.user.name", "account", "actor", _account),
    ("username", "account", "actor", _account),
    ("acct", "account", "actor", _account),
    ("SourceIp", "address", "actor", _address),
    ("IpAddress", "address", "actor", _address),
    ("SourceAddress", "address", "actor", _address),
    ("id.orig_h", "address", "actor", _address),
    ("src_ip", "address", "actor", _address),
    ("client_ip", "address", "actor", _address),
    ("DestinationIp", "address", "target", _address),
    ("DestAddress", "address", "target", _address),
    ("id.resp_h", "address", "target", _address),
    ("dest_ip", "address", "target", _address),
    ("dst_ip", "address", "target", _address),
    ("Image", "process", "tool", _lower),
    ("SourceImage", "process", "tool", _lower),
    ("TargetImage", "process", "target", _lower),
    ("Hashes", "hash", "tool", _hashes),
    ("QueryName", "domain", "target", _lower),
    ("query", "domain", "target", _lower),
    ("TargetFilename", "file", "target", _lower),
    ("database", "data", "target", _lower),
)
"""Field, kind and role of what takes part; the last column normalises the value."""


def entities_of(event: Event) -> tuple[Entity, ...]:
    """Who and what takes part in an event, each once, in the table's order."""
    return tuple(dict.fromkeys(_entities(event.fields)))


def _entities(fields: Mapping[str, object]) -> list[Entity]:
    found = []
    for name, kind, role, normalise in ENTITY_FIELDS:
        value = fields.get(name)
        if isinstance(value, str) and value and value != "-":
            found.append(Entity(kind, normalise(value), role))
    return found


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
        summary=first_text(event.fields, SUMMARY_FIELDS)[:_SUMMARY_CHARACTERS],
        late=event.late,
        drill=event.drill,
        rule_set_id=context.rule_set_id,
    )
