"""Correlation: matches of one enterprise in, its detections that changed out.

Rule 1. Every match goes to every correlation that names its rule.
Rule 2. Correlations are brought up to date inner before outer, so that what an inner one says
        reaches the outer in the same step.
Rule 3. A silent correlation feeds others and says nothing itself.
Rule 4. After each step the state is within its quota.
"""

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

import msgspec

from pipeline.correlation.drop_reasons import DropReason, count_drop
from pipeline.correlation.extraction import (
    Match,
    extract_event,
    extract_finding,
    finding_group,
    texts_of_key,
)
from pipeline.correlation.group_evaluation import Finding, GroupRef, evaluate_group
from pipeline.correlation.groups import (
    Candidate,
    Entities,
    Pending,
    drop_group,
    enforce_quota,
    entities_to_hold,
    open_group,
    retire,
)
from pipeline.correlation.plan import Correlation, CorrelationPlan, Feed
from pipeline.correlation.state import BACKLOG, Backlog, CorrelationState, Group, Timer
from pipeline.correlation.wording import summary_of
from pipeline.event_time.clock import Clock
from pipeline.event_time.sources import SourceId
from pipeline.intake.entities import entities_of
from schemas.context import Context
from schemas.detection import Detection
from schemas.moments import NEVER, Moment

TIMERS_SLACK = 64
"""Timers that may be void, beside as many as there are groups."""


Queue = dict[str, dict[str, Pending]]
"""What is pending, by correlation key and group key."""


class Step(msgspec.Struct):
    """One call: what it works with, and what is pending in it."""

    plan: CorrelationPlan
    state: CorrelationState
    clock: Clock
    context: Context
    queue: Queue
    agenda: list[int]
    """A heap: the turns (positions in the plan's `turns`) of the keys in the queue."""


