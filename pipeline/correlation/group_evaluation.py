"""One group's turn: its matches change, and so do its detections.

Order: what is pending is applied; moments that it can alter are evaluated again; detections
that differ from what was said become findings, those that only grew when they are due; what can
change no more is let go.
"""

import msgspec

from pipeline.correlation.drop_reasons import count_drop
from pipeline.correlation.episodes import (
    cut,
    due_of,
    evidence_of,
    fingerprint,
    grow,
    identify,
    is_all_shown,
    moments,
    outline,
    release,
    settle,
)
from pipeline.correlation.groups import Pending, change
from pipeline.correlation.plan import Correlation
from pipeline.correlation.policy import CorrelationPolicy
from pipeline.correlation.state import (
    Backlog,
    CorrelationState,
    Episode,
    Evidence,
    Group,
    Withdrawn,
)
from pipeline.event_time.clock import Clock
from schemas.moments import NEVER, SECOND, Moment

WAITED_FOR = 8
"""Sources behind the watermark for which one group waits: the furthest behind."""
SOURCE_BYTES = 8
LOOK_AGAIN: Moment = 30 * SECOND
"""How far the watermark goes on before a group that waits for a source is looked at again."""


class Finding(msgspec.Struct, frozen=True):
    """A detection that is new, has grown, or no longer holds.

    `was` is its time as it was last said, None for a new one. `opening` is the evidence with
    which it became true, None where that is what it was: what an outer correlation counts.
    """

    detection_id: str
    revision: int
    is_active: bool
    time: Moment
    was: Moment | None
    evidence: Evidence
    opening: Evidence | None = None


class GroupRef(msgspec.Struct, frozen=True):
    """Where a group stands: whose it is, of which correlation, under which key."""

    owner: tuple[str, ...]
    correlation: Correlation
    name: str
    group: Group


def evaluate_group(
    ref: GroupRef,
    state: CorrelationState,
    pending: Pending,
    clock: Clock,
    policy: CorrelationPolicy,
) -> list[Finding]:
    """Bring one group up to date with what is pending and with the clock."""
    correlation, group = ref.correlation, ref.group
    before, gap = group.bytes, policy.revision_gap_s * SECOND
    changed = change(group, pending)
    decided = max(group.decided, clock.settled, _passed_by(group, pending, clock))
    found: list[Finding] = []
    # Most groups of most correlations never have enough matches: there is nothing to evaluate.
    if group.fires or group.episodes or len(group.held) >= correlation.least_held:
        found = _revise(ref, _since(correlation, changed, group.decided), decided)
        found += _emit_growth(ref, clock.watermark, gap)
    group.decided = decided
    settled = _settled(group, pending, clock)
    settle(correlation, group, settled)
    lost = release(correlation, group, settled, policy.group_matches)
    if lost:
        count_drop(state, correlation.rule_id, "trimmed", lost)
    if not group.is_spent:
        _plan_next(correlation, group, clock, gap)
    state.bytes += group.bytes - before
    return found


def _passed_by(group: Group, pending: Pending, clock: Clock) -> Moment:
    """Event time that the enterprise and the sources behind it that fed the group have passed."""
    fed_by = [source for candidate in pending.candidates for source in candidate.sources]
    if not fed_by and not group.waits_for:
        return clock.watermark
    sources = {*group.waits_for, *fed_by}
    behind = clock.behind(sources)
    group.bytes -= SOURCE_BYTES * len(group.waits_for)
    # Bounded: the furthest behind say when the group may be decided.
    group.waits_for = sorted(behind, key=lambda each: (behind[each], each))[:WAITED_FOR]
    group.bytes += SOURCE_BYTES * len(group.waits_for)
    return min([clock.watermark, *behind.values()])


def _settled(group: Group, pending: Pending, clock: Clock) -> Moment:
    """Event time from before which nothing will come to the group or go from it."""
    if group.backlog is None:
        return clock.settled
    hold, now, known = clock.late_hold_s * SECOND, clock.arrived, group.backlog
    if pending.candidates:
        oldest = min(candidate.time for candidate in pending.candidates)
        known = _reached_back(known, oldest, now, hold)
        group.backlog = known
    return min(known.oldest, known.oldest_before) if now < known.since + 2 * hold else NEVER


def _reached_back(known: Backlog, oldest: Moment, now: Moment, hold: Moment) -> Backlog:
    if now < known.since + hold:
        return Backlog(known.since, min(known.oldest, oldest), known.oldest_before)
    before = known.oldest if now < known.since + 2 * hold else oldest
    return Backlog(now, oldest, before)


