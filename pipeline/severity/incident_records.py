"""The records of incidents: opened, kept up to date, joined, and put away in time."""

from collections.abc import Mapping
from typing import TypeVar

from pipeline.severity.estimates import reach_of
from pipeline.severity.facts import Stated, is_lower
from pipeline.severity.judgement import graver
from pipeline.severity.obligations import next_turn
from pipeline.severity.policy import SeverityPolicy
from pipeline.severity.state import Fixed, IncidentRecord, Override, SeverityState
from schemas.assessment import Regime
from schemas.incident import Incident
from schemas.moments import DAY, Moment
from schemas.registry import Enterprise

DISMISSING_VERDICTS = frozenset({"false_positive", "benign", "disregard", "test", "duplicate"})
"""Verdicts that say that there is nothing to grade."""
ENDED = frozenset({"resolved", "closed"})


def record_of(state: SeverityState, incident: Incident, now: Moment) -> IncidentRecord:
    """The incident's record; a new one where there is none."""
    record = state.records.get(incident.incident_id)
    if record is None:
        record = _open(incident.incident_id, incident, now)
        state.records[incident.incident_id] = record
    return record


def _open(incident_id: str, incident: Incident, now: Moment) -> IncidentRecord:
    return IncidentRecord(
        incident_id=incident_id,
        province=incident.province,
        drill=incident.drill,
        discovered_at=incident.opened_at,
        touched_at=now,
    )


def absorb(
    policy: SeverityPolicy,
    state: SeverityState,
    incident: Incident,
    now: Moment,
    enterprise: Enterprise,
) -> bool:
    """Take over what tiers hang on; whether any of that changed, or the incident is new."""
    record = record_of(state, incident, now)
    before = _watched(record)
    record.reach = reach_of(policy, enterprise, incident, record.reach)
    record.occurred = incident.confirmed
    if record.occurred and record.occurred_at is None:
        record.occurred_at = now
    record.discovered_at = min(record.discovered_at, incident.opened_at)
    record.successor = incident.superseded_by
    record.dismissed = _dismissal(incident)
    record.drill = incident.drill
    match incident.status:
        case "resolved" | "closed":
            record.ended_at = record.ended_at or incident.revised_at
        case "superseded":
            pass  # its end, if it had one, is for its successor to take over
        case _:
            # Work goes on; but a response that a body declared ended had its handling end before.
            record.ended_at = record.response_ended_at
    changed = not record.judged or _watched(record) != before
    record.touched_at = now if changed else record.touched_at
    return changed


def _watched(record: IncidentRecord) -> tuple[object, ...]:
    return (
        record.reach,
        record.occurred,
        record.discovered_at,
        record.successor,
        record.dismissed,
        record.ended_at,
        record.drill,
    )


def _dismissal(incident: Incident) -> str:
    if incident.status == "superseded":
        return "superseded"
    dismissed = incident.status in ENDED and incident.verdict in DISMISSING_VERDICTS
    return incident.verdict if dismissed else ""


def transfer_record(state: SeverityState, incident: Incident, now: Moment) -> list[str]:
    """Hand what is known of a superseded incident to its successor: the ids that this changed."""
    if incident.status != "superseded" or not incident.superseded_by:
        return []
    successor_id = _last_successor(state, incident.superseded_by)
    if successor_id == incident.incident_id:
        return []
    record, successor = state.records[incident.incident_id], state.records.get(successor_id)
    if successor is None:
        successor = _open(successor_id, incident, now)
        successor.reach = record.reach
        # The same incident under another id, as where late evidence is now its earliest: what has
        # ended has ended when it did, and the limits of the last reports run from then.
        successor.ended_at, successor.response_ended_at = record.ended_at, record.response_ended_at
        state.records[successor_id] = successor
    else:
        successor.ended_at = _both(successor.ended_at, record.ended_at)
        successor.response_ended_at = _both(successor.response_ended_at, record.response_ended_at)
    _join(successor, record, now)
    return [successor_id]


def _last_successor(state: SeverityState, incident_id: str) -> str:
    """The incident at the end of the chain, however often incidents were joined."""
    seen: set[str] = set()
    # A circle is possible: an incident may come back to life after another took its place.
    while incident_id not in seen:
        seen.add(incident_id)
        record = state.records.get(incident_id)
        if record is None or not record.successor:
            break
        incident_id = record.successor
    return incident_id


