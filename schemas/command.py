"""What analysts say of incidents: commands on a topic, keyed by enterprise, all kept."""

from typing import Literal, TypeAlias

import msgspec

from schemas.moments import Moment
from schemas.registry import DataClass

Verb: TypeAlias = Literal[
    "start", "hold", "confirm", "impact", "override", "resolve", "close", "reopen", "reported"
]


class Impact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Facts about harm, as stated by `said_by`; None means not stated.

    Money in whole yuan, persons as whole persons, outage in whole minutes. Words are those
    of the MIIT plan's annex 1 (threat, production harm) and the CAC annex.
    """

    direct_loss_cny: int | None = None
    persons: int | None = None
    sensitive_persons: int | None = None
    data_class: DataClass | None = None
    threat: Literal["particularly_serious", "serious", "relatively_serious", "slight"] | None = None
    outage_minutes: int | None = None
    facilities: Literal["important_core", "important", "related"] | None = None
    production_harm: (
        Literal["particularly_major", "major", "relatively_major", "slight"] | None
    ) = None
    critical_infrastructure_scope: Literal["whole", "main_functions"] | None = None
    affected_residents: int | None = None
    affected_share_percent: int | None = None
    affected_area: Literal["province", "prefecture"] | None = None


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One act of one analyst on one incident.

    `said_at` is when the analyst said it. `tier` and `regime` belong to override,
    `obligation_id` to reported, `impact` to impact, `verdict` to close and resolve.
    """

    command_id: str
    enterprise_id: str
    incident_id: str
    verb: Verb
    analyst: str
    said_at: Moment
    reason: str = ""
    verdict: str = ""
    impact: Impact | None = None
    regime: str = ""
    tier: str = ""
    obligation_id: str = ""


class CommandOutcome(msgspec.Struct, frozen=True, kw_only=True, tag="command"):
    """What became of a command: accepted, or refused with the reason; both are kept."""

    command: Command
    received_at: Moment
    accepted: bool
    refusal: str = ""
