"""What the report reads from the store: one struct a query, its fields the query's columns.

Moments are read as integer microseconds (`…_us`), so that nothing depends on how a store
writes them as text.
"""

from collections.abc import Callable, Sequence
from typing import Final, Literal, TypeAlias, TypeVar

import msgspec

from schemas.assessment import ObligationState

Answer: TypeAlias = Sequence[dict[str, object]]
Query: TypeAlias = Callable[[str], Answer]
"""A sink's `query`: one statement to its rows by column name."""

INCIDENT_LIMIT: Final = 200
"""Incidents that get a page of their own; the gravest and newest first, the rest are counted."""
THRESHOLD_LIMIT: Final = 20
CAMPAIGN_LIMIT: Final = 50
"""Campaigns that are shown: active ones first, those at the most enterprises on top."""
EVIDENCE_LIMIT: Final = 8
"""Events shown with an incident; their number is shown beside them."""

Row = TypeVar("Row", bound=msgspec.Struct)


class IncidentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One current incident, with the tiers that both regimes gave it ("" for none)."""

    incident_id: str
    enterprise_id: str
    enterprise_name: str
    province: str
    sector: str
    status: str
    verdict: str
    scenario: str
    category: str
    title: str
    title_en: str
    story: str
    story_en: str
    level: str
    confidence: int
    risk: int
    first_us: int
    last_us: int
    opened_us: int
    tactics: list[str]
    techniques: list[str]
    entity_kinds: list[str]
    entity_values: list[str]
    entity_roles: list[str]
    detections: str
    event_ids: list[str]
    detection_count: int
    event_count: int
    confirmed: bool
    assignee: str
    drill: str


class AssessmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One regime's current judgement of one incident; `limbs` and `raises` are JSON text."""

    incident_id: str
    regime: str
    occurred: bool
    tier: str
    colour: str
    response_level: str
    tier_low: str
    tier_likely: str
    tier_high: str
    limbs: str
    raises: str
    reason: str
    reason_en: str
    warning_state: str
    issued_colour: str
    override_tier: str
    override_by: str
    override_reason: str
    assessed_us: int


class ObligationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One duty of one incident; `due_us` is None where the instrument gives no figure."""

    obligation_id: str
    incident_id: str
    regime: str
    duty: str
    sender: str
    sender_en: str
    recipient: str
    recipient_en: str
    channel: str
    limit_text: str
    limit_text_en: str
    starts_us: int
    due_soon_us: int | None
    due_us: int | None
    state: ObligationState | Literal["at_once"]
    done_us: int | None
    reason: str
    reason_en: str
    article: str
    article_en: str
    unconfirmed: bool
    drill: str


class EdgeRow(msgspec.Struct, frozen=True, kw_only=True):
    """Two entities, `kind:value`, that `detections` detections of an incident share."""

    incident_id: str
    source: str
    target: str
    detections: int


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event that an incident rests on."""

    event_id: str
    time_us: int
    product: str
    host: str
    account: str
    source_ip: str
    destination_ip: str
    process: str
    raw: str


class CampaignRow(msgspec.Struct, frozen=True, kw_only=True):
    """One current campaign: no enterprise is named; `spread` and `growth` are JSON text."""

    campaign_id: str
    status: str
    kind: str
    indicator: str
    enterprise_count: int
    incident_count: int
    scenarios: list[str]
    first_us: int
    last_us: int
    first_province: str
    spread: str
    growth: str
    combined_miit_tier: str
    combined_cac_tier: str
    evicted: int


class ThresholdRow(msgspec.Struct, frozen=True, kw_only=True):
    """An enterprise past a threshold for data that leaves the country, or near it."""

    enterprise_id: str
    enterprise_name: str
    province: str
    state: str
    reason: str
    reason_en: str
    article: str
    article_en: str


class AccountRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of everything that was sent."""

    enterprises: int
    batches: int
    events: int
    stored: int
    late: int
    dropped: int
    dead_lettered: int
    first_us: int | None
    last_us: int | None


class ActivityRow(msgspec.Struct, frozen=True, kw_only=True):
    """Stored events of one interval that starts at `time_us`."""

    time_us: int
    events: int


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one report is made of."""

    incidents: tuple[IncidentRow, ...]
    incident_count: int
    assessments: tuple[AssessmentRow, ...]
    obligations: tuple[ObligationRow, ...]
    edges: tuple[EdgeRow, ...]
    evidence: tuple[EventRow, ...]
    campaigns: tuple[CampaignRow, ...]
    thresholds: tuple[ThresholdRow, ...]
    account: AccountRow
    activity: tuple[ActivityRow, ...]


def decode_rows(answer: Answer, row: type[Row]) -> tuple[Row, ...]:
    """The answer as structs; msgspec.ValidationError where a column is missing or of another type.

    Lenient only as to how a store writes numbers and truth ("12", 1).
    """
    return tuple(msgspec.convert(list(answer), list[row], strict=False))  # type: ignore[valid-type]
