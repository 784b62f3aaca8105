"""From groups to incidents: which case each group is, what it inherits, what it supersedes.

Rule 1. A group that deserves a person is the incident whose id its founder gives: its earliest
        detection that is more than context, so that context that goes elsewhere renames nothing.
Rule 2. It inherits from the cases that its evidence was in: the status that is most alive,
        the earliest discovery, that it was confirmed. An incident that an analyst has taken
        up, merged or split stays open even if what opened it no longer holds.
Rule 3. A case whose id no group has any more is superseded, by the incident that holds its
        earliest evidence; by none, if that evidence was withdrawn or fell back to context.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from pipeline.event_time.clock import Clock
from pipeline.incidents.assembly import incident_id_of, publish
from pipeline.incidents.evidence import Change
from pipeline.incidents.evidence_index import EvidenceIndex
from pipeline.incidents.lifecycle import MOST_ALIVE, OVER, next_status
from pipeline.incidents.policy import LEVEL_PLACE, IncidentPolicy
from pipeline.incidents.regrouping import is_by_hand
from pipeline.incidents.state import TASKS_MAX, Case, Evidence, IncidentsState, RuleFacts
from pipeline.incidents.triage import opened_at
from schemas.context import Context
from schemas.incident import Incident
from schemas.moments import Moment

Group = Sequence[Evidence]


def assign_cases(
    policy: IncidentPolicy,
    state: IncidentsState,
    evidence_index: EvidenceIndex,
    change: Change,
    clock: Clock,
    context: Context,
) -> list[Incident]:
    """Revise the cases after a change of the evidence: the incidents that look different now."""
    if change.is_empty():
        return []
    changed = {state.evidence[detection_id].case for detection_id in change.changed}
    of_change = (changed | {one.case for one in change.lost}) - {""}
    groups, before = _touched(evidence_index, change, of_change)
    earlier = {case: _members(state, evidence_index, change, case) for case in before}
    owners = _assign(policy, state, evidence_index, groups, change, clock, context)
    incidents = []
    for incident_id, group in owners.items():
        incidents += publish(policy, state, incident_id, group, context, clock.received_at)
    for incident_id in sorted(before - owners.keys()):
        _supersede(state, incident_id, owners, clock)
        group = earlier[incident_id]
        incidents += publish(policy, state, incident_id, group, context, clock.received_at)
    _remember(state, evidence_index, groups, owners)
    return incidents


def _touched(
    evidence_index: EvidenceIndex, change: Change, cases: set[str]
) -> tuple[list[list[Evidence]], set[str]]:
    """The groups that hold something that changed, or something of a case that did; those cases.

    A group that takes context from a case changes that one too, wherever the rest of it is.
    """
    groups = evidence_index.groups(_surroundings(evidence_index, change, cases))
    while True:
        touched = [
            group
            for group in groups
            if any(one.detection_id in change.changed or one.case in cases for one in group)
        ]
        whole = cases | {one.case for group in touched for one in group} - {""}
        if whole == cases:
            return touched, cases
        cases = whole


def _surroundings(evidence_index: EvidenceIndex, change: Change, cases: set[str]) -> list[Evidence]:
    """Whatever the change may regroup: whole neighbourhoods, and whole cases."""
    wanted = change.changed.union(*(evidence_index.of_case.get(case, ()) for case in cases))
    while True:
        found = evidence_index.around(wanted)
        inside = {one.detection_id for one in found}
        whole = inside.union(
            *(evidence_index.of_case[each] for each in {one.case for one in found} - {""})
        )
        if whole == inside:
            return found
        wanted = whole


def _members(
    state: IncidentsState, evidence_index: EvidenceIndex, change: Change, case: str
) -> list[Evidence]:
    """What a case consisted of when the step began."""
    held = [state.evidence[each] for each in evidence_index.of_case.get(case, ())]
    return held + [one for one in change.lost if one.case == case]


def _assign(
    policy: IncidentPolicy,
    state: IncidentsState,
    evidence_index: EvidenceIndex,
    groups: Iterable[Group],
    change: Change,
    clock: Clock,
    context: Context,
) -> dict[str, Group]:
    """Each group that deserves a person under its incident id, its case brought up to date."""
    owners: dict[str, Group] = {}
    # As they were: a case that this loop has brought up to date must not be inherited from again.
    inherited = dict(state.cases)
    for group in groups:
        prior = [inherited[key] for key in sorted({one.case for one in group if one.case})]
        since = opened_at(policy, group, state.rules)
        # Rule 2: what an analyst has put a hand to does not vanish under it.
        is_taken_up = any(
            case.status != "new" or case.confirmed or case.assignee or case.tasks for case in prior
        )
        if since is None and prior and (is_taken_up or is_by_hand(group)):
            since = min(case.opened_at for case in prior)
        if since is None:
            continue
        incident_id = incident_id_of(context, evidence_index.founder(group).detection_id)
        case = _inherit(inherited.get(incident_id), prior, since)
        case = _discover_late(case, prior, group, change, clock)
        case = _reopen(policy, state.rules, case, group, change, clock)
        state.keep_case(incident_id, case)
        owners[incident_id] = group
    return owners


def _inherit(own: Case | None, prior: Sequence[Case], since: Moment) -> Case:
    """What a group's case is, from its own earlier life and the cases it grew out of."""
    own = own or Case()
    sources = prior or ([own] if own.revision else [])
    if not sources:
        return msgspec.structs.replace(own, opened_at=since)
    # Work that goes on is not ended by joining what is closed.
    first = min(sources, key=lambda one: (MOST_ALIVE.index(one.status), one.opened_at))
    return msgspec.structs.replace(
        own,
        status=first.status,
        verdict=first.verdict,
        confirmed=any(one.confirmed for one in sources),
        assignee=first.assignee or max(one.assignee for one in sources),
        opened_at=min(since, *(one.opened_at for one in sources)),
        touched=max(one.touched for one in sources),
        judged=first.judged,
        tasks=tuple(dict.fromkeys(task for one in sources for task in one.tasks))[:TASKS_MAX],
        is_superseded=False,
        superseded_by="",
    )


