"""The store's tables: the one definition from which DDL, rows and JSON Schemas derive.

Every table keeps the current row of each thing in `<name>_rows`; where things have revisions,
it keeps them all in `<history>_rows`, which is what is written, and the engine copies the
highest of each thing to `<name>_rows`. A retried write repeats rows, of which the engine
(ReplacingMergeTree) keeps one. Views show them: `<history>` each revision once, `<name>` the
current state of each thing once.
"""

from schemas.assessment import Assessment, Obligation
from schemas.batch import BatchAccount, DeadLetter
from schemas.columns import (
    CASE,
    COUNT,
    FLAG,
    HEX_ID,
    JSON,
    LOG,
    MAYBE_MOMENT,
    MOMENT,
    SIGNED,
    SMALL,
    TEXT,
    TEXTS,
    WORD,
    WORDS,
    Table,
    base64_of,
    column,
    json_of,
    list_of,
    of_entities,
    or_empty,
    text_of,
)
from schemas.command import CommandOutcome
from schemas.detection import Detection
from schemas.event import Event
from schemas.incident import Incident
from schemas.registry import Enterprise
from schemas.rollups import DayCount, EventCount, HourCount, MinuteCount

_ENTERPRISE = column("enterprise_id", WORD, "Who published it; key of the table enterprises.")
_PROVINCE = column("province", WORD, "GB/T 2260 code of province level.")
_DRILL = column("drill", WORD, "Name of the drill it belongs to; empty in earnest.")
_ENTITIES = (
    column("entity_kinds", WORDS, "Kinds of the entities, in parallel.", of_entities("kind")),
    column("entity_values", TEXTS, "Values of the entities.", of_entities("value")),
    column("entity_roles", WORDS, "Roles of the entities.", of_entities("role")),
)

