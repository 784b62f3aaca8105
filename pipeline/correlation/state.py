"""What is remembered of one enterprise's correlations: part of its state record.

Rule 1. A group is one correlation's matches that share their group-by values.
Rule 2. It holds matches, sorted by time, id and source, for as long as a window that may
        still change can reach them: a timespan behind what is settled (event_time/clock.py).
        What is older than that when it comes has groups of its own, the backlog: it meets what
        else comes so late, for as long as that keeps coming.
Rule 3. What leaves while its detection is still open is folded into the detection's evidence.
Rule 4. Everything encoded decides results; everything cached follows from it.
"""

from collections.abc import Mapping
from functools import cached_property
from operator import attrgetter
from typing import TypeAlias

import msgspec

from pipeline.correlation.windows import SlidingWindow
from pipeline.event_time.sources import SourceId
from schemas.detection import Entity, EntityKind
from schemas.moments import NEVER, Moment

CORRELATION_STATE_VERSION = 2

BACKLOG = "~"
"""After a correlation's key: its groups of evidence that was settled when it came."""

EntityKey: TypeAlias = tuple[EntityKind, str, str]
"""Kind, value, role: an Entity without its field names, a third of the bytes."""
Rank: TypeAlias = tuple[Moment, str, int]
"""Time, event id, source: where a match stands; no two matches of a group share it."""


class Inner(msgspec.Struct, frozen=True, array_like=True):
    """What a match that is itself a correlation's detection stands for."""

    first_time: Moment
    last_time: Moment
    event_count: int
    event_ids: tuple[str, ...]