def _discover_late(
    case: Case, prior: Sequence[Case], group: Group, change: Change, clock: Clock
) -> Case:
    """An old matter that only late events bring to light has its quiet time from now on."""
    new = {one.detection_id for one in group} & change.changed
    if prior or not new or not new <= change.late:
        return case
    # Of an enterprise whose state began anew no event time is known yet.
    return msgspec.structs.replace(case, touched=clock.watermark or clock.received_at)


def _reopen(
    policy: IncidentPolicy,
    rules: Mapping[int, RuleFacts],
    case: Case,
    group: Group,
    change: Change,
    clock: Clock,
) -> Case:
    """Fresh evidence reopens what is over, unless it only repeats what was judged harmless."""
    if case.status not in OVER:
        return case
    least = LEVEL_PLACE[policy.reopening_level]
    for one in group:
        rule = rules[one.rule]
        is_grave = LEVEL_PLACE[rule.level] >= least or rule.is_correlation
        is_called = is_grave and rule.rule_id not in case.judged
        # A late finding was admitted by an analyst, who knew of the verdict.
        if one.detection_id in change.fresh and (is_called or one.found_late_at):
            break
    else:
        return case
    status = next_status(case.status, "evidence") or case.status
    return msgspec.structs.replace(
        case, status=status, verdict="unknown", judged=(), touched=clock.watermark
    )


def _supersede(
    state: IncidentsState, incident_id: str, owners: Mapping[str, Group], clock: Clock
) -> None:
    """Mark a case as superseded by the incident that holds its earliest evidence, if any."""
    successors = (
        (one.time, one.detection_id, successor)
        for successor, group in owners.items()
        for one in group
        if one.case == incident_id
    )
    successor = min(successors, default=(0, "", ""))[2]
    superseded = msgspec.structs.replace(
        state.cases[incident_id],
        is_superseded=True,
        superseded_by=successor,
        touched=clock.watermark,
    )
    state.keep_case(incident_id, superseded)


def _remember(
    state: IncidentsState,
    evidence_index: EvidenceIndex,
    groups: Iterable[Group],
    owners: Mapping[str, Group],
) -> None:
    """Write into the evidence which case it is in now."""
    case_of = {one.detection_id: key for key, group in owners.items() for one in group}
    for group in groups:
        for one in group:
            case = case_of.get(one.detection_id, "")
            if one.case != case:
                state.evidence[one.detection_id] = msgspec.structs.replace(one, case=case)
                evidence_index.move(one, case)
