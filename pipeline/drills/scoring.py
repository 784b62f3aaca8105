"""How a participant of a drill did, from rows alone: computed again, it comes out the same. Pure.

Rule 1. An attack is covered by an incident whose events overlap it in time; one that nothing covers
        was missed.
Rule 2. An incident all of whose hosts are the host of a false alarm is the false alarm's; so is one
        that overlaps no attack. It is judged rightly when it is dismissed, any other when it is
        confirmed or found true.
Rule 3. Times count from the first hostile event of the enterprise.
Rule 4. Who never got the events is not said to have done nothing (`Outcome`).
"""

from collections.abc import Mapping, Sequence
from statistics import median_low
from typing import Final

import msgspec

from pipeline.drills.library import EXPECTED
from schemas.drill import (
    DrillInject,
    DrillParticipant,
    DrillRun,
    DrillScore,
    Milestone,
    Outcome,
)
from schemas.moments import MINUTE, Moment

DISMISSED: Final = frozenset({"false_positive", "benign", "disregard"})
FOUND_TRUE: Final = frozenset({"true_positive", "security_risk"})
SETTLED: Final = frozenset({"resolved", "closed"})
REACHED: Final[Mapping[Milestone, str]] = {
    "detection": "detected_at",
    "incident": "incident_at",
    "tier": "tier_at",
    "command": "command_at",
    "confirmation": "confirmed_at",
}
"""Milestone, and the column that says when it was reached."""


class FoundIncident(msgspec.Struct, frozen=True, kw_only=True):
    """One incident of the drill as it stands; `hosts` are those among its entities."""

    scenario: str
    status: str
    verdict: str
    opened_at: Moment
    first_time: Moment
    last_time: Moment
    confirmed_at: Moment | None = None
    hosts: tuple[str, ...] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One statutory report with a limit, that was not withdrawn."""

    regime: str
    duty: str
    channel: str
    starts_at: Moment
    due_at: Moment
    done_at: Moment | None = None
    limit_zh: str = ""
    limit_en: str = ""

    def is_in_time(self) -> bool:
        """Made within the limit, which includes its last moment."""
        return self.done_at is not None and self.done_at <= self.due_at

    def is_late(self, now: Moment) -> bool:
        """Made after the limit, or not made and the limit is over."""
        return not self.is_in_time() and (self.done_at or now) > self.due_at


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What the rows of one enterprise in one drill say."""

    arrived_events: int = 0
    arrived_at: Moment | None = None
    detected_at: Moment | None = None
    tier_at: Moment | None = None
    command_at: Moment | None = None
    incidents: tuple[FoundIncident, ...] = ()
    reports: tuple[Report, ...] = ()
    described_at: tuple[Moment, ...] = ()


def score_enterprise(
    run: DrillRun,
    participant: DrillParticipant,
    injects: Sequence[DrillInject],
    evidence: Evidence,
    now: Moment,
) -> DrillScore:
    """The score of one enterprise; `injects` are those put to it, `now` is for open limits."""
    judged = _judge(injects, evidence.incidents)
    reached = _reached(evidence, judged.real)
    questions = [each.starts_at for each in injects if each.kind == "question"]
    return DrillScore(
        drill=run.drill,
        series=run.series,
        scenario=run.scenario,
        enterprise_id=participant.enterprise_id,
        province=participant.province,
        sector=participant.sector,
        outcome=_outcome(participant, evidence, judged.real),
        struck_at=participant.struck_at,
        sent_events=participant.sent_events,
        arrived_events=evidence.arrived_events,
        arrived_at=evidence.arrived_at,
        detected_at=reached["detection"],
        incident_at=reached["incident"],
        tier_at=reached["tier"],
        command_at=reached["command"],
        confirmed_at=reached["confirmation"],
        milestones=len(run.milestones),
        milestones_met=_met(run.milestones, reached, participant.struck_at),
        **_verdicts(judged),
        reports=len(evidence.reports),
        reports_in_time=sum(1 for each in evidence.reports if each.is_in_time()),
        reports_late=sum(1 for each in evidence.reports if each.is_late(now)),
        questions=len(questions),
        questions_answered=sum(
            any(said_at >= at for said_at in evidence.described_at) for at in questions
        ),
        scored_at=now,
    )


class _Judged(msgspec.Struct, frozen=True):
    """Attacks that were put, and incidents: of an attack, and of none."""

    attacks: Sequence[DrillInject]
    real: Sequence[FoundIncident]
    unreal: Sequence[FoundIncident]


def _judge(injects: Sequence[DrillInject], incidents: Sequence[FoundIncident]) -> _Judged:
    attacks = [each for each in injects if each.kind in ("attack", "second_wave")]
    decoys = {each.host.casefold() for each in injects if each.kind == "false_alarm"}
    real = [each for each in incidents if _is_real(each, attacks, decoys)]
    return _Judged(attacks, real, [each for each in incidents if each not in real])


