"""The situation: the rows of the store joined into what a reader sees. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar

import msgspec

from dashboards.report.rows import (
    AccountRow,
    ActivityRow,
    AssessmentRow,
    CampaignRow,
    EdgeRow,
    EventRow,
    IncidentRow,
    ObligationRow,
    Rows,
    ThresholdRow,
)
from dashboards.words import TIER_OF_COLOUR
from schemas.assessment import TIERS, LimbResult, Raise, state_at
from schemas.campaign import Growth, Spread
from schemas.incident import DetectionSummary
from schemas.moments import Moment
from schemas.provinces import PROVINCES, Province

UNGRADED: Final = "none"
"""Grade of an incident to which neither regime gives a tier."""
GRADES: Final = (*TIERS, UNGRADED)
"""Gravest first."""
OPEN_STATES: Final = ("late", "due_soon", "at_once", "pending")
"""States of an obligation that still wants something done, most pressing first."""
ENDED: Final = ("resolved", "closed")

Keyed = TypeVar("Keyed", AssessmentRow, ObligationRow, EdgeRow)


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """One regime's assessment, its JSON decoded."""

    row: AssessmentRow
    grade: str
    limbs: tuple[LimbResult, ...]
    raises: tuple[Raise, ...]


class EvidenceGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Events that read the same but for their lines, in the order of time."""

    events: tuple[EventRow, ...]

    @property
    def summary(self) -> str:
        """Where and who, as far as the event says: the line's heading."""
        return _summary(self.events[0])


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One incident with everything that belongs to it."""

    row: IncidentRow
    grade: str
    lead: Judgement | None
    """The judgement that gives the grade."""
    judgements: tuple[Judgement, ...]
    obligations: tuple[ObligationRow, ...]
    detections: tuple[DetectionSummary, ...]
    edges: tuple[EdgeRow, ...]
    evidence: tuple[EvidenceGroup, ...]

    @property
    def next_duty(self) -> ObligationRow | None:
        """The open obligation that presses most, if there is one."""
        duties = [duty for duty in self.obligations if duty.state in OPEN_STATES]
        return min(duties, key=urgency, default=None)

    @property
    def events_shown(self) -> int:
        """How many events the groups of the evidence hold."""
        return sum(len(group.events) for group in self.evidence)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to work on it."""
        return self.row.status not in ENDED


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """One open obligation beside its incident."""

    case: Case
    obligation: ObligationRow


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """One campaign, its JSON decoded."""

    row: CampaignRow
    spread: tuple[Spread, ...]
    growth: tuple[Growth, ...]


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """One province on the map: its gravest grade, "" where it has no incident."""

    province: Province
    grade: str
    incidents: int


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one report says, in no language yet. Drills stand apart."""

    made_at: Moment
    cases: tuple[Case, ...]
    drills: tuple[Case, ...]
    left_out: int
    tiles: tuple[Tile, ...]
    grades: tuple[tuple[str, int], ...]
    occurred: Mapping[str, int]
    """How many of each grade occurred; the others are suspicions, and counted apart."""
    scenarios: tuple[tuple[str, int], ...]
    clocks: tuple[Clock, ...]
    campaigns: tuple[Campaign, ...]
    thresholds: tuple[ThresholdRow, ...]
    account: AccountRow
    activity: tuple[ActivityRow, ...]


def situation_of(rows: Rows, made_at: Moment) -> Situation:
    """The rows as a situation; `made_at` is when the report is made, for clocks that run out."""
    everything = _cases(rows, made_at)
    cases = tuple(case for case in everything if not case.row.drill)
    return Situation(
        made_at=made_at,
        cases=cases,
        drills=tuple(case for case in everything if case.row.drill),
        left_out=rows.incident_count - len(rows.incidents),
        tiles=_tiles(cases),
        grades=_count((case.grade for case in cases), GRADES),
        occurred=Counter(case.grade for case in cases if case.row.confirmed),
        scenarios=tuple(Counter(case.row.scenario for case in cases).most_common()),
        clocks=_clocks(cases),
        campaigns=tuple(map(_campaign, rows.campaigns)),
        thresholds=rows.thresholds,
        account=rows.account,
        activity=rows.activity,
    )


def grade_of(assessment: AssessmentRow) -> str:
    """I to IV by response level, else colour, else tier; UNGRADED where there is none."""
    by_colour = TIER_OF_COLOUR.get(assessment.colour, "")
    return assessment.response_level or by_colour or assessment.tier or UNGRADED


def _cases(rows: Rows, made_at: Moment) -> list[Case]:
    assessments = _by_incident(rows.assessments)
    obligations = _by_incident(_standing(duty, made_at) for duty in rows.obligations)
    edges = _by_incident(rows.edges)
    events = {event.event_id: event for event in rows.evidence}
    cases = [
        _case(
            row,
            assessments[row.incident_id],
            obligations[row.incident_id],
            edges[row.incident_id],
            [events[event_id] for event_id in row.event_ids if event_id in events],
        )
        for row in rows.incidents
    ]
    return sorted(cases, key=lambda case: GRADES.index(case.grade))


def _standing(duty: ObligationRow, made_at: Moment) -> ObligationRow:
    """The duty as it stands when the report is made: no worker need have run since.

    One that the instrument wants at once has no time that could be near: it is not due soon.
    """
    assert duty.state != "at_once", "no store says so"
    state = state_at(duty.state, duty.due_soon_us, duty.due_us, made_at)
    is_at_once = state == "due_soon" and duty.due_us is None
    return msgspec.structs.replace(duty, state="at_once" if is_at_once else state)


def _by_incident(rows: Iterable[Keyed]) -> defaultdict[str, list[Keyed]]:
    grouped: defaultdict[str, list[Keyed]] = defaultdict(list)
    for row in rows:
        grouped[row.incident_id].append(row)
    return grouped


def _case(
    row: IncidentRow,
    assessments: Sequence[AssessmentRow],
    obligations: Sequence[ObligationRow],
    edges: Sequence[EdgeRow],
    evidence: Sequence[EventRow],
) -> Case:
    judgements = tuple(_judgement(assessment) for assessment in assessments)
    lead = min(judgements, key=lambda it: GRADES.index(it.grade), default=None)
    return Case(
        row=row,
        grade=lead.grade if lead else UNGRADED,
        lead=lead,
        judgements=judgements,
        obligations=tuple(obligations),
        detections=msgspec.json.decode(row.detections, type=tuple[DetectionSummary, ...]),
        edges=tuple(edges),
        evidence=_grouped(evidence),
    )


def _grouped(events: Sequence[EventRow]) -> tuple[EvidenceGroup, ...]:
    """Each summary once, where the first of its events stands."""
    groups: defaultdict[str, list[EventRow]] = defaultdict(list)
    for event in sorted(events, key=lambda event: (event.time_us, event.event_id)):
        groups[_summary(event)].append(event)
    return tuple(EvidenceGroup(events=tuple(group)) for group in groups.values())


def _summary(event: EventRow) -> str:
    parts = (event.product, event.host, event.account, event.source_ip, event.process)
    return " · ".join(filter(None, parts))


def _judgement(assessment: AssessmentRow) -> Judgement:
    return Judgement(
        row=assessment,
        grade=grade_of(assessment),
        limbs=msgspec.json.decode(assessment.limbs, type=tuple[LimbResult, ...]),
        raises=msgspec.json.decode(assessment.raises, type=tuple[Raise, ...]),
    )


def _campaign(row: CampaignRow) -> Campaign:
    return Campaign(
        row=row,
        spread=msgspec.json.decode(row.spread, type=tuple[Spread, ...]),
        growth=msgspec.json.decode(row.growth, type=tuple[Growth, ...]),
    )


def _count(values: Iterable[str], order: Sequence[str]) -> tuple[tuple[str, int], ...]:
    counts = Counter(values)
    return tuple((value, counts[value]) for value in order)


def _tiles(cases: Sequence[Case]) -> tuple[Tile, ...]:
    """One for each of the 31; `cases` come gravest first."""
    by_province: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_province[case.row.province].append(case)
    return tuple(
        Tile(
            province=province,
            grade=by_province[code][0].grade if by_province[code] else "",
            incidents=len(by_province[code]),
        )
        for code, province in PROVINCES.items()
    )


def _clocks(cases: Iterable[Case]) -> tuple[Clock, ...]:
    """Open obligations: what is late, what is due at once (no figure), then by deadline."""
    clocks = [
        Clock(case=case, obligation=obligation)
        for case in cases
        for obligation in case.obligations
        if obligation.state in OPEN_STATES
    ]
    return tuple(sorted(clocks, key=lambda clock: urgency(clock.obligation)))


def urgency(duty: ObligationRow) -> tuple[int, int]:
    """Sorts open obligations: by state, then by deadline."""
    return OPEN_STATES.index(duty.state), duty.due_us or 0
