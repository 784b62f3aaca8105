"""Tables of what was received, found and said: events and their counts, detections, accounts."""

from datetime import UTC, datetime

import msgspec

from schemas.batch import BatchAccount, DeadLetter
from schemas.command import CommandOutcome
from schemas.coverage import RevenueRank
from schemas.detection import Detection
from schemas.event import Event
from schemas.registry import Enterprise, unknown_facts
from sinks.columns import (
    CASE,
    COUNT,
    FLAG,
    HEX_ID,
    JSON,
    LOG,
    MAYBE_COUNT,
    MOMENT,
    SIGNED,
    SMALL,
    TEXT,
    TEXTS,
    WORD,
    WORDS,
    Index,
    Table,
    base64_of,
    column,
    count_of,
    date_of,
    flag_of,
    json_of,
    list_of,
    or_empty,
    stated,
    text_of,
)
from sinks.rollups import DayCount, EventCount, HourCount, MinuteCount, SourceSeen
from sinks.shared_columns import DRILL, ENTERPRISE, ENTITIES, PROVINCE

EVENT_ENTITIES = "[lower(host), lower(account), lower(source_ip), lower(destination_ip)]"
"""Whom an event names, in small letters. `has(<this>, lower('WS-04'))` is answered by the index
`by_entity`; of one filter a column, none helps as soon as any of the columns may hold the value."""

EVENTS = Table(
    name="events",
    of=Event,
    comment="One observation by a sensor, normalised and enriched.",
    key=("event_id",),
    order_by=("enterprise_id", "time", "event_id"),
    partition_by="toYYYYMM(time)",
    version="received_at",
    indexes=(
        Index("event_id", "event_id"),
        Index("host", "lower(host)", 0.0001),
        Index("account", "lower(account)", 0.0001),
        Index("entity", EVENT_ENTITIES, 0.0001),
    ),
    kept_as=LOG,
    ages_by="received_at",
    columns=(
        column("event_id", HEX_ID, "Derived from enterprise, line and occurrence."),
        column("batch_id", HEX_ID, "The batch it came in."),
        ENTERPRISE,
        PROVINCE,
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
        DRILL,
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
    indexes=(Index("detection_id", "detection_id"), Index("entity", "entity_values")),
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
        ENTERPRISE,
        PROVINCE,
        column("time", MOMENT, "When it became true, in event time."),
        column("first_time", MOMENT, "First event."),
        column("last_time", MOMENT, "Last event."),
        column("received_at", MOMENT, "When the deciding record was received."),
        column("event_ids", TEXTS, "Its events, at most 100.", list_of("event_ids")),
        column("event_count", COUNT, "All its events."),
        *ENTITIES,
        column("product", WORD, "Sigma log source: product."),
        column("category", WORD, "Sigma log source: category."),
        column("service", WORD, "Sigma log source: service."),
        column("summary", TEXT, "The one fact to read first."),
        column("summary_zh", TEXT, "The fact in Chinese, where a correlation found it."),
        column("late", FLAG, "Made from a late event."),
        DRILL,
        column("rule_set_id", TEXT, "Content id of the rule set."),
        column("investigation", WORD, "Found late: the investigation; empty: found as it came."),
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
        ENTERPRISE,
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
        DRILL,
        column("unverified", WORD, "Why it cannot be known whether it was taken before."),
        column("rule_set_id", WORD, "The rules that saw its events; empty: none, or not known."),
    ),
)

DEAD_LETTERS = Table(
    name="dead_letters",
    of=DeadLetter,
    comment="What could not be taken, with reason and remedy.",
    key=("dead_letter_id",),
    order_by=("enterprise_id", "dead_letter_id"),
    kept_as=LOG,
    ages_by="received_at",
    columns=(
        column("dead_letter_id", HEX_ID, "Derived from place and content."),
        ENTERPRISE,
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
        column("original", TEXT, "The first 64 kB of it, base64.", base64_of("original")),
        column("size", COUNT, "All its bytes."),
        column("sha256", HEX_ID, "SHA-256 of all its bytes."),
        DRILL,
    ),
)

COMMANDS = Table(
    name="commands",
    of=CommandOutcome,
    comment="What analysts said, and whether it was accepted.",
    key=("command_id",),
    order_by=("enterprise_id", "command_id"),
    indexes=(Index("incident_id", "incident_id"),),
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
        column("drill", WORD, DRILL.comment, "command.drill"),
    ),
)