def _reached(evidence: Evidence, real: Sequence[FoundIncident]) -> dict[Milestone, Moment | None]:
    return {
        "detection": evidence.detected_at,
        "incident": min((each.opened_at for each in real), default=None),
        "tier": evidence.tier_at,
        "command": evidence.command_at,
        "confirmation": min((it.confirmed_at for it in real if it.confirmed_at), default=None),
    }


def _verdicts(judged: _Judged) -> dict[str, int]:
    """What was found and missed, and how it was judged: columns of the score."""
    attacks, real, unreal = judged.attacks, judged.real, judged.unreal
    dismissed = sum(1 for each in unreal if each.verdict in DISMISSED)
    return {
        "attacks": len(attacks),
        "missed": sum(1 for each in attacks if not _covering(each, real)),
        "right_scenarios": sum(1 for each in attacks if _is_rightly_called(each, real)),
        "right_verdicts": dismissed + sum(1 for each in real if _is_believed(each)),
        "wrong_verdicts": sum(1 for each in unreal if _is_believed(each))
        + sum(1 for each in real if each.verdict in DISMISSED),
        "false_alarms": len(unreal) - dismissed,
    }


def _is_real(incident: FoundIncident, attacks: Sequence[DrillInject], decoys: set[str]) -> bool:
    hosts = {host.casefold() for host in incident.hosts}
    is_decoy = bool(hosts) and hosts <= decoys
    return not is_decoy and any(_overlaps(incident, each) for each in attacks)


def _overlaps(incident: FoundIncident, inject: DrillInject) -> bool:
    return incident.first_time <= inject.ends_at and inject.starts_at <= incident.last_time


def _covering(attack: DrillInject, real: Sequence[FoundIncident]) -> list[FoundIncident]:
    return [each for each in real if _overlaps(each, attack)]


def _is_rightly_called(attack: DrillInject, real: Sequence[FoundIncident]) -> bool:
    right = EXPECTED.get(attack.story, (attack.scenario,))
    return any(each.scenario in right for each in _covering(attack, real))


def _is_believed(incident: FoundIncident) -> bool:
    if incident.verdict in DISMISSED:
        return False
    return incident.verdict in FOUND_TRUE or incident.confirmed_at is not None


def _met(
    hoped: Mapping[Milestone, float],
    reached: Mapping[Milestone, Moment | None],
    struck_at: Moment,
) -> int:
    moments = ((reached[name], minutes) for name, minutes in hoped.items())
    return sum(
        1
        for moment, minutes in moments
        if moment is not None and moment - struck_at <= minutes * MINUTE
    )


def _outcome(
    participant: DrillParticipant, evidence: Evidence, real: Sequence[FoundIncident]
) -> Outcome:
    is_settled = all(each.status in SETTLED for each in real)
    is_reported = all(each.done_at is not None for each in evidence.reports)
    steps: tuple[tuple[Outcome, bool], ...] = (
        ("not_sent", participant.sent_events == 0 and evidence.arrived_events == 0),
        ("not_arrived", evidence.arrived_events == 0),
        ("undetected", evidence.detected_at is None),
        ("unanswered", evidence.command_at is None),
        ("unfinished", not (real and is_settled and is_reported)),
    )
    return next((outcome for outcome, holds in steps if holds), "completed")


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Several participants together: a province's, or all. Times are medians in seconds of those
    who came to it, `reached` how many that were."""

    group: str
    enterprises: int
    outcomes: dict[Outcome, int]
    reached: dict[Milestone, int]
    median_s: dict[Milestone, float]
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


_SUMS: Final = Summary.__struct_fields__[5:]


def summarise(group: str, scores: Sequence[DrillScore]) -> Summary:
    """Sums and medians of some scores."""
    taken = {
        milestone: [
            (moment - each.struck_at) / 1_000_000
            for each in scores
            if (moment := getattr(each, column)) is not None
        ]
        for milestone, column in REACHED.items()
    }
    outcomes: dict[Outcome, int] = {}
    for each in scores:
        outcomes[each.outcome] = outcomes.get(each.outcome, 0) + 1
    return Summary(
        group=group,
        enterprises=len(scores),
        outcomes=outcomes,
        reached={milestone: len(times) for milestone, times in taken.items()},
        median_s={name: median_low(times) for name, times in taken.items() if times},
        **{name: sum(getattr(each, name) for each in scores) for name in _SUMS},
    )


def by_province(scores: Sequence[DrillScore]) -> list[Summary]:
    """One summary a province, by its code."""
    codes = sorted({each.province for each in scores})
    return [summarise(code, [each for each in scores if each.province == code]) for code in codes]
