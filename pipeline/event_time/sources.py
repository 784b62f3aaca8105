"""The sources of one enterprise: how far each host or sensor has come, packed for the state.

Rule 1. A source is live for as long as the moment of its last receipt is within the idle limit.
Rule 2. The front is the greatest event time of the live sources. A live source is timely while
        it is no further behind the front than the policy allows; else it is behind.
Rule 3. Nothing here is ever ahead of its own receipt, so no clock moves anything into the future.

The packed rows decide everything; the index and the heap follow from them and are not encoded.
"""

from collections.abc import Iterator
from functools import cached_property
from hashlib import blake2b
from heapq import heapify, heappop, heappush, heapreplace
from struct import Struct
from typing import TypeAlias

import msgspec

from pipeline.sigma.memo import by_text

SourceId: TypeAlias = bytes
"""Six bytes of the name's hash: of 20,000 names two are alike once in a million enterprises."""

SHIFT_EARLY_S = 30
SHIFT_DELAY_S = 90
"""A clock that is half hours off, and a delivery that takes a while: the least and the most that
is left over once the half hours are taken away."""
SHIFT_MINUTES = 5
"""Minutes, each with a batch, in which a shift was the same: then it is the zone, not the delay."""
HALF_HOUR_S = 1_800
SOURCE_IDS_KEPT = 65_536
"""Names whose ids are remembered."""
_GREATEST_SHIFT = 28
_ROW = Struct("<6sIIbB")
_LAST_SECOND = 2**32 - 1
_KEPT_SHARE = 0.9


class Row(msgspec.Struct, gc=False):
    """One source; times in whole seconds, rounded down. `place` and `is_queued` follow from what
    else is known and are not packed."""

    source_id: SourceId
    greatest_s: int
    last_s: int
    shift: int
    """Half hours by which its clock is behind its receipt (ahead: negative); 0: no such shift."""
    minutes: int
    """Minutes in which that was so."""
    place: int = -1
    """Where it begins in the packed rows; -1: it is not there yet."""
    is_queued: bool = False
    """Whether it is in the heap of `Order`."""

    def packed(self) -> tuple[SourceId, int, int, int, int]:
        """What is packed, in its order."""
        return self.source_id, self.greatest_s, self.last_s, self.shift, self.minutes


def _source_id(name: str) -> SourceId:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=6).digest()


SOURCE_IDS = by_text(_source_id, SOURCE_IDS_KEPT)
source_id = SOURCE_IDS.__getitem__
"""The id of a source's name."""


class Order:
    """What follows from the rows: the front's holder, and the others by how far they have come."""

    __slots__ = ("front", "lows")

    def __init__(self) -> None:
        self.front: Row | None = None
        self.lows: list[tuple[int, SourceId, Row]] = []
        """A heap; a key may be older than its row and is then corrected when it comes up."""


class Sources(msgspec.Struct, dict=True):
    """All sources that were heard of lately."""

    packed: bytearray = bytearray()

    @cached_property
    def index(self) -> dict[SourceId, Row]:
        """The rows, unpacked; not encoded."""
        rows = [Row(*fields) for fields in _ROW.iter_unpack(self.packed)]
        for number, row in enumerate(rows):
            row.place = number * _ROW.size
        return {row.source_id: row for row in rows}

    @cached_property
    def order(self) -> Order:
        """Not encoded."""
        return Order()

    def __len__(self) -> int:
        return len(self.packed) // _ROW.size

    def rows(self) -> Iterator[Row]:
        """Every source."""
        return iter(self.index.values())

    def get(self, source_id: SourceId) -> Row | None:
        """One source; None where nothing is remembered of it."""
        return self.index.get(source_id)

    def put(self, row: Row) -> None:
        """Remember a source as it is now."""
        if row.place < 0:
            row.place = len(self.packed)
            self.packed += bytes(_ROW.size)
            self.index[row.source_id] = row
        _ROW.pack_into(self.packed, row.place, *row.packed())

    def keep(self, rows: list[Row]) -> int:
        """Remember these only; how many were forgotten."""
        forgotten = len(self) - len(rows)
        if forgotten:
            self.packed = bytearray().join([_ROW.pack(*row.packed()) for row in rows])
            self.__dict__.clear()
        return forgotten


