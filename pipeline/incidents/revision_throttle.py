"""When a change of the evidence is told: at once, or together with others.

Rule 1. A change is told at once if it shows a reader something new: a rule, or one of the things
        that title and story name, not seen nearby for `context_gap_s`; late evidence; what no
        longer holds; and whatever may reopen a case.
Rule 2. What only adds to counts and times waits. All that waits is told when the watermark has
        passed it, so that it is final, or has moved by `revision_gap_s` since the last time.
Rule 3. What is told at once takes along what waits in its neighbourhood.
Rule 4. So the incidents at the end do not depend on what waited for how long.
"""

from collections.abc import Iterable

from pipeline.incidents.evidence import Change
from pipeline.incidents.evidence_index import EvidenceIndex
from pipeline.incidents.lifecycle import OVER
from pipeline.incidents.policy import IncidentPolicy
from pipeline.incidents.state import IncidentsState
from schemas.moments import SECOND, Moment


def hold_back(state: IncidentsState, evidence_index: EvidenceIndex, change: Change) -> Change:
    """The part of a change that is to be told at once; the rest waits in the state."""
    over = [key for key, case in state.cases.items() if case.status in OVER]
    news = (change.news & change.changed) | evidence_index.near_cases(change.changed, over)
    for each in change.changed - news:
        state.waiting[each] = each in change.fresh or state.waiting.get(each, False)
        state.waiting_until = max(state.waiting_until, state.evidence[each].last_time)
    if not news and not change.lost:
        return Change()
    of_lost = [each for one in change.lost for each in evidence_index.of_case.get(one.case, ())]
    near = {one.detection_id for one in evidence_index.around([*news, *of_lost])}
    along = _taken(state, near & state.waiting.keys())
    return Change(
        changed=news | along.changed,
        fresh=(change.fresh & news) | along.fresh,
        late=change.late & news,
        lost=change.lost,
    )


def is_due(policy: IncidentPolicy, state: IncidentsState, watermark: Moment) -> bool:
    """Whether what waits is to be told (rule 2)."""
    is_final = watermark >= state.waiting_until
    is_long_ago = watermark - state.emitted_at_watermark >= policy.revision_gap_s * SECOND
    return bool(state.waiting) and (is_final or is_long_ago)


def take_waiting(state: IncidentsState, watermark: Moment) -> Change:
    """All that waits, as a change; nothing waits any more."""
    state.emitted_at_watermark = watermark
    return _taken(state, list(state.waiting))


def settle_waiting(state: IncidentsState) -> None:
    """An analyst speaks: what came before reopens nothing when it is told."""
    state.waiting = dict.fromkeys(state.waiting, False)


def _taken(state: IncidentsState, detection_ids: Iterable[str]) -> Change:
    change = Change()
    for each in detection_ids:
        change.changed.add(each)
        if state.waiting.pop(each):
            change.fresh.add(each)
    return change
