"""What a detection is made from, and how it differs from what was said before."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import islice

import msgspec

from pipeline.correlation.episodes import evidence_bounds
from pipeline.correlation.groups import let_go
from pipeline.correlation.plan import Correlation
from pipeline.correlation.state import Episode, Evidence, Group, Inner, time_of
from schemas.detection import Entity
from schemas.ids import content_id
from schemas.moments import Moment

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
        leaving = max(leaving, old - correlation.settled_kept)
    lost = max(len(group.held) - limit - leaving, 0)
    if lost:
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
