"""Moments at which a correlation holds, and the evidence of the detections they make.

Rule 1. A correlation is evaluated where its result can change: its pace says at which moments,
        and each of them looks at exactly one window.
Rule 2. Moments at which it holds belong to one detection while each comes less than a timespan
        after the one before: the window has not emptied in between. Else a new one begins.
Rule 3. A detection is made from every match in the windows of its moments.
Rule 4. All of this is a function of the matches alone. A change at time x can alter moments
        from x on, never before, so only these are evaluated again.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from pipeline.correlation.groups import let_go
from pipeline.correlation.plan import Correlation
from pipeline.correlation.state import Episode, Evidence, Group, Inner, time_of
from schemas.detection import Entity
from schemas.ids import content_id
from schemas.moments import NEVER, Moment


def moments(
    correlation: Correlation, group: Group, since: Moment, watermark: Moment
) -> Iterator[Moment]:
    """Moments from `since` on at which the condition holds, in order.

    Those of a window that begins with a match are decided once the watermark has reached
    its end; a prompt correlation's at once.
    """
    return _MOMENTS[correlation.pace](correlation, group, since, watermark)


def _prompt(
    correlation: Correlation, group: Group, since: Moment, _watermark: Moment
) -> Iterator[Moment]:
    holds, span, held = correlation.condition.holds, correlation.span, group.held
    index = bisect_left(held, since, key=time_of)
    while index < len(held):
        time = held[index].time
        if holds(group, time - span + 1, time + 1):
            yield time
        # All matches of one moment make one evaluation: their order says nothing.
        while index < len(held) and held[index].time == time:
            index += 1


def _absence(
    correlation: Correlation, group: Group, since: Moment, watermark: Moment
) -> Iterator[Moment]:
    holds, span, held = correlation.condition.holds, correlation.span, group.held
    previous: Moment | None = None
    for index in range(bisect_left(held, since - span, key=time_of), len(held)):
        match = held[index]
        if match.time + span > watermark:
            return
        if match.time == previous or match.source not in correlation.openers:
            continue
        previous = match.time
        if holds(group, match.time, match.time + span):
            yield match.time + span


def _anchored(
    correlation: Correlation, group: Group, since: Moment, watermark: Moment
) -> Iterator[Moment]:
    holds, span = correlation.condition.holds, correlation.span
    # Windows follow from one another: one that may have changed moves all that come after it.
    del group.anchors[bisect_left(group.anchors, since - span) :]
    while (anchor := next_anchor(group, span)) is not None and anchor + span <= watermark:
        group.anchors.append(anchor)
        if holds(group, anchor, anchor + span):
            yield anchor + span


_MOMENTS = {"prompt": _prompt, "absence": _absence, "anchored": _anchored}


def next_anchor(group: Group, span: Moment) -> Moment | None:
    """Where the next window of an anchored correlation begins: at the first match after the
    last one's end."""
    start = group.anchors[-1] + span if group.anchors else group.resume
    index = 0 if start is None else bisect_left(group.held, start, key=time_of)
    return group.held[index].time if index < len(group.held) else None


def evidence_bounds(correlation: Correlation, episode: Episode) -> tuple[Moment, Moment]:
    """The half-open span of time that the windows of its moments cover together."""
    if correlation.pace == "prompt":
        return episode.start - correlation.span + 1, episode.last + 1
    return episode.start - correlation.span, episode.last


def cut(group: Group, since: Moment) -> tuple[list[Episode], Episode | None]:
    """Forget moments from `since` on: the episodes that begin there, and the one cut short."""
    del group.fires[bisect_left(group.fires, since) :]
    kept = len(group.episodes)
    while kept and group.episodes[kept - 1].start >= since:
        kept -= 1
    removed = group.episodes[kept:]
    del group.episodes[kept:]
    last = group.episodes[-1] if group.episodes else None
    if last is None or last.last < since:
        return removed, None
    last.last = group.fires[-1]
    return removed, last


def grow(group: Group, moment: Moment, span: Moment) -> Episode:
    """Count one more moment at which the condition held; the episode it belongs to."""
    group.fires.append(moment)
    last = group.episodes[-1] if group.episodes else None
    if last is not None and moment - last.last < span:
        last.last = moment
        return last
    group.episodes.append(Episode(moment, moment))
    return group.episodes[-1]


def settle(correlation: Correlation, group: Group, settled: Moment) -> None:
    """Forget what can change no more: nothing from before `settled` will come or go."""
    if not (group.episodes or group.fires or group.withdrawn or group.anchors):
        return
    span = correlation.span
    group.episodes = [each for each in group.episodes if each.last + span > settled]
    # The last one before stays: a moment to come is held against it (rule 2).
    del group.fires[: max(bisect_left(group.fires, settled) - 1, 0)]
    for detection_id in [
        key for key, each in group.withdrawn.items() if each.start + span <= settled
    ]:
        del group.withdrawn[detection_id]
    ended = bisect_right(group.anchors, settled - span)
    if ended:
        group.resume = group.anchors[ended - 1] + span
        del group.anchors[:ended]