EVENTS = Table(
    name="events",
    of=Event,
    comment="One observation by a sensor, normalised and enriched.",
    key=("event_id",),
    order_by=("enterprise_id", "time", "event_id"),
    partition_by="toYYYYMM(time)",
    version="received_at",
    indexes=("event_id", "host", "source_ip", "destination_ip"),
    kept_as=LOG,
    ages_by="received_at",
    columns=(
        column("event_id", HEX_ID, "Derived from enterprise, line and occurrence."),
        column("batch_id", HEX_ID, "The batch it came in."),
        _ENTERPRISE,
        _PROVINCE,
        column("sector", WORD, "The enterprise's sector."),
        column("time", MOMENT, "When the sensor saw it."),
        column("received_at", MOMENT, "When Kafka took it."),
        column("late", FLAG, "Older than the watermark when it came."),
        column("future", FLAG, "Further ahead of its receipt than the skew allowance."),
        column("format", WORD, "The format it was published in."),
        column("product", WORD, "Sigma log source: product."),
        column("category", WORD, "Sigma log source: category."),
        column("service", WORD, "Sigma log source: service."),
        column("host", WORD, "Where it happened."),
        column("account", WORD, "Who acted."),
        column("source_ip", TEXT, "Address it came from."),
        column("destination_ip", TEXT, "Address it went to."),
        column("process", TEXT, "Path of the acting process."),
        _DRILL,
        column("raw", TEXT, "The line as published.", text_of("raw")),
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
    kept_as=CASE,
    ages_by="received_at",
    columns=(
        column("detection_id", HEX_ID, "Derived from enterprise, rule and events."),
        column("revision", SMALL, "Grows when the window grows or evidence arrives late."),
        column("status", WORD, "active or superseded."),
        column("kind", WORD, "rule or correlation."),
        column("rule_id", TEXT, "Sigma id."),
        column("title", TEXT, "Sigma title."),
        column("title_zh", TEXT, "The title in Chinese, where the rule gives one."),
        column("level", WORD, "Sigma level: the rule's severity, not the statutory tier."),
        column("tags", WORDS, "Sigma tags, ATT&CK among them.", list_of("tags")),
        column("scenario", WORD, "Key of the scenario table."),
        _ENTERPRISE,
        _PROVINCE,
        column("time", MOMENT, "When it became true, in event time."),
        column("first_time", MOMENT, "First event."),
        column("last_time", MOMENT, "Last event."),
        column("received_at", MOMENT, "When the deciding record was received."),
        column("event_ids", TEXTS, "Its events, at most 100.", list_of("event_ids")),
        column("event_count", COUNT, "All its events."),
        *_ENTITIES,
        column("product", WORD, "Sigma log source: product."),
        column("category", WORD, "Sigma log source: category."),
        column("service", WORD, "Sigma log source: service."),
        column("summary", TEXT, "The one fact to read first."),
        column("late", FLAG, "Made from a late event."),
        _DRILL,
        column("rule_set_id", TEXT, "Content id of the rule set."),
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
    kept_as=CASE,
    ages_by="revised_at",
    columns=(
        column("incident_id", HEX_ID, "Derived from enterprise and earliest detection."),
        _ENTERPRISE,
        _PROVINCE,
        column("sector", WORD, "The enterprise's sector."),
        column("revision", SMALL, "1, 2, …; the highest is current."),
        column("status", WORD, "new, in_progress, on_hold, resolved, closed, superseded."),
        column("verdict", WORD, "The analyst's verdict (OCSF)."),
        column("scenario", WORD, "Key of the scenario table."),
        column("category", WORD, "GB/T 20986-2023 category."),
        column("title", TEXT, "Title in Chinese.", "title_zh"),
        column("title_en", TEXT, "Title in English."),
        column("story", TEXT, "The story in Chinese.", "story_zh"),
        column("story_en", TEXT, "The story in English."),
        column("level", WORD, "Highest Sigma level among its detections."),
        column("confidence", SMALL, "0 to 100."),
        column("risk", SMALL, "Accumulated risk of its detections."),
        column("first_time", MOMENT, "First event."),
        column("last_time", MOMENT, "Last event."),
        column("opened_at", MOMENT, "Discovery: when the opening evidence was received."),
        column("revised_at", MOMENT, "When this revision was made."),
        column("tactics", WORDS, "ATT&CK tactics in order of first sight.", list_of("tactics")),
        column("techniques", WORDS, "ATT&CK techniques.", list_of("techniques")),
        *_ENTITIES,
        column("detections", JSON, "One entry a rule (JSON).", json_of("detections")),
        column("detection_ids", TEXTS, "At most 1,000.", list_of("detection_ids")),
        column("event_ids", TEXTS, "At most 1,000.", list_of("event_ids")),
        column("detection_count", COUNT, "All its detections."),
        column("event_count", COUNT, "All its events."),
        column("confirmed", FLAG, "An analyst confirmed that it occurred."),
        column("assignee", WORD, "Who works on it."),
        column("superseded_by", HEX_ID, "The incident that it became part of."),
        column("rule_set_id", TEXT, "Content id of the rule set."),
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
    kept_as=CASE,
    ages_by="assessed_at",
    columns=(
        column("incident_id", HEX_ID, "The incident."),
        _ENTERPRISE,
        _PROVINCE,
        column("regime", WORD, "miit or cac: two results, never merged."),
        column("revision", SMALL, "1, 2, …; the highest is current."),
        column("occurred", FLAG, "False: it may occur (colour). True: it has (response level)."),
        column("tier", WORD, "I, II, III, IV, or empty.", or_empty("tier")),
        column("colour", WORD, "Warning colour of what may occur.", or_empty("colour")),
        column("response_level", WORD, "Of what has occurred.", or_empty("response_level")),
        column("tier_low", WORD, "Estimate: lowest plausible tier.", or_empty("low")),
        column("tier_likely", WORD, "Estimate: likely tier.", or_empty("likely")),
        column("tier_high", WORD, "Estimate: highest plausible tier.", or_empty("high")),
        column("limbs", JSON, "Every limb: met, not met, unknown (JSON).", json_of("limbs")),
        column("raises", JSON, "Smallest changes that raise the tier (JSON).", json_of("raises")),
        column("reason", TEXT, "Why, in Chinese.", "reason_zh"),
        column("reason_en", TEXT, "Why, in English."),
        column("override_tier", WORD, "An expert's tier.", or_empty("override_tier")),
        column("override_by", TEXT, "Who said so."),
        column("override_reason", TEXT, "Why."),
        column("assessed_at", MOMENT, "When this revision was made."),
        column("policy_id", TEXT, "Content id of the policy."),
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
    kept_as=CASE,
    ages_by="revised_at",
    columns=(
        column("obligation_id", HEX_ID, "Derived from incident and duty."),
        column("incident_id", HEX_ID, "The incident."),
        _ENTERPRISE,
        _PROVINCE,
        column("revision", SMALL, "1, 2, …; the highest is current."),
        column("regime", WORD, "miit or cac."),
        column("duty", WORD, "Key of the table of duties."),
        column("sender", TEXT, "Who tells, in Chinese.", "sender_zh"),
        column("sender_en", TEXT, "Who tells, in English."),
        column("recipient", TEXT, "Whom, in Chinese.", "recipient_zh"),
        column("recipient_en", TEXT, "Whom, in English."),
        column("channel", WORD, "phone, written, …"),
        column("form", WORD, "Form to use, or empty."),
        column("limit_text", TEXT, "The limit in the instrument's words.", "limit"),
        column("starts_at", MOMENT, "When the clock started."),
        column("due_soon_at", MAYBE_MOMENT, "When it turns due_soon."),
        column("due_at", MAYBE_MOMENT, "When it is late; null where no figure is given."),
        column("state", WORD, "pending, due_soon, done, late, withdrawn."),
        column("done_at", MAYBE_MOMENT, "When it was reported."),
        column("reason", TEXT, "Why it exists or was withdrawn, in Chinese.", "reason_zh"),
        column("reason_en", TEXT, "The same in English."),
        column("article", TEXT, "Instrument and article."),
        column("unconfirmed", FLAG, "Rests on background knowledge."),
        column("revised_at", MOMENT, "When this revision was made."),
        _DRILL,
    ),
)

BATCHES = Table(
    name="batches",
    of=BatchAccount,
    comment="What became of each record: events = stored + late + dropped + dead_lettered.",
    key=("enterprise_id", "batch_id", "topic", "partition", "offset"),
    order_by=("enterprise_id", "batch_id", "topic", "partition", "offset"),
    kept_as=CASE,
    ages_by="received_at",
    columns=(
        _ENTERPRISE,
        column("batch_id", HEX_ID, "The sender's id of the batch."),
        column("topic", WORD, "Kafka topic; empty for a file."),
        column("partition", SIGNED, "Kafka partition; -1 for a file."),
        column("offset", SIGNED, "Kafka offset; for a file the batch's index."),
        column("format", WORD, "The format."),
        column("received_at", MOMENT, "When Kafka took it."),
        column("outcome", WORD, "accepted, duplicate or refused."),
        column("events", COUNT, "Lines in the batch."),
        column("stored", COUNT, "Stored in time."),
        column("late", COUNT, "Stored, and marked late."),
        column("dropped", COUNT, "Dropped, with a reason."),
        column("dead_lettered", COUNT, "Kept in dead_letters, with a reason."),
        column("future", COUNT, "Of the stored: dated in the future."),
        column("reasons", JSON, "Reason codes with counts (JSON).", json_of("reasons")),
        _DRILL,
    ),
)

DEAD_LETTERS = Table(
    name="dead_letters",
    of=DeadLetter,
    comment="What could not be taken, kept whole, with reason and remedy.",
    key=("dead_letter_id",),
    order_by=("enterprise_id", "dead_letter_id"),
    kept_as=LOG,
    ages_by="received_at",
    columns=(
        column("dead_letter_id", HEX_ID, "Derived from place and content."),
        _ENTERPRISE,
        column("batch_id", HEX_ID, "The batch, where it is known."),
        column("topic", WORD, "Kafka topic; empty for a file."),
        column("partition", SIGNED, "Kafka partition; -1 for a file."),
        column("offset", SIGNED, "Kafka offset; for a file the batch's index."),
        column("line", COUNT, "1-based line of the batch; 0 for the whole record."),
        column("received_at", MOMENT, "When Kafka took it."),
        column("reason", WORD, "Reason code."),
        column("detail", TEXT, "What is wrong."),
        column("remedy", TEXT, "What the sender can do."),
        column("events", COUNT, "How many events it stands for."),
        column("original", TEXT, "The original bytes, base64.", base64_of("original")),
    ),
)

COMMANDS = Table(
    name="commands",
    of=CommandOutcome,
    comment="What analysts said, and whether it was accepted.",
    key=("command_id",),
    order_by=("enterprise_id", "command_id"),
    kept_as=CASE,
    ages_by="received_at",
    columns=(
        column("command_id", HEX_ID, "The sender's id.", "command.command_id"),
        column("enterprise_id", WORD, "The enterprise.", "command.enterprise_id"),
        column("incident_id", HEX_ID, "The incident.", "command.incident_id"),
        column("verb", WORD, "What was said.", "command.verb"),
        column("analyst", WORD, "Who said it.", "command.analyst"),
        column("said_at", MOMENT, "When it was said.", "command.said_at"),
        column("received_at", MOMENT, "When it was received."),
        column("accepted", FLAG, "Whether the transition table allowed it."),
        column("refusal", TEXT, "Why not."),
        column("reason", TEXT, "The analyst's reason.", "command.reason"),
        column("content", JSON, "The whole command (JSON).", json_of("command")),
    ),
)

ENTERPRISES = Table(
    name="enterprises",
    of=Enterprise,
    comment="The registry.",
    key=("enterprise_id",),
    order_by=("enterprise_id",),
    repeatable=True,
    columns=(
        column("enterprise_id", TEXT, "Its id."),
        column("name", TEXT, "Its name."),
        _PROVINCE,
        column("city", WORD, "City with separate planning status, if it reports there."),
        column("sector", WORD, "Its sector."),
        column("field", WORD, "industrial, telecom or radio."),
        column("xpcc", FLAG, "Reports to the Xinjiang Production and Construction Corps."),
        column("critical_infrastructure", FLAG, "Operates critical information infrastructure."),
        column("central_organ", FLAG, "Central or state organ, or directly affiliated."),
        column("data_classes", WORDS, "Classes of data it holds.", list_of("data_classes")),
        column("persons", COUNT, "Persons whose information it holds."),
        column("sensitive_persons", COUNT, "Persons whose sensitive information it holds."),
    ),
)


def _counts(step: str, of: type[EventCount]) -> Table:
    """Counts of events by batch, log source and `step` (schemas/rollups.py)."""
    return Table(
        name=f"events_by_{step}",
        of=of,
        comment=f"Events of each batch by {step} and log source: add them up.",
        key=("time", "enterprise_id", "batch_id", "product", "category", "service"),
        order_by=("time", "enterprise_id", "batch_id", "product", "category", "service"),
        partition_by="toYYYYMM(time)",
        version="received_at",
        kept_as=CASE,
        ages_by="received_at",
        columns=(
            column("time", MOMENT, f"Start of the {step}; days are China's (UTC+8)."),
            _ENTERPRISE,
            _PROVINCE,
            column("sector", WORD, "The enterprise's sector."),
            column("format", WORD, "The format it was published in."),
            column("product", WORD, "Sigma log source: product."),
            column("category", WORD, "Sigma log source: category."),
            column("service", WORD, "Sigma log source: service."),
            column("batch_id", HEX_ID, "The batch they came in."),
            column("received_at", MOMENT, "When Kafka took it."),
            column("events", COUNT, "Events, the late and future ones among them."),
            column("late", COUNT, "Of these: older than the watermark when they came."),
            column("future", COUNT, "Of these: dated in the future."),
            column("first_time", MOMENT, "First event."),
            column("last_time", MOMENT, "Last event."),
            _DRILL,
        ),
    )


EVENTS_BY_MINUTE = _counts("minute", MinuteCount)
EVENTS_BY_HOUR = _counts("hour", HourCount)
EVENTS_BY_DAY = _counts("day", DayCount)

TABLES: tuple[Table, ...] = (
    EVENTS,
    EVENTS_BY_MINUTE,
    EVENTS_BY_HOUR,
    EVENTS_BY_DAY,
    DETECTIONS,
    INCIDENTS,
    ASSESSMENTS,
    OBLIGATIONS,
    DEAD_LETTERS,
    COMMANDS,
    ENTERPRISES,
    BATCHES,
)
"""In the order in which they are written: a batch's account last, so that its presence says
that all its rows are there."""

TABLE_OF: dict[type, Table] = {table.of: table for table in TABLES}
"""Where each kind of decision, and each kind of count, is written."""