def key_validity(enterprise: Enterprise) -> str:
    """Each key's id and span as JSON, without the key."""
    spans = [
        {
            "key_id": key.key_id,
            "valid_from": _in_utc(key.valid_from),
            "valid_until": None if key.valid_until is None else _in_utc(key.valid_until),
        }
        for key in enterprise.keys
    ]
    return msgspec.json.encode(spans).decode()


def _in_utc(when: datetime) -> str:
    """All of one length, so that their order as text is that in time."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")


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
        PROVINCE,
        column("city", WORD, "City with separate planning status, if it reports there."),
        column("sector", WORD, "Its sector."),
        column("field", WORD, "industrial, telecom, radio or unknown."),
        column("xpcc", FLAG, "Reports to the Xinjiang Production and Construction Corps."),
        column(
            "critical_infrastructure",
            FLAG,
            "Known to operate critical information infrastructure.",
            flag_of("critical_infrastructure"),
        ),
        column(
            "central_organ",
            FLAG,
            "Known to be a central or state organ, or directly affiliated.",
            flag_of("central_organ"),
        ),
        column("data_classes", WORDS, "Classes of data it holds.", list_of("data_classes")),
        column("persons", COUNT, "Persons whose information it holds.", count_of("persons")),
        column(
            "sensitive_persons",
            COUNT,
            "Persons whose sensitive information it holds.",
            count_of("sensitive_persons"),
        ),
        column("unknown_facts", WORDS, "Which of these nobody stated.", unknown_facts),
        column("unified_social_credit_code", TEXT, "GB 32100-2015; empty: not stated."),
        column("industry", WORD, "Code of GB/T 4754-2017; empty: not stated."),
        column("annual_revenue", MAYBE_COUNT, "Yuan a year; null: not stated."),
        column("revenue_year", MAYBE_COUNT, "The year of the revenue."),
        column(
            "above_designated_size",
            WORD,
            "yes, no or unknown.",
            stated("above_designated_size"),
        ),
        column(
            "graded_on",
            WORD,
            "ISO date of the last classification and grading; empty: not stated.",
            date_of("graded_on"),
        ),
        column(
            "assessed_on",
            WORD,
            "ISO date of the last risk assessment; empty: not stated.",
            date_of("assessed_on"),
        ),
        column(
            "connected_since",
            WORD,
            "ISO date since when it says that it publishes; empty: not stated.",
            date_of("connected_since"),
        ),
        column(
            "expected_sources",
            WORDS,
            "Products whose events it is to send.",
            list_of("expected_sources"),
        ),
        column("users", MAYBE_COUNT, "Users of its platforms; null: not stated."),
        column(
            "listing_abroad",
            WORD,
            "none, planned or filed; empty: not stated.",
            or_empty("listing_abroad"),
        ),
        column("key_validity", JSON, "When each of its keys may sign (JSON).", key_validity),
    ),
)


REVENUE_RANKS = Table(
    name="revenue_ranks",
    of=RevenueRank,
    comment="Places by revenue among those of a sector in a province.",
    key=("enterprise_id",),
    order_by=("enterprise_id",),
    repeatable=True,
    columns=(
        column("enterprise_id", TEXT, "The enterprise."),
        PROVINCE,
        column("sector", WORD, "Its sector."),
        column("registered", FLAG, "False: it has left the registry."),
        column("top_tenth", WORD, "yes, no or unknown."),
        column("place", SMALL, "1: the greatest revenue; 0: not ranked."),
        column("ranked", SMALL, "Of the group: whose revenue is stated."),
        column("candidates", SMALL, "Of the group: not known to be below the designated size."),
        column("seats", SMALL, "A tenth of the candidates, rounded up."),
    ),
)

LOG_SOURCES = Table(
    name="log_sources",
    of=SourceSeen,
    comment="When events of each log source of an enterprise were last received.",
    key=("enterprise_id", "drill", "product", "category", "service"),
    order_by=("enterprise_id", "drill", "product", "category", "service"),
    version="received_at",
    columns=(
        ENTERPRISE,
        DRILL,
        column("product", WORD, "Sigma log source: product."),
        column("category", WORD, "Sigma log source: category."),
        column("service", WORD, "Sigma log source: service."),
        column("received_at", MOMENT, "When Kafka took the last of them."),
    ),
)


def _counts(step: str, of: type[EventCount]) -> Table:
    """Counts of events by batch, log source and `step` (sinks/rollups.py)."""
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
            ENTERPRISE,
            PROVINCE,
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
            DRILL,
        ),
    )


EVENTS_BY_MINUTE = _counts("minute", MinuteCount)
EVENTS_BY_HOUR = _counts("hour", HourCount)
EVENTS_BY_DAY = _counts("day", DayCount)