def _plan_next(correlation: Correlation, group: Group, clock: Clock, gap: Moment) -> None:
    """When to look at the group again, untouched."""
    group.due = due_of(correlation, group, group.decided)
    for episode in group.episodes:
        if episode.waits:
            group.due = min(group.due, _growth_due(episode, gap))
    # Due and yet undecided: it waits for a source that is behind, and would come up at every step.
    if group.due <= clock.watermark:
        group.due = clock.watermark + LOOK_AGAIN
    group.ends = group.last_time + correlation.span
    if group.backlog is not None:
        group.ends = group.backlog.since + 2 * clock.late_hold_s * SECOND


def _since(correlation: Correlation, changed: Moment | None, decided: Moment) -> Moment | None:
    """The first moment whose evaluation may differ from before; None where there is none."""
    if correlation.pace == "prompt":
        return changed
    return decided + 1 if changed is None else min(changed, decided) + 1


def _revise(ref: GroupRef, since: Moment | None, watermark: Moment) -> list[Finding]:
    if since is None:
        return []
    correlation, group = ref.correlation, ref.group
    removed, shortened = cut(group, since)
    touched = {} if shortened is None else {shortened.start: shortened}
    for moment in moments(correlation, group, since, watermark):
        episode = grow(group, moment, correlation.span)
        touched[episode.start] = episode
    if not removed and not touched:
        return []
    said = {each.detection_id: each for each in [*removed, *touched.values()] if each.revision}
    found = [_emit_change(ref, episode, said, since, watermark) for episode in touched.values()]
    return [*(each for each in found if each), *_withdraw(ref, said)]


def _emit_change(
    ref: GroupRef, episode: Episode, said: dict[str, Episode], since: Moment, watermark: Moment
) -> Finding | None:
    """What is to be said of an episode; its predecessor is taken out of `said`.

    One that began before what changed, and has but more of the same, waits.
    """
    correlation, group = ref.correlation, ref.group
    if said.get(episode.detection_id) is episode and is_all_shown(
        correlation, group, episode, since
    ):
        del said[episode.detection_id]
        episode.waits = True
        return None
    evidence = evidence_of(correlation, group, episode)
    detection_id = identify(correlation, group, episode, ref.owner, ref.name)
    mark = fingerprint(episode, evidence)
    old = said.pop(detection_id, None)
    was = old.start if old else None
    revision = old.revision if old else _last_revision(group, detection_id)
    episode.detection_id, shape = detection_id, outline(episode, evidence)
    if old is not None and (old.fingerprint == mark or _only_grew(old, shape, episode, since)):
        episode.revision, episode.fingerprint = old.revision, old.fingerprint
        episode.outline, episode.said = old.outline, old.said
        episode.waits = old.fingerprint != mark
        return None
    episode.revision, episode.fingerprint = revision + 1, mark
    episode.outline, episode.said, episode.waits = shape, watermark, False
    opening = None
    if episode.start >= since:
        opening = evidence_of(correlation, group, Episode(episode.start, episode.start))
    return Finding(detection_id, episode.revision, True, episode.start, was, evidence, opening)


def _only_grew(old: Episode, shape: str, episode: Episode, since: Moment) -> bool:
    return episode.start < since and old.start == episode.start and old.outline == shape


def _growth_due(episode: Episode, gap: Moment) -> Moment:
    """The watermark at which growth is said: it is final, or the last word is long ago."""
    return min(episode.last, episode.said + gap)


def _emit_growth(ref: GroupRef, watermark: Moment, gap: Moment) -> list[Finding]:
    found = []
    for episode in ref.group.episodes:
        if not episode.waits or watermark < _growth_due(episode, gap):
            continue
        evidence = evidence_of(ref.correlation, ref.group, episode)
        mark, episode.waits = fingerprint(episode, evidence), False
        if mark == episode.fingerprint:
            continue
        episode.fingerprint, episode.said = mark, watermark
        episode.revision += 1
        found.append(
            Finding(
                episode.detection_id,
                episode.revision,
                True,
                episode.start,
                episode.start,
                evidence,
            )
        )
    return found


def _last_revision(group: Group, detection_id: str) -> int:
    withdrawn = group.withdrawn.pop(detection_id, None)
    return withdrawn.revision if withdrawn else 0


def _withdraw(ref: GroupRef, said: dict[str, Episode]) -> list[Finding]:
    """Detections that were said and no longer hold, with what is now known of their time."""
    found = []
    for detection_id, episode in said.items():
        revision = episode.revision + 1
        # Kept, so that a detection that comes true again goes on with the next revision.
        ref.group.withdrawn[detection_id] = Withdrawn(revision, episode.start)
        evidence = evidence_of(ref.correlation, ref.group, episode)
        found.append(Finding(detection_id, revision, False, episode.start, episode.start, evidence))
    return found