def correlate(
    plan: CorrelationPlan,
    state: CorrelationState,
    matches: Sequence[Match],
    clock: Clock,
    context: Context,
) -> list[Detection]:
    """Detections that are new, have grown or no longer hold, after one batch's matches.

    `clock` is the one after the batch; `state` is changed in place.
    """
    step = Step(plan, state, clock, context, {}, [])
    # Rules were reloaded since this state was last here.
    if state.plan_id != plan.plan_id:
        retire(plan, state)
    _take_in(step, matches)
    _take_due(step)
    detections: list[Detection] = []
    while step.agenda:
        turn = heappop(step.agenda)
        key = plan.turns[turn]
        detections += _bring_up_to_date(step, plan.correlations[turn // 2], key)
    # After the step: what it took in was judged by what had been settled before.
    state.settled = max(state.settled, clock.settled)
    enforce_quota(plan, state)
    return detections


def expire(
    plan: CorrelationPlan, state: CorrelationState, clock: Clock, context: Context
) -> list[Detection]:
    """What the watermark alone decides: absences, and conditions that waited."""
    return correlate(plan, state, (), clock, context)


class Due(msgspec.Struct, frozen=True):
    """When the stage, left alone, next has something to do: by each of its three clocks."""

    watermark: Moment
    settled: Moment
    moment: Moment


def next_due(state: CorrelationState) -> Due:
    """The first timers of each kind that some group still means."""
    timers = state.timers
    return Due(
        *(_first_meant(state, heap) for heap in (timers.due, timers.ends, timers.backlog_ends))
    )


def _first_meant(state: CorrelationState, heap: list[Timer]) -> Moment:
    while heap:
        # A void timer would be due at a moment that a state read from the ledger knows nothing of.
        if _meant(state, heap, heap[0]) is not None:
            return heap[0][0]
        heappop(heap)
    return NEVER


def _meant(state: CorrelationState, heap: list[Timer], timer: Timer) -> Group | None:
    """The group whose timer this is, if it still means it."""
    moment, key, name = timer
    group = state.groups.get(key, {}).get(name)
    if group is None or moment != (group.due if heap is state.timers.due else group.ends):
        return None
    return group


def _take_in(step: Step, matches: Sequence[Match]) -> None:
    entities: dict[str, Entities] = {}
    behind: dict[SourceId, tuple[SourceId, ...]] = {}
    for match in matches:
        event = match.event
        for feed in step.plan.feeds.get(match.rule.head.rule_id, ()):
            if event.event_id not in entities:
                entities[event.event_id] = entities_to_hold(entities_of(event))
            if match.source not in behind:
                behind[match.source] = tuple(step.clock.behind((match.source,)))
            candidate = extract_event(feed, match, entities[event.event_id], behind[match.source])
            era = BACKLOG if match.time < step.state.settled else ""
            _enqueue(step, feed[0], era, candidate)


def _enqueue(
    step: Step, correlation: Correlation, era: str, candidate: tuple[str, Candidate] | DropReason
) -> None:
    """Put a match where it belongs. A backlog decides nothing that had to wait: what would undo
    it may have been let go."""
    if isinstance(candidate, str):
        count_drop(step.state, correlation.rule_id, candidate)
    elif era == BACKLOG and correlation.pace != "prompt":
        count_drop(step.state, correlation.rule_id, "too_late")
    else:
        _pending(step, correlation.key + era, candidate[0]).candidates.append(candidate[1])


def _pending(step: Step, key: str, name: str) -> Pending:
    if key not in step.queue:
        step.queue[key] = {}
        heappush(step.agenda, step.plan.turn_of[key])
    return step.queue[key].setdefault(name, Pending())


def _take_due(step: Step) -> None:
    """Groups whose timer has run out; timers of what has changed since are void."""
    state, clock = step.state, step.clock
    timers = state.timers
    for heap, now in (
        (timers.due, clock.watermark),
        (timers.ends, clock.settled),
        (timers.backlog_ends, clock.arrived),
    ):
        # A timer is never taken out of a heap before its time: the group knows whether it still
        # means it.
        while heap and heap[0][0] <= now:
            timer = heappop(heap)
            if _meant(state, heap, timer):
                _pending(step, *timer[1:])


def _bring_up_to_date(step: Step, correlation: Correlation, key: str) -> Iterator[Detection]:
    """Every group under one key for which something is pending or due."""
    queue, rule_id = step.queue.pop(key), correlation.rule_id
    is_silent = step.plan.is_silent(rule_id)
    feeds = step.plan.feeds.get(rule_id, ())
    # Sorted: detections come in one order, whichever way the matches came.
    for name in sorted(queue):
        for finding in _turn(step, correlation, key, name, queue[name]):
            for feed in feeds:
                _hand_over(step, feed, correlation, key, name, finding)
            if not is_silent:
                yield _detection(step, correlation, name, finding)


def _turn(
    step: Step, correlation: Correlation, key: str, name: str, pending: Pending
) -> list[Finding]:
    state = step.state
    group = state.groups.get(key, {}).get(name)
    if group is None:
        if not pending.candidates:
            return []
        group = open_group(state, key, name)
        if key.endswith(BACKLOG):
            oldest = min(candidate.time for candidate in pending.candidates)
            group.backlog = Backlog(step.clock.arrived, oldest, oldest)
    state.changes(key, name)
    due, ends = group.due, group.ends
    owner = (step.context.enterprise.enterprise_id, step.context.drill)
    ref = GroupRef(owner, correlation, name, group)
    found = evaluate_group(ref, state, pending, step.clock, step.plan.policy)
    if group.is_spent:
        drop_group(state, key, name)
        return found
    if group.due not in (due, NEVER):
        _set_timer(state, state.timers.due, group.due, key, name)
    if group.ends != ends:
        _set_timer(state, state.timers.ends_of(key), group.ends, key, name)
    return found


def _set_timer(
    state: CorrelationState, heap: list[Timer], moment: Moment, key: str, name: str
) -> None:
    """One more timer; once most of them are void, all are rebuilt from the groups."""
    heappush(heap, (moment, key, name))
    if len(heap) > 2 * state.group_count + TIMERS_SLACK:
        state.forget_timers()


def _hand_over(
    step: Step, feed: Feed, inner: Correlation, key: str, name: str, finding: Finding
) -> None:
    """Put a correlation's detection where it feeds another; take away what it replaces."""
    (outer, position), era = feed, BACKLOG if key.endswith(BACKLOG) else ""
    fields = dict(zip(inner.rule.group_by, texts_of_key(name), strict=True))
    if finding.was is not None and (not finding.is_active or finding.was != finding.time):
        outer_name = finding_group(feed, fields)
        rank = (finding.was, finding.detection_id, position)
        _pending(step, outer.key + era, outer_name).gone.append(rank)
    if finding.opening is not None:
        group = step.state.groups.get(key, {}).get(name)
        behind = () if group is None else tuple(group.waits_for)
        candidate = extract_finding(feed, finding, finding.opening, fields, behind)
        _enqueue(step, outer, era, candidate)


def _detection(step: Step, correlation: Correlation, name: str, finding: Finding) -> Detection:
    head, evidence, source = correlation.rule.head, finding.evidence, correlation.logsource
    enterprise = step.context.enterprise
    said = {
        language: summary_of(
            correlation.rule, fact, texts_of_key(name), evidence.event_count, language
        )
        for language, fact in correlation.facts.items()
    }
    return Detection(
        detection_id=finding.detection_id,
        revision=finding.revision,
        status="active" if finding.is_active else "superseded",
        kind="correlation",
        rule_id=head.rule_id,
        title=head.title,
        title_zh=head.title_zh,
        level=correlation.level,
        tags=head.tags,
        scenario=head.scenario,
        enterprise_id=enterprise.enterprise_id,
        province=enterprise.province,
        time=finding.time,
        first_time=evidence.first_time if evidence.event_count else finding.time,
        last_time=evidence.last_time if evidence.event_count else finding.time,
        received_at=step.clock.received_at,
        event_ids=evidence.event_ids,
        event_count=evidence.event_count,
        entities=evidence.entities,
        product=source.product,
        category=source.category,
        service=source.service,
        summary=said["en"],
        summary_zh=said["zh"],
        late=False,
        drill=step.context.drill,
        rule_set_id=step.context.rule_set_id,
    )
