"""What analysts say of incidents: commands on a topic, keyed by enterprise, all kept."""

from typing import Annotated, Literal, TypeAlias

import msgspec

from schemas.moments import Moment
from schemas.registry import DataClass

Verb: TypeAlias = Literal[
    "start", "hold", "confirm", "impact", "override", "resolve", "close", "reopen", "reported"
]


Id: TypeAlias = Annotated[str, msgspec.Meta(max_length=128)]
Person: TypeAlias = Annotated[str, msgspec.Meta(max_length=200)]
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
    of the MIIT plan's annex 1 (threat, production harm) and the CAC annex. `basis` holds for
    every fact of the statement.
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
    portal_outage_minutes: Count | None = None
    illegal_content_page: Literal["home", "other"] | None = None
    illegal_content_minutes: Count | None = None
    reposts: Count | None = None
    views: Count | None = None
    spread_finding: Literal["extremely_large", "large", "relatively_large"] | None = None
    other_harm: Harm | None = None
    said_by: Person = ""
    basis: Literal["observed", "estimated", "reported"] = "reported"


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One act of one analyst on one incident.

    `said_at` is when the analyst said it. `tier` and `regime` belong to override (the tier ""
    lifts it), `obligation_id` to reported, `impact` to impact, `verdict` to close and resolve.
    `drill` is that of the incident.
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
    drill: Id = ""


class CommandOutcome(msgspec.Struct, frozen=True, kw_only=True, tag="command"):
    """What became of a command: accepted, or refused with the reason; both are kept."""

    command: Command
    received_at: Moment
    accepted: bool
    refusal: str = ""
