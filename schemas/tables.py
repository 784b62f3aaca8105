"""The store's tables: the one definition from which DDL, rows and JSON Schemas derive.

Every table keeps one row per revision of one thing, in `<name>_rows`; a retried insert
writes the same row again and the engine (ReplacingMergeTree) keeps one. Views show them:
`<history>` each revision once, `<name>` the current revision of each thing once.
ClickHouse types are written as ClickHouse writes them.
"""

from base64 import b64encode
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import msgspec

from schemas.assessment import Assessment, Obligation
from schemas.batch import BatchAccount, DeadLetter
from schemas.command import CommandOutcome
from schemas.detection import Detection
from schemas.event import Event
from schemas.incident import Incident
from schemas.registry import Enterprise

TEXT = "String"
WORD = "LowCardinality(String)"
"""Text of few distinct values."""
WORDS = "Array(LowCardinality(String))"
TEXTS = "Array(String)"
MOMENT = "DateTime64(6, 'UTC')"
MAYBE_MOMENT = "Nullable(DateTime64(6, 'UTC'))"
COUNT = "UInt64"
SMALL = "UInt32"
SIGNED = "Int64"
FLAG = "Bool"
JSON = "String"
"""JSON text; read it with ClickHouse's JSONExtract functions."""
HEX_ID = "String"


