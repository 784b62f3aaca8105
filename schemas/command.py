"""What analysts say of incidents: commands on a topic, keyed by enterprise, all kept."""

from typing import Annotated, Literal, TypeAlias

import msgspec

from schemas.assessment import WarningNotice
from schemas.detection import EntityKind
from schemas.exception import Scope
from schemas.late_finding import LateFinding
from schemas.moments import Moment
from schemas.registry import DataClass

Verb: TypeAlias = Literal[
    "start",
    "hold",
    "confirm",
    "impact",
    "override",
    "resolve",
    "close",
    "reopen",
    "reported",
    "describe",
    "fix_tier",
    "issue_warning",
    "adjust_warning",
    "lift_warning",
    "end_response",
    "assign",
    "note",
    "add_task",
    "end_task",
    "attach",
    "merge",
    "split",
    "add_exception",
    "end_exception",
    "fulfil_obligation",
    "waive_obligation",
    "reopen_obligation",
    "add_late_finding",
]
Body: TypeAlias = Literal[
    "", "processor", "local_regulator", "mechanism", "leading_group", "national_mechanism"
]
"""Who decides, by the MIIT plan: "" where a command decides nothing."""


Id: TypeAlias = Annotated[str, msgspec.Meta(max_length=128)]
Person: TypeAlias = Annotated[str, msgspec.Meta(max_length=200)]
Line: TypeAlias = Annotated[str, msgspec.Meta(max_length=200)]
Prose: TypeAlias = Annotated[str, msgspec.Meta(max_length=4_000)]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
Percent: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=100)]
Harm: TypeAlias = Literal["particularly_major", "major", "relatively_major", "slight"]
"""特别重大, 重大, 较大, 较轻."""
Threat: TypeAlias = Literal["particularly_serious", "serious", "relatively_serious", "slight"]
"""特别严重, 严重, 较严重, 较轻."""


class Impact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Facts about harm, as stated by `said_by` (the analyst, where it is ""); None: not stated.

    Money in whole yuan, persons as whole persons, durations in whole minutes. Words are those
    of the MIIT plan's annex 1 (threat, production harm) and the CAC annex. `portal`,
    `news_site` and `platform` say whose site it is: an organ's by its rank (other: of an
    enterprise or institution), a news site's by its rank, a platform's by its size.
    `product_flaw` is a flaw of the operator's own network product or service. `excluded_data` is
    what the MIIT plan leaves to other rules (§8.2). `basis` holds
    for every fact of the statement.
    """

    direct_loss_cny: Count | None = None
    persons: Count | None = None
    sensitive_persons: Count | None = None
    data_class: DataClass | None = None
    threat: Threat | None = None
    outage_minutes: Count | None = None
    facilities: Literal["important_core", "important", "related"] | None = None
    production_harm: Harm | None = None
    critical_infrastructure_scope: Literal["whole", "main_functions"] | None = None
    affected_residents: Count | None = None
    affected_share_percent: Percent | None = None
    affected_area: Literal["province", "prefecture"] | None = None
    personal_data_scale: Literal["massive", "large", "relatively_large"] | None = None
    system_loss: Literal["paralysis", "long_interruption", "efficiency"] | None = None
    portal: Literal["provincial", "prefecture", "other"] | None = None
    news_site: Literal["central", "provincial", "other"] | None = None
    platform: Literal["super_large_platform", "large_platform", "other"] | None = None
    portal_outage_minutes: Count | None = None
    illegal_content_page: Literal["home", "other"] | None = None
    illegal_content_minutes: Count | None = None
    reposts: Count | None = None
    views: Count | None = None
    spread_finding: Literal["extremely_large", "large", "relatively_large"] | None = None
    other_harm: Harm | None = None
    product_flaw: Literal["public_interest", "flaw"] | None = None
    suspected_crime: Literal["yes", "no"] | None = None
    excluded_data: (
        Literal["none", "government", "tobacco", "defence_industry", "military", "state_secret"]
        | None
    ) = None
    said_by: Person = ""
    basis: Literal["observed", "estimated", "reported"] = "reported"


class Particulars(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the statutory forms ask and no sensor knows; None: not stated.

    Volumes in whole gigabytes or records, money in whole yuan. The later statement of each
    field holds.
    """

    reporter: Person | None = None
    telephone: Line | None = None
    learned_by: Literal["own_monitoring", "public_post", "third_party", "other"] | None = None
    learned_url: Line | None = None
    systems: Prose | None = None
    cause: Prose | None = None
    data_types: (
        tuple[Literal["research", "production", "management", "maintenance", "service"], ...] | None
    ) = None
    volume_gb: Count | None = None
    volume_records: Count | None = None
    personal_gb: Count | None = None
    personal_records: Count | None = None
    sensitive_gb: Count | None = None
    sensitive_records: Count | None = None
    affected_subject: Prose | None = None
    affected_scope: Prose | None = None
    measures_taken: Prose | None = None
    measures_planned: Prose | None = None
    support_needed: Prose | None = None
    ransom_cny: Count | None = None
    ransom_account: Line | None = None
    ransom_method: Line | None = None
    ransom_date: Line | None = None
    trend: Prose | None = None
    clues: Prose | None = None
    evidence: Prose | None = None
    accountability: Prose | None = None
    improvements: Prose | None = None
    lessons: Prose | None = None
    other: Prose | None = None


class Attachment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that belongs to an incident, by its digest; the file itself is kept by the analyst.

    `place` says where it lies, `size` is in bytes, `sha256` 64 hexadecimal digits.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    size: Count
    place: Annotated[str, msgspec.Meta(max_length=1_000)] = ""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of an incident is to be another: its detections that name this thing, or rule."""

    kind: EntityKind | Literal["rule"]
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=1_024)]


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One act of one analyst on one incident, an enterprise's exceptions, or its duties of exports.

    `said_at` is when the analyst said it. `tier` and `regime` belong to override (the tier ""
    lifts it) and fix_tier, `obligation_id` to reported and to fulfil_obligation, waive_obligation
    and reopen_obligation (whose `incident_id` is ""), `impact` to impact, `verdict` to close and
    resolve, `particulars` to describe, `warning` to issue_warning and adjust_warning.
    `body` is the body that decides (fix_tier, end_response, lift_warning), `consent` the one
    that agreed where the plan asks for consent. `drill` is that of the incident. `scope` belongs
    to add_exception and `exception_id` to end_exception, whose `incident_id` is "". What a note
    says, or a task asks for, is the `reason`; `task_id` belongs to end_task, `assignee` to assign
    ("": nobody), `attachment` to attach, `other_id` (an incident) to merge, `part` to split.
    `finding` belongs to add_late_finding, whose `incident_id` is the investigation's.
    """

    command_id: Id
    enterprise_id: Id
    incident_id: Id
    verb: Verb
    analyst: Person
    said_at: Moment
    reason: Prose = ""
    verdict: Id = ""
    impact: Impact | None = None
    regime: Id = ""
    tier: Id = ""
    obligation_id: Id = ""
    particulars: Particulars | None = None
    warning: WarningNotice | None = None
    body: Body = ""
    consent: Body = ""
    drill: Id = ""
    scope: Scope | None = None
    exception_id: Id = ""
    assignee: Person = ""
    task_id: Id = ""
    attachment: Attachment | None = None
    other_id: Id = ""
    part: Part | None = None
    finding: LateFinding | None = None


class CommandOutcome(msgspec.Struct, frozen=True, kw_only=True, tag="command"):
    """What became of a command: accepted, or refused with the reason; both are kept."""

    command: Command
    received_at: Moment
    accepted: bool
    refusal: str = ""
