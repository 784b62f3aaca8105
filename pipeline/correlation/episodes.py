"""Moments at which a correlation holds, and the detections they make.

Rule 1. A correlation is evaluated where its result can change: its pace says at which moments,
        and each of them looks at exactly one window.
Rule 2. Moments at which it holds belong to one detection while each comes less than a timespan
        after the one before: the window has not emptied in between. Else a new one begins.
Rule 3. A detection is made from every match in the windows of its moments.
Rule 4. All of this is a function of the matches alone. A change at time x can alter moments
        from x on, never before, so only these are evaluated again.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from pipeline.correlation.plan import Correlation
from pipeline.correlation.state import NEVER, Episode, Group, time_of
from schemas.moments import Moment


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