class Column(msgspec.Struct, frozen=True):
    """One column: its ClickHouse type, and how its value is read from the thing."""

    name: str
    type: str
    comment: str
    read: Callable[[Any], Any]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table. `key` identifies the thing; rows of a key differ in `revision`, if it has one.

    `partition_by` is a function of columns that never change for a key, because
    ReplacingMergeTree merges only inside a partition.
    """

    name: str
    of: type
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    order_by: tuple[str, ...]
    partition_by: str = ""
    revision: str = ""
    history: str = ""
    comment: str = ""

    def row(self, thing: Any) -> tuple[Any, ...]:
        """The thing as a tuple in column order: text, int, bool, list or None; moments as int."""
        return tuple([column.read(thing) for column in self.columns])

    @property
    def stored_name(self) -> str:
        """The physical table behind the views."""
        return f"{self.name}_rows"


def _column(
    name: str, type: str, comment: str, read: Callable[[Any], Any] | str | None = None
) -> Column:
    reader = attrgetter(read or name) if read is None or isinstance(read, str) else read
    return Column(name, type, comment, reader)


def _json(name: str) -> Callable[[Any], str]:
    return lambda thing: msgspec.json.encode(getattr(thing, name), order="sorted").decode()


def _list(name: str) -> Callable[[Any], list[Any]]:
    return lambda thing: list(getattr(thing, name))


def _of_entities(attribute: str) -> Callable[[Any], list[str]]:
    return lambda thing: [getattr(entity, attribute) for entity in thing.entities]


def _or_empty(name: str) -> Callable[[Any], str]:
    return lambda thing: getattr(thing, name) or ""


def _text(name: str) -> Callable[[Any], str]:
    return lambda thing: getattr(thing, name).decode("utf-8", "replace")


def _base64(name: str) -> Callable[[Any], str]:
    return lambda thing: b64encode(getattr(thing, name)).decode()


_ENTERPRISE = _column("enterprise_id", WORD, "Who published it; key of the table enterprises.")
_PROVINCE = _column("province", WORD, "GB/T 2260 code of province level.")
_DRILL = _column("drill", WORD, "Name of the drill it belongs to; empty in earnest.")
_ENTITIES = (
    _column("entity_kinds", WORDS, "Kinds of the entities, in parallel.", _of_entities("kind")),
    _column("entity_values", TEXTS, "Values of the entities.", _of_entities("value")),
    _column("entity_roles", WORDS, "Roles of the entities.", _of_entities("role")),
)

EVENTS = Table(
    name="events",
    of=Event,
    comment="One observation by a sensor, normalised and enriched.",
    key=("event_id",),
    order_by=("enterprise_id", "time", "event_id"),
    partition_by="toYYYYMM(time)",
    columns=(
        _column("event_id", HEX_ID, "Derived from enterprise, line and occurrence."),
        _column("batch_id", HEX_ID, "The batch it came in."),
        _ENTERPRISE,
        _PROVINCE,
        _column("sector", WORD, "The enterprise's sector."),
        _column("time", MOMENT, "When the sensor saw it."),
        _column("received_at", MOMENT, "When Kafka took it."),
        _column("late", FLAG, "Older than the watermark when it came."),
        _column("future", FLAG, "Further ahead of its receipt than the skew allowance."),
        _column("format", WORD, "The format it was published in."),
        _column("product", WORD, "Sigma log source: product."),
        _column("category", WORD, "Sigma log source: category."),
        _column("service", WORD, "Sigma log source: service."),
        _column("host", WORD, "Where it happened."),
        _column("account", WORD, "Who acted."),
        _column("source_ip", TEXT, "Address it came from."),
        _column("destination_ip", TEXT, "Address it went to."),
        _column("process", TEXT, "Path of the acting process."),
        _DRILL,
        _column("raw", TEXT, "The line as published.", _text("raw")),
    ),
)

DETECTIONS = Table(
    name="detections",
    of=Detection,
    history="detection_revisions",
    revision="revision",
    comment="A Sigma rule or correlation that matched (OCSF 2004).",
    key=("detection_id",),
    order_by=("enterprise_id", "detection_id", "revision"),
    columns=(
        _column("detection_id", HEX_ID, "Derived from enterprise, rule and events."),
        _column("revision", SMALL, "Grows when the window grows or evidence arrives late."),
        _column("status", WORD, "active or superseded."),
        _column("kind", WORD, "rule or correlation."),
        _column("rule_id", TEXT, "Sigma id."),
        _column("title", TEXT, "Sigma title."),
        _column("level", WORD, "Sigma level: the rule's severity, not the statutory tier."),
        _column("tags", WORDS, "Sigma tags, ATT&CK among them.", _list("tags")),
        _column("scenario", WORD, "Key of the scenario table."),
        _ENTERPRISE,
        _PROVINCE,
        _column("time", MOMENT, "When it became true, in event time."),
        _column("first_time", MOMENT, "First event."),
        _column("last_time", MOMENT, "Last event."),
        _column("received_at", MOMENT, "When the deciding record was received."),
        _column("event_ids", TEXTS, "Its events, at most 100.", _list("event_ids")),
        _column("event_count", COUNT, "All its events."),
        *_ENTITIES,
        _column("product", WORD, "Sigma log source: product."),
        _column("category", WORD, "Sigma log source: category."),
        _column("service", WORD, "Sigma log source: service."),
        _column("summary", TEXT, "The one fact to read first."),
        _column("late", FLAG, "Made from a late event."),
        _DRILL,
        _column("rule_set_id", TEXT, "Content id of the rule set."),
    ),
)

INCIDENTS = Table(
    name="incidents",
    of=Incident,
    history="incident_revisions",
    revision="revision",
    comment="The detections that one team would handle as one case (OCSF 2005).",
    key=("incident_id",),
    order_by=("enterprise_id", "incident_id", "revision"),
    columns=(
        _column("incident_id", HEX_ID, "Derived from enterprise and earliest detection."),
        _ENTERPRISE,
        _PROVINCE,
        _column("sector", WORD, "The enterprise's sector."),
        _column("revision", SMALL, "1, 2, …; the highest is current."),
        _column("status", WORD, "new, in_progress, on_hold, resolved, closed, superseded."),
        _column("verdict", WORD, "The analyst's verdict (OCSF)."),
        _column("scenario", WORD, "Key of the scenario table."),
        _column("category", WORD, "GB/T 20986-2023 category."),
        _column("title", TEXT, "Title in Chinese.", "title_zh"),
        _column("title_en", TEXT, "Title in English."),
        _column("story", TEXT, "The story in Chinese.", "story_zh"),
        _column("story_en", TEXT, "The story in English."),
        _column("level", WORD, "Highest Sigma level among its detections."),
        _column("confidence", SMALL, "0 to 100."),
        _column("risk", SMALL, "Accumulated risk of its detections."),
        _column("first_time", MOMENT, "First event."),
        _column("last_time", MOMENT, "Last event."),
        _column("opened_at", MOMENT, "Discovery: when the opening evidence was received."),
        _column("revised_at", MOMENT, "When this revision was made."),
        _column("tactics", WORDS, "ATT&CK tactics in order of first sight.", _list("tactics")),
        _column("techniques", WORDS, "ATT&CK techniques.", _list("techniques")),
        *_ENTITIES,
        _column("detections", JSON, "Its detections, one entry a rule (JSON).", _json("detections")),
        _column("detection_ids", TEXTS, "At most 1,000.", _list("detection_ids")),
        _column("event_ids", TEXTS, "At most 1,000.", _list("event_ids")),
        _column("detection_count", COUNT, "All its detections."),
        _column("event_count", COUNT, "All its events."),
        _column("confirmed", FLAG, "An analyst confirmed that it occurred."),
        _column("assignee", WORD, "Who works on it."),
        _column("superseded_by", HEX_ID, "The incident that it became part of."),
        _column("rule_set_id", TEXT, "Content id of the rule set."),
        _DRILL,
    ),
)

ASSESSMENTS = Table(
    name="assessments",
    of=Assessment,
    history="assessment_revisions",
    revision="revision",
    comment="One regime's judgement of one incident, limb by limb.",
    key=("incident_id", "regime"),
    order_by=("enterprise_id", "incident_id", "regime", "revision"),
    columns=(
        _column("incident_id", HEX_ID, "The incident."),
        _ENTERPRISE,
        _PROVINCE,
        _column("regime", WORD, "miit or cac: two results, never merged."),
        _column("revision", SMALL, "1, 2, …; the highest is current."),
        _column("occurred", FLAG, "False: it may occur (colour). True: it has (response level)."),
        _column("tier", WORD, "I, II, III, IV, or empty.", _or_empty("tier")),
        _column("colour", WORD, "Warning colour of what may occur.", _or_empty("colour")),
        _column("response_level", WORD, "Of what has occurred.", _or_empty("response_level")),
        _column("tier_low", WORD, "Estimate: lowest plausible tier.", _or_empty("low")),
        _column("tier_likely", WORD, "Estimate: likely tier.", _or_empty("likely")),
        _column("tier_high", WORD, "Estimate: highest plausible tier.", _or_empty("high")),
        _column("limbs", JSON, "Every limb: met, not met, unknown (JSON).", _json("limbs")),
        _column("raises", JSON, "Smallest changes that raise the tier (JSON).", _json("raises")),
        _column("reason", TEXT, "Why, in Chinese.", "reason_zh"),
        _column("reason_en", TEXT, "Why, in English."),
        _column("override_tier", WORD, "An expert's tier.", _or_empty("override_tier")),
        _column("override_by", TEXT, "Who said so."),
        _column("override_reason", TEXT, "Why."),
        _column("assessed_at", MOMENT, "When this revision was made."),
        _column("policy_id", TEXT, "Content id of the policy."),
        _DRILL,
    ),
)

OBLIGATIONS = Table(
    name="obligations",
    of=Obligation,
    history="obligation_revisions",
    revision="revision",
    comment="Who must tell whom what, by when.",
    key=("obligation_id",),
    order_by=("enterprise_id", "obligation_id", "revision"),
    columns=(
        _column("obligation_id", HEX_ID, "Derived from incident and duty."),
        _column("incident_id", HEX_ID, "The incident."),
        _ENTERPRISE,
        _PROVINCE,
        _column("revision", SMALL, "1, 2, …; the highest is current."),
        _column("regime", WORD, "miit or cac."),
        _column("duty", WORD, "Key of the table of duties."),
        _column("sender", TEXT, "Who tells, in Chinese.", "sender_zh"),
        _column("sender_en", TEXT, "Who tells, in English."),
        _column("recipient", TEXT, "Whom, in Chinese.", "recipient_zh"),
        _column("recipient_en", TEXT, "Whom, in English."),
        _column("channel", WORD, "phone, written, …"),
        _column("form", WORD, "Form to use, or empty."),
        _column("limit_text", TEXT, "The limit in the instrument's words.", "limit"),
        _column("starts_at", MOMENT, "When the clock started."),
        _column("due_soon_at", MAYBE_MOMENT, "When it turns due_soon."),
        _column("due_at", MAYBE_MOMENT, "When it is late; null where no figure is given."),
        _column("state", WORD, "pending, due_soon, done, late, withdrawn."),
        _column("done_at", MAYBE_MOMENT, "When it was reported."),
        _column("reason", TEXT, "Why it exists or was withdrawn, in Chinese.", "reason_zh"),
        _column("reason_en", TEXT, "The same in English."),
        _column("article", TEXT, "Instrument and article."),
        _column("unconfirmed", FLAG, "Rests on background knowledge."),
        _column("revised_at", MOMENT, "When this revision was made."),
        _DRILL,
    ),
)

BATCHES = Table(
    name="batches",
    of=BatchAccount,
    comment="What became of each record: events = stored + late + dropped + dead_lettered.",
    key=("enterprise_id", "batch_id", "topic", "partition", "offset"),
    order_by=("enterprise_id", "batch_id", "topic", "partition", "offset"),
    columns=(
        _ENTERPRISE,
        _column("batch_id", HEX_ID, "The sender's id of the batch."),
        _column("topic", WORD, "Kafka topic; empty for a file."),
        _column("partition", SIGNED, "Kafka partition; -1 for a file."),
        _column("offset", SIGNED, "Kafka offset; for a file the batch's index."),
        _column("format", WORD, "The format."),
        _column("received_at", MOMENT, "When Kafka took it."),
        _column("outcome", WORD, "accepted, duplicate or refused."),
        _column("events", COUNT, "Lines in the batch."),
        _column("stored", COUNT, "Stored in time."),
        _column("late", COUNT, "Stored, and marked late."),
        _column("dropped", COUNT, "Dropped, with a reason."),
        _column("dead_lettered", COUNT, "Kept in dead_letters, with a reason."),
        _column("future", COUNT, "Of the stored: dated in the future."),
        _column("reasons", JSON, "Reason codes with counts (JSON).", _json("reasons")),
        _DRILL,
    ),
)

DEAD_LETTERS = Table(
    name="dead_letters",
    of=DeadLetter,
    comment="What could not be taken, kept whole, with reason and remedy.",
    key=("dead_letter_id",),
    order_by=("enterprise_id", "dead_letter_id"),
    columns=(
        _column("dead_letter_id", HEX_ID, "Derived from place and content."),
        _ENTERPRISE,
        _column("batch_id", HEX_ID, "The batch, where it is known."),
        _column("topic", WORD, "Kafka topic; empty for a file."),
        _column("partition", SIGNED, "Kafka partition; -1 for a file."),
        _column("offset", SIGNED, "Kafka offset; for a file the batch's index."),
        _column("line", COUNT, "1-based line of the batch; 0 for the whole record."),
        _column("received_at", MOMENT, "When Kafka took it."),
        _column("reason", WORD, "Reason code."),
        _column("detail", TEXT, "What is wrong."),
        _column("remedy", TEXT, "What the sender can do."),
        _column("events", COUNT, "How many events it stands for."),
        _column("original", TEXT, "The original bytes, base64.", _base64("original")),
    ),
)

COMMANDS = Table(
    name="commands",
    of=CommandOutcome,
    comment="What analysts said, and whether it was accepted.",
    key=("command_id",),
    order_by=("enterprise_id", "command_id"),
    columns=(
        _column("command_id", HEX_ID, "The sender's id.", "command.command_id"),
        _column("enterprise_id", WORD, "The enterprise.", "command.enterprise_id"),
        _column("incident_id", HEX_ID, "The incident.", "command.incident_id"),
        _column("verb", WORD, "What was said.", "command.verb"),
        _column("analyst", WORD, "Who said it.", "command.analyst"),
        _column("said_at", MOMENT, "When it was said.", "command.said_at"),
        _column("received_at", MOMENT, "When it was received."),
        _column("accepted", FLAG, "Whether the transition table allowed it."),
        _column("refusal", TEXT, "Why not."),
        _column("reason", TEXT, "The analyst's reason.", "command.reason"),
        _column("content", JSON, "The whole command (JSON).", _json("command")),
    ),
)

ENTERPRISES = Table(
    name="enterprises",
    of=Enterprise,
    comment="The registry.",
    key=("enterprise_id",),
    order_by=("enterprise_id",),
    columns=(
        _column("enterprise_id", TEXT, "Its id."),
        _column("name", TEXT, "Its name."),
        _PROVINCE,
        _column("city", WORD, "City with separate planning status, if it reports there."),
        _column("sector", WORD, "Its sector."),
        _column("field", WORD, "industrial, telecom or radio."),
        _column("critical_infrastructure", FLAG, "Operates critical information infrastructure."),
        _column("central_organ", FLAG, "Central or state organ, or directly affiliated."),
        _column("data_classes", WORDS, "Classes of data it holds.", _list("data_classes")),
        _column("persons", COUNT, "Persons whose information it holds."),
        _column("sensitive_persons", COUNT, "Persons whose sensitive information it holds."),
    ),
)

TABLES: tuple[Table, ...] = (
    EVENTS,
    DETECTIONS,
    INCIDENTS,
    ASSESSMENTS,
    OBLIGATIONS,
    BATCHES,
    DEAD_LETTERS,
    COMMANDS,
    ENTERPRISES,
)

TABLE_OF: dict[type, Table] = {table.of: table for table in TABLES}
"""Where each kind of decision is written."""