def due_of(correlation: Correlation, group: Group, decided: Moment) -> Moment:
    """The watermark at which the group, left alone, next decides something."""
    span = correlation.span
    if correlation.pace == "anchored":
        anchor = next_anchor(group, span)
        return NEVER if anchor is None else anchor + span
    if correlation.pace == "prompt":
        return NEVER
    for index in range(bisect_right(group.held, decided - span, key=time_of), len(group.held)):
        if group.held[index].source in correlation.openers:
            return group.held[index].time + span
    return NEVER


EVENT_IDS = 100
ENTITIES = 64


def evidence_of(correlation: Correlation, group: Group, episode: Episode) -> Evidence:
    """All of an episode's evidence: up to 100 event ids, entities of the events up to there."""
    low, high = _bounds(correlation, group, episode)
    return _joined(correlation, group, episode.earlier or Evidence(), low, high)


def _joined(
    correlation: Correlation, group: Group, earlier: Evidence, low: int, high: int
) -> Evidence:
    if low >= high:
        return earlier
    count, first_time, last_time = _extent(correlation, group, low, high)
    event_ids, indexes = dict.fromkeys(earlier.event_ids), dict[int, None]()
    for held in islice(group.held, low, high):
        if len(event_ids) >= EVENT_IDS:
            break
        if held.inner is None:
            event_ids[held.event_id] = None
        else:
            event_ids.update(dict.fromkeys(held.inner.event_ids))
        for index in held.entities:
            indexes[index] = None
    pool = group.pool
    entities = dict.fromkeys((*earlier.entities, *(Entity(*pool[index]) for index in indexes)))
    return Evidence(
        event_count=earlier.event_count + count,
        first_time=min(earlier.first_time, first_time) if earlier.event_count else first_time,
        last_time=max(earlier.last_time, last_time) if earlier.event_count else last_time,
        event_ids=tuple(event_ids)[:EVENT_IDS],
        entities=tuple(entities)[:ENTITIES],
    )


def _extent(
    correlation: Correlation, group: Group, low: int, high: int
) -> tuple[int, Moment, Moment]:
    """Events, first and last time of matches; those of inner detections count their events."""
    held = group.held
    if not correlation.has_inner:
        return high - low, held[low].time, held[high - 1].time
    inner = [
        each.inner or Inner(each.time, each.time, 1, (each.event_id,)) for each in held[low:high]
    ]
    return (
        sum(each.event_count for each in inner),
        min(each.first_time for each in inner),
        max(each.last_time for each in inner),
    )


def is_all_shown(correlation: Correlation, group: Group, episode: Episode, since: Moment) -> bool:
    """Whether what came before `since` fills the ids and entities: more changes counts only."""
    low, _ = _bounds(correlation, group, episode)
    before = bisect_left(group.held, since, key=time_of) - low
    earlier = len(episode.earlier.event_ids) if episode.earlier else 0
    return episode.start < since and earlier + before >= EVENT_IDS


def identify(
    correlation: Correlation, group: Group, episode: Episode, owner: Sequence[str], group_name: str
) -> str:
    """The detection's id, derived from its owner, rule, group and first match."""
    # Its first match has left the group: the id is the one that it was given then.
    if episode.earlier is not None:
        return episode.detection_id
    low, _ = _bounds(correlation, group, episode)
    first = group.held[low].event_id
    return content_id("correlation", *owner, correlation.rule_id, group_name, first)


def fingerprint(episode: Episode, evidence: Evidence) -> str:
    """Two revisions with the same say the same."""
    content = msgspec.msgpack.encode((episode.start, evidence))
    return content_id("evidence", content)[:16]


def outline(episode: Episode, evidence: Evidence) -> str:
    """Two revisions with the same differ in counts, times and event ids at most."""
    content = msgspec.msgpack.encode((episode.start, evidence.entities))
    return content_id("outline", content)[:16]


def release(correlation: Correlation, group: Group, settled: Moment, limit: int) -> int:
    """Release matches that decide nothing any more; how many the quota `limit` cost beyond.

    What belongs to the detection that is still open is folded into its evidence.
    """
    if group.held and group.held[0].time >= settled and len(group.held) <= limit:
        return 0
    leaving = bisect_left(group.held, settled - correlation.span + 1, key=time_of)
    if correlation.settled_kept is not None:
        old = bisect_left(group.held, settled, key=time_of)
        # A count of n is decided by its last n: a flood does not make the state grow.
        leaving = max(leaving, old - correlation.settled_kept)
    lost = max(len(group.held) - limit - leaving, 0)
    if lost:
        # What was given up must not be taken in again where its batch comes twice.
        group.floor = group.held[leaving + lost - 1].time
    _fold(correlation, group, leaving + lost)
    let_go(group, leaving + lost)
    return lost


def _fold(correlation: Correlation, group: Group, count: int) -> None:
    """Keep the evidence of the oldest open episode that is about to leave."""
    if not count or not group.episodes:
        return
    episode = group.episodes[0]
    low, high = _bounds(correlation, group, episode)
    if low < min(high, count):
        earlier = episode.earlier or Evidence()
        episode.earlier = _joined(correlation, group, earlier, low, min(high, count))


def _bounds(correlation: Correlation, group: Group, episode: Episode) -> tuple[int, int]:
    start, end = evidence_bounds(correlation, episode)
    low = bisect_left(group.held, start, key=time_of)
    return low, bisect_left(group.held, end, lo=low, key=time_of)