class Held(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One match in a group: `source` is the rule's position in the correlation's `rules`,
    `entities` are positions in the group's pool."""

    time: Moment
    event_id: str
    source: int
    value: float | str | None
    entities: tuple[int, ...]
    inner: Inner | None = None


_encoder = msgspec.msgpack.Encoder()

time_of = attrgetter("time")
rank_of = attrgetter("time", "event_id", "source")


class Evidence(msgspec.Struct, frozen=True, array_like=True):
    """What a detection is made from; `event_ids` and `entities` are cut, the count is not."""

    event_count: int = 0
    first_time: Moment = 0
    last_time: Moment = 0
    event_ids: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()


class Episode(msgspec.Struct, array_like=True):
    """A run of moments at which the condition held, each less than a timespan after the one
    before: one detection. `earlier` is evidence that has left the group. `fingerprint` is of
    all that was last said, `outline` of it without counts and times, `said` the watermark then;
    `waits` says that it has grown since."""

    start: Moment
    last: Moment
    detection_id: str = ""
    revision: int = 0
    fingerprint: str = ""
    earlier: Evidence | None = None
    outline: str = ""
    said: Moment = 0
    waits: bool = False


class Withdrawn(msgspec.Struct, frozen=True, array_like=True):
    """A superseded detection that may hold again: its revisions must go on counting."""

    revision: int
    start: Moment


class Backlog(msgspec.Struct, frozen=True, array_like=True):
    """How far back a group of settled evidence reaches: two spans of receipt, each as long as
    the hold, and the oldest event time of what came in each."""

    since: Moment
    oldest: Moment
    oldest_before: Moment


class Cache:
    """What follows from a group's matches and is rebuilt when it is missing."""

    __slots__ = ("pool", "times", "window")

    def __init__(self) -> None:
        self.window: SlidingWindow | None = None
        self.times: list[list[Moment]] | None = None
        """Of each source, the times of its matches, sorted."""
        self.pool: dict[EntityKey, int] | None = None


class Group(msgspec.Struct, array_like=True, dict=True):
    """One correlation's matches that share their group-by values.

    `fires` are the moments at which the condition held, as far back as they may change, and
    the last one before. `anchors` open the windows of an anchored correlation, `resume` is
    where the last settled one ended. Matches up to `floor` were given up to the quota.
    """

    held: list[Held] = []
    pool: list[EntityKey] = []
    fires: list[Moment] = []
    episodes: list[Episode] = []
    withdrawn: dict[str, Withdrawn] = {}
    anchors: list[Moment] = []
    resume: Moment | None = None
    floor: Moment | None = None
    decided: Moment = 0
    """Event time up to which what had to wait was decided."""
    waits_for: list[SourceId] = []
    """Sources behind the watermark that fed it: it is decided when they have come as far."""
    backlog: Backlog | None = None
    due: Moment = 0
    """The watermark at which the group next has something to do, untouched."""
    ends: Moment = 0
    """What must be settled for the group to be dropped; of a backlog, the moment of receipt."""
    bytes: int = 0

    @cached_property
    def cache(self) -> Cache:
        """Not encoded."""
        return Cache()

    @property
    def is_cached(self) -> bool:
        """Whether anything of that has been made yet."""
        return bool(self.__dict__)

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left that could decide anything."""
        return not (self.held or self.episodes or self.withdrawn)

    @property
    def last_time(self) -> Moment:
        """Its last match, or where its last detection ended."""
        if self.held:
            return self.held[-1].time
        ended = [each.start for each in self.withdrawn.values()]
        return max([*ended, *(each.last for each in self.episodes)])


Timer: TypeAlias = tuple[Moment, str, str]
"""When a group is due, its correlation's key and its own."""


class Timers:
    """Heaps of timers over all correlations: they follow from the groups. Each is held against a
    clock of its own: the watermark, what is settled, and for the backlog the moment of receipt."""

    __slots__ = ("backlog_ends", "due", "ends")

    def __init__(self, groups: Mapping[str, Mapping[str, Group]]) -> None:
        self.due: list[Timer] = []
        self.ends: list[Timer] = []
        self.backlog_ends: list[Timer] = []
        for key, of_key in groups.items():
            self.due += [
                (group.due, key, name) for name, group in of_key.items() if group.due != NEVER
            ]
            self.ends_of(key).extend((group.ends, key, name) for name, group in of_key.items())
        # A sorted list is a heap, and one order whatever the dict's: two workers hold the same.
        for heap in (self.due, self.ends, self.backlog_ends):
            heap.sort()

    def ends_of(self, key: str) -> list[Timer]:
        """Where the ends of this correlation's groups are."""
        return self.backlog_ends if key.endswith(BACKLOG) else self.ends


class CorrelationState(msgspec.Struct, dict=True):
    """One enterprise's correlations.

    `groups` is by correlation key, then by group key (JSON list of the values). `counts` is
    by rule id, then by reason (`DROP_REASONS` in pipeline/correlation/drop_reasons.py): metrics.
    """

    version: int = CORRELATION_STATE_VERSION
    plan_id: str = ""
    settled: Moment = 0
    """Event time that was settled in the last step."""
    groups: dict[str, dict[str, Group]] = {}
    group_count: int = 0
    bytes: int = 0
    counts: dict[str, dict[str, int]] = {}

    @cached_property
    def timers(self) -> Timers:
        """Not encoded."""
        return Timers(self.groups)

    def forget_timers(self) -> None:
        """They are made anew from the groups when they are next asked for."""
        self.__dict__.pop("timers", None)

    @cached_property
    def packed(self) -> "PackedGroups":
        """Not encoded itself."""
        return PackedGroups(self.groups)

    def changes(self, key: str, name: str) -> None:
        """Whoever is about to change a group says so: what is kept packed is not it any more."""
        self.packed.stale.setdefault(key, {})[name] = None

    def with_groups_packed(self) -> "CorrelationState":
        """The same to an encoder, which copies what is kept packed."""
        return msgspec.structs.replace(self, groups=self.packed.renew(self.groups))


class PackedGroups:
    """Groups as they were last encoded: few of an enterprise's change in a batch."""

    __slots__ = ("of_key", "packed", "stale")

    def __init__(self, groups: Mapping[str, Mapping[str, Group]]) -> None:
        self.stale: dict[str, dict[str, None]] = {key: dict.fromkeys(groups[key]) for key in groups}
        """Those that have changed since, by correlation key."""
        self.packed: dict[str, dict[str, msgspec.Raw]] = {}
        self.of_key: dict[str, msgspec.Raw] = {}
        """All groups of a correlation key as one."""

    def renew(self, groups: Mapping[str, Mapping[str, Group]]) -> dict[str, msgspec.Raw]:
        """By correlation key, all groups as they are now."""
        for key, names in self.stale.items():
            held, packed = groups.get(key, {}), self.packed.setdefault(key, {})
            for name in names:
                group = held.get(name)
                if group is None:
                    packed.pop(name, None)
                else:
                    # Raw is copied as it is: encoding a state costs the groups that changed.
                    packed[name] = msgspec.Raw(_encoder.encode(group))
            if packed:
                self.of_key[key] = msgspec.Raw(_encoder.encode(packed))
            else:
                del self.packed[key]
                self.of_key.pop(key, None)
        self.stale = {}
        return self.of_key
