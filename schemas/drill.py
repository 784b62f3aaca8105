"""A drill as it is kept: what was planned, what was sent, what became of it. Rows, and no more."""

from typing import Literal, TypeAlias

import msgspec

from schemas.moments import Moment

DrillState: TypeAlias = Literal["planned", "running", "finished", "stopped"]
InjectKind: TypeAlias = Literal[
    "attack", "second_wave", "false_alarm", "silence", "late", "question"
]
"""What is put to a participant: events, their absence or delay, or a question to be answered."""
Milestone: TypeAlias = Literal["detection", "incident", "tier", "command", "confirmation"]
"""What is hoped to be reached after the first hostile event, in this order."""
Outcome: TypeAlias = Literal[
    "not_sent", "not_arrived", "undetected", "unanswered", "unfinished", "completed"
]
"""How far a drill came at an enterprise: the first of these that holds."""


class DrillRun(msgspec.Struct, frozen=True, kw_only=True):
    """One drill, and how it stands; `milestones` in minutes after the first hostile event."""

    drill: str
    series: str
    scenario: str
    form: str
    organiser: str
    state: DrillState
    starts_at: Moment
    ends_at: Moment
    pace: int
    provinces: tuple[str, ...]
    enterprises: int
    milestones: dict[Milestone, float]
    sent_events: int = 0
    revised_at: Moment


class DrillParticipant(msgspec.Struct, frozen=True, kw_only=True):
    """One enterprise of a drill: when its first hostile event is, and what was sent to it."""

    drill: str
    enterprise_id: str
    province: str
    sector: str
    struck_at: Moment
    sent_batches: int = 0
    sent_events: int = 0
    revised_at: Moment


class DrillInject(msgspec.Struct, frozen=True, kw_only=True):
    """One inject at one enterprise. `story` is what the simulator tells; `scenario` what the
    incident of an attack should be called, `host` where a false alarm is told, `text` a
    question's."""

    drill: str
    inject_id: str
    enterprise_id: str
    province: str
    kind: InjectKind
    starts_at: Moment
    ends_at: Moment
    story: str = ""
    scenario: str = ""
    host: str = ""
    delay_s: int = 0
    text_zh: str = ""
    text_en: str = ""


class DrillScore(msgspec.Struct, frozen=True, kw_only=True):
    """How one enterprise did. Moments are None where it never came to it.

    `attacks` counts attacks and second waves, `missed` those that no incident covers.
    `right_verdicts` and `wrong_verdicts` count incidents that were judged; `false_alarms` those
    that cover no attack and were not dismissed. Reports are statutory ones with a limit:
    `reports_late` were made after it, or are not made and it is over.
    """

    drill: str
    series: str
    scenario: str
    enterprise_id: str
    province: str
    sector: str
    outcome: Outcome
    struck_at: Moment
    sent_events: int
    arrived_events: int
    arrived_at: Moment | None
    detected_at: Moment | None
    incident_at: Moment | None
    tier_at: Moment | None
    command_at: Moment | None
    confirmed_at: Moment | None
    milestones: int
    milestones_met: int
    attacks: int
    missed: int
    right_scenarios: int
    right_verdicts: int
    wrong_verdicts: int
    false_alarms: int
    reports: int
    reports_in_time: int
    reports_late: int
    questions: int
    questions_answered: int
    scored_at: Moment
