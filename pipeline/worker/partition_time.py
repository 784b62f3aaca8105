"""What time it is in a partition: the shell's clock must not run ahead of the records.

While records wait, an enterprise that looks silent may only not have been read yet; moved on by
the shell's clock, it would find its own backlog late. The time is then that at which the last
record applied was received. Where that is not known either, there is no time, and timers wait.
"""

from collections import defaultdict
from collections.abc import Mapping

from pipeline.worker.contiguity import TopicPartition
from schemas.moments import Moment


class PartitionTime:
    """How far each partition of each topic has come, in time of receipt."""

    def __init__(self) -> None:
        self._reached: dict[TopicPartition, Moment] = {}

    def reach(self, place: TopicPartition, received_at: Moment) -> None:
        """A record that was received then is applied."""
        self._reached[place] = max(received_at, self._reached.get(place, received_at))

    def read(self, waiting: Mapping[TopicPartition, int | None], now: Moment) -> dict[int, Moment]:
        """The time in each partition; one that is left out has none.

        `waiting` is how many records of each topic and partition are not applied yet, None
        where nobody knows.
        """
        found: defaultdict[int, list[Moment]] = defaultdict(list)
        unknown: set[int] = set()
        for place, count in waiting.items():
            reached = now if count == 0 else self._reached.get(place)
            if reached is None:
                unknown.add(place[1])
            else:
                found[place[1]].append(reached)
        return {each: min(now, *found[each]) for each in found if each not in unknown}