def observe(
    sources: Sources, source_id: SourceId, newest_s: int, offset_s: int, arrived_s: int
) -> Row:
    """A source was heard at `arrived_s`: its newest event, and how far behind its receipt the
    event's own clock is (`offset_s`; ahead: negative)."""
    if not 0 <= newest_s <= _LAST_SECOND or not 0 <= arrived_s <= _LAST_SECOND:
        newest_s, arrived_s = _packable(newest_s), _packable(arrived_s)
    row, shift = sources.index.get(source_id), shift_of(offset_s)
    if row is None:
        row = Row(source_id, newest_s, arrived_s, shift, int(shift != 0))
    else:
        if not shift or shift != row.shift:
            row.shift, row.minutes = shift, int(shift != 0)
        elif arrived_s // 60 > row.last_s // 60:
            row.minutes = min(row.minutes + 1, 255)
        row.greatest_s = max(row.greatest_s, newest_s)
        row.last_s = max(row.last_s, arrived_s)
    sources.put(row)
    _queue(sources.order, row)
    return row


def _packable(seconds: int) -> int:
    """Within 1970 to 2106: a topic whose records carry their sender's time can hold any moment."""
    return min(max(seconds, 0), _LAST_SECOND)


def shift_of(offset_s: int) -> int:
    """Half hours that a clock is behind its receipt, where that is about all that it is behind."""
    half_hours, left_s = divmod(offset_s + SHIFT_EARLY_S, HALF_HOUR_S)
    is_whole = left_s <= SHIFT_EARLY_S + SHIFT_DELAY_S
    return half_hours if is_whole and abs(half_hours) <= _GREATEST_SHIFT else 0


def is_shifted(row: Row) -> bool:
    """Whether its clock has been the same half hours off for long enough to say so."""
    return row.minutes >= SHIFT_MINUTES


def evict(sources: Sources, limit: int) -> int:
    """Forget the stalest once there are more than `limit`; how many."""
    if len(sources) <= limit:
        return 0
    stalest_last = sorted(sources.rows(), key=lambda row: (-row.last_s, row.source_id))
    return sources.keep(stalest_last[: int(limit * _KEPT_SHARE)])


def forget_idle(sources: Sources, since_s: int) -> None:
    """Forget those that were last heard before `since_s`."""
    sources.keep([row for row in sources.rows() if row.last_s >= since_s])


def slowest_timely_s(sources: Sources, live_since_s: int, behind_s: int) -> int | None:
    """How far the slowest timely source has come; None where no source is live (rule 2)."""
    order = sources.order
    front = order.front
    if front is None or front.last_s < live_since_s:
        front = _renew(sources, live_since_s)
    while front is not None:
        greatest_s, lowest, row = order.lows[0]
        if row.last_s < live_since_s or row.greatest_s < front.greatest_s - behind_s:
            heappop(order.lows)
            row.is_queued = False
        elif row.greatest_s > greatest_s:
            heapreplace(order.lows, (row.greatest_s, lowest, row))
        else:
            return greatest_s
    return None


def next_silent_s(sources: Sources, live_since_s: int, behind_s: int) -> int | None:
    """When that source was last heard whose silence changes next what `slowest_timely_s` says:
    the slowest timely one, or the front's holder; None where no source is live."""
    if slowest_timely_s(sources, live_since_s, behind_s) is None:
        return None
    front, (_, _, slowest) = sources.order.front, sources.order.lows[0]
    return slowest.last_s if front is None else min(front.last_s, slowest.last_s)


def _queue(order: Order, row: Row) -> None:
    if order.front is not None and row.greatest_s >= order.front.greatest_s:
        order.front = row
    if not row.is_queued:
        row.is_queued = True
        heappush(order.lows, (row.greatest_s, row.source_id, row))


def _renew(sources: Sources, live_since_s: int) -> Row | None:
    """Find the front and queue all live sources anew: after a restart, and when the front's
    holder has fallen silent."""
    live: list[Row] = []
    for row in sources.rows():
        row.is_queued = row.last_s >= live_since_s
        if row.is_queued:
            live.append(row)
    order = sources.order
    order.front = max(live, key=lambda row: (row.greatest_s, row.source_id), default=None)
    order.lows = [(row.greatest_s, row.source_id, row) for row in live]
    heapify(order.lows)
    return order.front