def _join(successor: IncidentRecord, record: IncidentRecord, now: Moment) -> None:
    """Facts, decisions and reports; whether it occurred is for the successor's own revision."""
    successor.discovered_at = min(successor.discovered_at, record.discovered_at)
    successor.occurred = successor.occurred or record.occurred
    successor.facts = _newer(successor.facts, record.facts)
    occurred_at = (successor.occurred_at, record.occurred_at)
    successor.occurred_at = min((each for each in occurred_at if each is not None), default=None)
    successor.overrides = _latest(successor.overrides, record.overrides)
    successor.fixed = _latest(successor.fixed, record.fixed)
    for regime, tier in record.held.items():
        successor.held[regime] = graver(tier, successor.held.get(regime)) or tier
    if record.warned and (successor.warned is None or record.warned.at > successor.warned.at):
        successor.warned = record.warned
    successor.red_warnings = tuple(sorted({*successor.red_warnings, *record.red_warnings}))
    consents = filter(None, (successor.consented, record.consented))
    successor.consented = max(consents, key=lambda one: one.at, default=None)
    for key, one in record.obligations.items():
        # A clock that had begun goes on in the successor: joining incidents wins nobody time.
        if one.state != "withdrawn":
            starts = successor.inherited_starts
            starts[key] = min(one.starts_at, starts.get(key, one.starts_at))
    for law, tiers in record.told.items():
        successor.told[law] = (*tiers, *successor.told.get(law, ()))
    for duty, done_at in record.reports.items():
        # The first report is what counts, whichever incident it was made of.
        successor.reports[duty] = min(done_at, successor.reports.get(duty, done_at))
    successor.touched_at = now


def _both(one: Moment | None, other: Moment | None) -> Moment | None:
    """When the later of two ended; None while one of them goes on."""
    return None if one is None or other is None else max(one, other)


_Decision = TypeVar("_Decision", Override, Fixed)


def _latest(
    mine: Mapping[Regime, _Decision], other: Mapping[Regime, _Decision]
) -> dict[Regime, _Decision]:
    """Of each regime the decision that was made last, a lifting too; of one moment, `mine`."""
    decisions = dict(other)
    for regime, decision in mine.items():
        if regime not in decisions or decision.at >= decisions[regime].at:
            decisions[regime] = decision
    return decisions


def _newer(one: dict[str, Stated], other: dict[str, Stated]) -> dict[str, Stated]:
    """Of each fact the later statement; of two of one moment the graver."""
    merged = dict(one)
    for name, fact in other.items():
        mine = merged.get(name)
        if (
            mine is None
            or fact.stated_at > mine.stated_at
            or (fact.stated_at == mine.stated_at and is_lower(name, mine.value, fact.value))
        ):
            merged[name] = fact
    return merged


def forget(policy: SeverityPolicy, state: SeverityState, now: Moment) -> None:
    """Put away what is over and held long enough, and the oldest beyond the quota."""
    for incident_id in [
        record.incident_id
        for record in state.records.values()
        if (until := _held_until(policy, record)) is not None and until <= now
    ]:
        del state.records[incident_id]
    _forget_oldest(state, len(state.records) - policy.incidents_max)


def shed(state: SeverityState) -> int:
    """Put away the older half; how many. For a state too large to be kept."""
    excess = (len(state.records) + 1) // 2
    _forget_oldest(state, excess)
    return excess


def _forget_oldest(state: SeverityState, excess: int) -> None:
    if excess > 0:
        # Whoever still owes a report goes last: a record that is gone reminds nobody.
        oldest = sorted(
            state.records.values(),
            key=lambda one: (not _is_over(one), one.touched_at, one.incident_id),
        )[:excess]
        for record in oldest:
            del state.records[record.incident_id]
        state.forgotten += excess


def _is_over(record: IncidentRecord) -> bool:
    """Ended or dismissed, and nobody has to tell anybody anything any more."""
    ended = record.ended_at is not None or record.dismissed != ""
    return ended and all(one.state in ("done", "withdrawn") for one in record.obligations.values())


def _held_until(policy: SeverityPolicy, record: IncidentRecord) -> Moment | None:
    return record.touched_at + policy.hold_days * DAY if _is_over(record) else None


def next_moment(policy: SeverityPolicy, state: SeverityState) -> Moment | None:
    """When something next happens by itself: a duty turns, or a record is put away."""
    moments = [
        turn[0]
        for record in state.records.values()
        for obligation in record.obligations.values()
        if (turn := next_turn(obligation)) is not None
    ]
    held = (_held_until(policy, record) for record in state.records.values())
    return min([*moments, *(moment for moment in held if moment is not None)], default=None)
