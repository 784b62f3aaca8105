"""What leaves the state: what is over, and what is over the quota.

Rule 1. A closed or superseded case leaves once the gap and the hold have passed since its
        last evidence and its last change; context once they have passed for its whole group,
        so that nothing in time could still be linked to it.
Rule 2. Over the quota, evidence of one rule in one group is folded: the older half of the
        biggest pile into one piece that keeps count, span, entities and links. Piles of
        correlations come after piles of rules, because only they are still revised.
Rule 3. Only if nothing is left to fold, evidence leaves: context first, then closed
        incidents, then the others; of each the group that was quiet longest.
Rule 4. Folded and evicted detections are counted in the state; the store keeps them all.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

import msgspec

from pipeline.event_time.clock import Clock
from pipeline.incidents.evidence import forget_unused
from pipeline.incidents.evidence_index import evidence_index_of, forget_evidence_index
from pipeline.incidents.lifecycle import MOST_ALIVE
from pipeline.incidents.policy import IncidentPolicy
from pipeline.incidents.state import (
    DETECTION_IDS_MAX,
    EVENT_IDS_MAX,
    Case,
    Evidence,
    IncidentsState,
    NextDue,
)
from pipeline.incidents.triage import most_significant
from schemas.context import Context
from schemas.moments import NEVER, SECOND, Moment

RELIEF_PERCENT = 75
"""Relieved down to this much of the quota, so that not every step has to."""


def due_watermark(policy: IncidentPolicy, state: IncidentsState) -> Moment:
    """The watermark at which something next closes, or leaves, by itself."""
    swept = state.swept + policy.gap_s * SECOND if state.evidence else NEVER
    return min(swept, _next_due(policy, state) + 1)


def cases_due(policy: IncidentPolicy, state: IncidentsState, watermark: Moment) -> list[str]:
    """The incidents that have been quiet for long enough to be closed; a lookup if none is due."""
    if watermark <= _next_due(policy, state):
        return []
    return [
        incident_id
        for incident_id, case in sorted(state.cases.items())
        if not _is_over(case) and watermark > _due_after(policy, case)
    ]


def expire_evidence(
    policy: IncidentPolicy, state: IncidentsState, clock: Clock, context: Context
) -> None:
    """Drop what is over (rule 1)."""
    stale: list[str] = []
    if clock.watermark > _next_due(policy, state):
        held = evidence_index_of(policy, state, context.enterprise.shared_entities).of_case
        for key, case in list(state.cases.items()):
            if _is_over(case) and clock.watermark > _due_after(policy, case):
                del state.cases[key]
                stale += held.get(key, ())
        state.cache.next_due = None
    # Looked through once a gap, not at every step: all evidence is gone over.
    if clock.watermark - state.swept >= policy.gap_s * SECOND:
        state.swept = clock.watermark
        limit = clock.watermark - (policy.gap_s + policy.hold_s) * SECOND
        stale += _stale_context(policy, state, limit, context)
    for detection_id in stale:
        del state.evidence[detection_id]
    if stale:
        forget_unused(state)


def _is_over(case: Case) -> bool:
    return case.is_superseded or case.status == "closed"


def _due_after(policy: IncidentPolicy, case: Case) -> Moment:
    """The watermark after which the case, left alone, is closed, or leaves if it is over."""
    if _is_over(case):
        quiet_s = policy.gap_s + policy.hold_s
    elif case.status == "new":
        quiet_s = policy.quiet_new_s
    elif case.status == "resolved":
        quiet_s = policy.quiet_resolved_s
    else:
        return NEVER
    return max(case.last_time, case.touched) + quiet_s * SECOND


def _next_due(policy: IncidentPolicy, state: IncidentsState) -> Moment:
    """When the first of the cases is due: cases are looked through when one changed or is due."""
    known = state.cache.next_due
    if known is None or known.policy is not policy:
        first = min((_due_after(policy, case) for case in state.cases.values()), default=NEVER)
        known = state.cache.next_due = NextDue(policy, first)
    return known.watermark


def _stale_context(
    policy: IncidentPolicy, state: IncidentsState, limit: Moment, context: Context
) -> list[str]:
    if not any(one.last_time < limit and not one.case for one in state.evidence.values()):
        return []
    groups = evidence_index_of(policy, state, context.enterprise.shared_entities).all_groups()
    return [
        one.detection_id
        for group in groups
        if all(one.last_time < limit and not one.case for one in group)
        for one in group
    ]


def enforce_quota(policy: IncidentPolicy, state: IncidentsState, context: Context) -> None:
    """Bring evidence and cases back under the quota (rules 2 and 3)."""
    _forget_superseded(policy, state)
    if len(state.evidence) <= policy.detections_max:
        return
    target = policy.detections_max * RELIEF_PERCENT // 100
    shared_entities = context.enterprise.shared_entities
    _fold(state, evidence_index_of(policy, state, shared_entities).all_groups(), target)
    if len(state.evidence) > policy.detections_max:
        forget_evidence_index(state)
        _evict(state, evidence_index_of(policy, state, shared_entities).all_groups(), target)
    forget_unused(state)


def shed(policy: IncidentPolicy, state: IncidentsState, context: Context) -> int:
    """Fold or evict the half that tells least; how much. For a state too large to be kept."""
    before = len(state.evidence) + len(state.cases)
    # The quota's own way of folding and evicting, under half of what there is.
    half = msgspec.structs.replace(policy, detections_max=len(state.evidence) // 2)
    enforce_quota(half, state, context)
    return before - len(state.evidence) - len(state.cases)


def _forget_superseded(policy: IncidentPolicy, state: IncidentsState) -> None:
    """Superseded cases have no evidence; beyond the quota those go that went first."""
    superseded = [key for key, case in state.cases.items() if case.is_superseded]
    superseded.sort(key=lambda key: (state.cases[key].touched, key))
    for key in superseded[: max(0, len(superseded) - policy.detections_max)]:
        del state.cases[key]


def _fold(state: IncidentsState, groups: Iterable[Sequence[Evidence]], target: int) -> None:
    piles = [pile for group in groups for pile in _piles(group)]
    while len(state.evidence) > target:
        foldable = [pile for pile in piles if len(pile) > 1]
        if not foldable:
            return
        pile = min(
            foldable,
            key=lambda one: (
                state.rules[one[0].rule].is_correlation,
                -len(one),
                one[0].detection_id,
            ),
        )
        older = pile[: (len(pile) + 1) // 2] if len(pile) > 2 else pile[:]
        merged = _merge(older)
        for one in older:
            del state.evidence[one.detection_id]
        state.evidence[merged.detection_id] = merged
        state.folded += len(older) - 1
        pile[: len(older)] = [merged]


def _piles(group: Sequence[Evidence]) -> Iterable[list[Evidence]]:
    by_rule: dict[int, list[Evidence]] = {}
    for one in group:
        by_rule.setdefault(one.rule, []).append(one)
    return by_rule.values()


def _merge(pile: Sequence[Evidence]) -> Evidence:
    """Several pieces of one rule and group, in order of time, as one."""
    ids = [one.detection_id for one in pile[1:]]
    told = next((one for one in pile if one.summary), pile[0])
    folded_ids = chain(*(one.folded_ids for one in pile), ids)
    return msgspec.structs.replace(
        pile[0],
        first_time=min(one.first_time for one in pile),
        last_time=max(one.last_time for one in pile),
        received_at=min(one.received_at for one in pile),
        entities=tuple(dict.fromkeys(chain(*(one.entities for one in pile)))),
        event_ids=tuple(dict.fromkeys(chain(*(one.event_ids for one in pile))))[:EVENT_IDS_MAX],
        event_count=sum(one.event_count for one in pile),
        summary=told.summary,
        summary_zh=told.summary_zh,
        count=sum(one.count for one in pile),
        folded_ids=tuple(folded_ids)[-DETECTION_IDS_MAX:],
        attribution=most_significant(one.attribution for one in pile),
        merged=tuple(dict.fromkeys(chain(*(one.merged for one in pile)))),
        parted=tuple(dict.fromkeys(chain(*(one.parted for one in pile)))),
        found_late_at=min((one.found_late_at for one in pile if one.found_late_at), default=0),
    )


def _evict(state: IncidentsState, groups: Iterable[Sequence[Evidence]], target: int) -> None:
    for group in sorted(groups, key=lambda one: _eviction_order(state, one)):
        if len(state.evidence) <= target:
            return
        for one in group:
            del state.evidence[one.detection_id]
            state.cases.pop(one.case, None)
            state.evicted += one.count


def _eviction_order(
    state: IncidentsState, group: Sequence[Evidence]
) -> tuple[bool, int, Moment, str]:
    case = state.cases.get(group[0].case)
    liveliness = len(MOST_ALIVE) - MOST_ALIVE.index(case.status) if case else 0
    last_time = max(one.last_time for one in group)
    return case is not None, liveliness, last_time, group[0].detection_id
