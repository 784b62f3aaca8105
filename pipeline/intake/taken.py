"""Which batches were taken before: ranges of sequence numbers, and the last batch ids.

Rule 1. A sender numbers the batches of a stream and uses no number of it twice for different
        batches. So a batch is known by its number for good: numbers without a gap are one range.
Rule 2. A batch is known by its id too, whatever its number, among the last `RECENT_MAX` taken.
Rule 3. A stream whose first or last number comes with another batch has begun anew under its
        old name, against rule 1. Its numbers are not believed any more: to take a batch twice
        is told by the ids of its events, and to leave one out is not to be mended.
Rule 4. Streams beyond `STREAMS_MAX`, and ranges beyond `RANGES_MAX` in one, are forgotten,
        those that rested longest first. Until Kafka has deleted their records too, what they
        may have held cannot be known: whatever is taken then says so.
"""

from bisect import bisect_right
from functools import cached_property

import msgspec

from schemas.batch import Batch
from schemas.ids import content_id
from schemas.moments import DAY, Moment
from schemas.topics import TOPICS

RECENT_MAX = 1_024  # for senders that number nothing, and retries out of order
STREAMS_MAX = 512
RANGES_MAX = 32
RETENTION: Moment = next(topic.days for topic in TOPICS if topic.role == "events") * DAY

NO_STREAM = "no_stream"
SEQUENCE_REUSED = "sequence_reused"
STREAM_FORGOTTEN = "stream_forgotten"


class Numbered(msgspec.Struct, frozen=True, array_like=True):
    """A number of a stream, and the fingerprint of the batch that had it."""

    sequence: int
    batch: int


class Stream(msgspec.Struct, array_like=True):
    """The numbers taken of one stream: ranges in order, none touching the next."""

    first: Numbered
    last: Numbered
    starts: list[int]
    ends: list[int]
    """One past the last number of each range."""
    touched: Moment
    doubtful_until: Moment = 0
    reused: bool = False


class TakenState(msgspec.Struct, dict=True):
    """What is remembered of an enterprise's batches; part of its state record."""

    recent: list[int] = []
    """Fingerprints of the last batch ids taken, oldest first."""
    streams: dict[int, Stream] = {}
    """By fingerprint of key and stream; the one that rested longest first."""
    doubtful_until: Moment = 0
    """Until then a stream that seems new may be one that was forgotten."""

    @cached_property
    def known(self) -> set[int]:
        """The recent ones, to be looked up; not encoded."""
        return set(self.recent)


class Verdict(msgspec.Struct, frozen=True):
    """Whether the batch was taken before; `unverified` is why that cannot be known, or ""."""

    is_repeat: bool
    unverified: str = ""


def take(state: TakenState, batch: Batch) -> Verdict:
    """Judge a batch, and remember it as taken."""
    fingerprint = _fingerprint("batch_id", batch.batch_id)
    is_recent = fingerprint in state.known
    if not is_recent:
        state.recent.append(fingerprint)
        state.known.add(fingerprint)
        if len(state.recent) > RECENT_MAX:
            state.known.discard(state.recent.pop(0))
    if not batch.stream:
        return Verdict(is_recent, "" if is_recent else NO_STREAM)
    number = Numbered(batch.sequence, fingerprint)
    stream = _touch(state, batch, number)
    is_repeat = _has(stream, number)
    if not is_repeat:
        _add(stream, batch.sequence, batch.received_at)
        stream.last = max(stream.last, number, key=lambda one: one.sequence)
    if is_recent or is_repeat:
        return Verdict(is_repeat=True)
    if stream.reused:
        return Verdict(False, SEQUENCE_REUSED)
    return Verdict(False, STREAM_FORGOTTEN if batch.received_at < stream.doubtful_until else "")


def _fingerprint(kind: str, *parts: str) -> int:
    """60 bits."""
    return int(content_id(kind, *parts)[:15], 16)


def _touch(state: TakenState, batch: Batch, number: Numbered) -> Stream:
    """The batch's stream, moved to the end of those that rest; begun where it is new."""
    # By the key too: in a drill its organiser and the enterprise may name their streams alike.
    key = _fingerprint("stream", batch.key_id, batch.stream)
    now = batch.received_at
    stream = state.streams.pop(key, None)
    if stream is None:
        _make_room(state, now)
        doubtful = state.doubtful_until if now < state.doubtful_until else 0
        stream = Stream(number, number, [], [], now, doubtful)
    stream.touched = max(stream.touched, now)
    state.streams[key] = stream
    return stream


def _make_room(state: TakenState, now: Moment) -> None:
    while len(state.streams) >= STREAMS_MAX:
        oldest = state.streams.pop(next(iter(state.streams)))
        if now < oldest.touched + RETENTION:
            # As long as Kafka keeps its records somebody may read them again from the beginning.
            state.doubtful_until = max(state.doubtful_until, oldest.touched + RETENTION)


def _has(stream: Stream, number: Numbered) -> bool:
    """Whether the number was taken, by this batch as far as that can be told (rule 3)."""
    for known in (stream.first, stream.last):
        if known.sequence == number.sequence and known.batch != number.batch:
            stream.reused = True
    if stream.reused:
        return False
    at = bisect_right(stream.starts, number.sequence) - 1
    return at >= 0 and number.sequence < stream.ends[at]


def _add(stream: Stream, sequence: int, now: Moment) -> None:
    """Put the number into the ranges, where it may close a gap."""
    at = bisect_right(stream.starts, sequence)
    if at > 0 and sequence < stream.ends[at - 1]:
        return
    joins_left = at > 0 and stream.ends[at - 1] == sequence
    joins_right = at < len(stream.starts) and stream.starts[at] == sequence + 1
    start = stream.starts.pop(at - 1) if joins_left else sequence
    if joins_left:
        stream.ends.pop(at - 1)
    end = stream.ends.pop(at - joins_left) if joins_right else sequence + 1
    if joins_right:
        stream.starts.pop(at - joins_left)
    stream.starts.insert(at - joins_left, start)
    stream.ends.insert(at - joins_left, end)
    if len(stream.starts) > RANGES_MAX:
        # The lowest: a sender goes on with greater numbers, and its gaps are closed near the end.
        del stream.starts[0], stream.ends[0]
        stream.doubtful_until = now + RETENTION
