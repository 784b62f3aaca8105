"""What a site may decide about tiers: readings of gaps in the law, estimates, corrections.

Every reading has a name, so that an assessment made under another one can be told apart:
its policy id differs. The tables of law themselves are in `miit.py`, `cac.py` and
`obligation_table.py`; `changes` and `duty_changes` correct them, for one province or for all.
"""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec

from schemas.assessment import Regime, Tier

ProvinceCode: TypeAlias = Annotated[str, msgspec.Meta(pattern="^([1-6][0-9]0000)?$")]
Whole: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
Percent: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=100)]
Stage: TypeAlias = Literal["attempt", "foothold", "spread", "objective"]
STAGES: tuple[Stage, ...] = ("attempt", "foothold", "spread", "objective")
"""How far an attack has come, in order."""


class ClockStart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From when each actor's limits run where the text says "after discovering the incident".

    `discovery`: the first evidence was received. `confirmation`: it was confirmed that it
    occurred. `judgement`: the tier that makes the duty was first stated. `receipt`: the
    regulator's report reached the Mechanism.
    """

    enterprise: Literal["discovery", "confirmation"] = "discovery"
    regulator: Literal["discovery", "judgement"] = "judgement"
    mechanism: Literal["discovery", "judgement", "receipt"] = "judgement"


class Choices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Gaps in the law, and the reading chosen for each.

    What each is about and what its readings say stands in readings.py, and with the reasons in
    docs/readings.md, which is made of it. "" leaves a fact unknown, or a gap open.
    """

    core_data_floor: Literal["I", "II", "III", "IV", ""] = "II"
    important_core_mark: Literal["either", "both"] = "either"
    unnamed_class: Literal["graver_too", "as_named"] = "graver_too"
    general_data_threat: Literal["limb_1", "limb_5"] = "limb_1"
    industrial_outage: Literal["qualitative", "hours"] = "qualitative"
    long_outage: Literal["IV", "none"] = "IV"
    cac_general: Literal["any_harm", "none"] = "any_harm"
    cac_prefecture_sites: Literal["II", "III"] = "II"
    several_enterprises: Literal["summed", "each_alone"] = "summed"
    unstated_facilities: Literal["important_core", "important", "related", ""] = "important_core"
    unstated_scope: Literal["whole", "main_functions", ""] = "whole"
    unstated_site: Literal["provincial", "prefecture", "other", ""] = "other"
    unstated_operator: Literal["strictest", "ordinary"] = "strictest"
    infrastructure_and_organ: Literal["infrastructure", "organ"] = "infrastructure"
    sensitive_is_personal: bool = True
    clock_start: ClockStart = ClockStart()


class LimbChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another bound for one row of an annex: a confirmed figure, or a province's own.

    `fact` names the test of the row whose bounds change; `province` "" means everywhere.
    """

    regime: Regime
    limb: str
    tier: Tier
    fact: str
    reason: Annotated[str, msgspec.Meta(min_length=1)]
    at_least: Whole | None = None
    below: Whole | None = None
    province: ProvinceCode = ""
    article: str = ""
    unconfirmed: bool = False


class DutyChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another limit for one duty, in minutes, working days or days: exactly one of them."""

    duty: str
    reason: Annotated[str, msgspec.Meta(min_length=1)]
    limit_minutes: Whole | None = None
    limit_working_days: Whole | None = None
    limit_days: Whole | None = None
    province: ProvinceCode = ""
    article: str = ""
    unconfirmed: bool = False


class MajorEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A period of a major event, from `since` until before `until`: reasons say that it was one."""

    name_zh: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    name_en: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    since: Annotated[datetime, msgspec.Meta(tz=True)]
    until: Annotated[datetime, msgspec.Meta(tz=True)]


class EstimateRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an attack that has come this far may touch: (low, likely, high).

    Percent of the persons that the enterprise holds; whether its gravest class of data is
    touched; for disruptive scenarios, minutes of outage and harm to production ("" none).
    """

    stage: Stage
    persons_percent: tuple[Percent, Percent, Percent]
    touches_gravest: tuple[bool, bool, bool]
    outage_minutes: tuple[Whole, Whole, Whole]
    production_harm: tuple[str, str, str]


class ThreatRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The threat at a stage, by the class of data touched: (low, likely, high), "" none."""

    stage: Stage
    data_class: Literal["general", "important", "core"]
    threat: tuple[str, str, str]


ESTIMATES = (
    EstimateRow(
        stage="attempt",
        persons_percent=(0, 0, 1),
        touches_gravest=(False, False, False),
        outage_minutes=(0, 0, 0),
        production_harm=("", "", "slight"),
    ),
    EstimateRow(
        stage="foothold",
        persons_percent=(0, 0, 10),
        touches_gravest=(False, False, True),
        outage_minutes=(0, 0, 60),
        production_harm=("", "", "relatively_major"),
    ),
    EstimateRow(
        stage="spread",
        persons_percent=(0, 1, 50),
        touches_gravest=(False, False, True),
        outage_minutes=(0, 0, 120),
        production_harm=("", "slight", "relatively_major"),
    ),
    EstimateRow(
        stage="objective",
        persons_percent=(1, 10, 100),
        touches_gravest=(False, True, True),
        outage_minutes=(0, 30, 480),
        production_harm=("slight", "relatively_major", "major"),
    ),
)
"""Judgement, not law: what may occur, by how far the attack has come."""

_SLIGHT = ("", "slight", "slight")
THREATS = (
    ThreatRow(stage="attempt", data_class="general", threat=("", "", "slight")),
    ThreatRow(stage="attempt", data_class="important", threat=("", "", "slight")),
    ThreatRow(stage="attempt", data_class="core", threat=("", "slight", "relatively_serious")),
    ThreatRow(stage="foothold", data_class="general", threat=_SLIGHT),
    ThreatRow(stage="foothold", data_class="important", threat=_SLIGHT),
    ThreatRow(stage="foothold", data_class="core", threat=("", "slight", "relatively_serious")),
    ThreatRow(stage="spread", data_class="general", threat=_SLIGHT),
    ThreatRow(
        stage="spread", data_class="important", threat=("slight", "slight", "relatively_serious")
    ),
    ThreatRow(
        stage="spread", data_class="core", threat=("slight", "relatively_serious", "serious")
    ),
    ThreatRow(
        stage="objective", data_class="general", threat=("slight", "slight", "relatively_serious")
    ),
    ThreatRow(
        stage="objective",
        data_class="important",
        threat=("slight", "relatively_serious", "serious"),
    ),
    ThreatRow(
        stage="objective",
        data_class="core",
        threat=("relatively_serious", "serious", "particularly_serious"),
    ),
)
"""Judgement, not law: the threat, by stage and class of data touched."""

DISRUPTIVE_SCENARIOS = ("ransomware", "industrial_control", "denial_of_service")
"""Scenarios that stop production or service, where others take data."""

TACTIC_STAGES: dict[str, Stage] = {
    "reconnaissance": "attempt",
    "resource-development": "attempt",
    "initial-access": "attempt",
    "execution": "foothold",
    "persistence": "foothold",
    "privilege-escalation": "foothold",
    "defense-evasion": "foothold",
    "defense-impairment": "foothold",
    "stealth": "foothold",
    "evasion": "foothold",
    "discovery": "foothold",
    "credential-access": "spread",
    "lateral-movement": "spread",
    "command-and-control": "spread",
    "collection": "objective",
    "exfiltration": "objective",
    "impact": "objective",
    "inhibit-response-function": "objective",
    "impair-process-control": "objective",
}
"""ATT&CK tactics (enterprise and ICS) to the stage that they show."""

SCENARIO_STAGES: dict[str, Stage] = {
    "ransomware": "objective",
    "data_theft": "objective",
    "data_leak": "objective",
    "industrial_control": "objective",
    "denial_of_service": "objective",
    "lateral_movement": "spread",
    "credential_theft": "spread",
}
"""Scenarios that show a stage by themselves."""


class SeverityPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything about tiers and duties that a site may decide otherwise.

    `due_soon_percent`: share of a limit after which a duty turns due_soon. `hold_days`: how
    long a closed incident's facts are kept for a reopening. `incidents_max`: how many
    incidents of one enterprise are remembered; the oldest closed ones go first.
    """

    choices: Choices = Choices()
    changes: tuple[LimbChange, ...] = ()
    duty_changes: tuple[DutyChange, ...] = ()
    major_events: tuple[MajorEvent, ...] = ()
    estimates: tuple[EstimateRow, ...] = ESTIMATES
    threats: tuple[ThreatRow, ...] = THREATS
    disruptive_scenarios: tuple[str, ...] = DISRUPTIVE_SCENARIOS
    due_soon_percent: Percent = 50
    hold_days: Whole = 60
    incidents_max: Annotated[int, msgspec.Meta(ge=1)] = 2_000
