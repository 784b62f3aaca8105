"""The sequencer: of what was delivered, the records to apply, each once and in order.

    offset < expected   applied before                         skip
    offset = expected   the next one                           apply
    offset > expected   something is missing before it         gap

A gap is either the consumer's (records were skipped: go back to the expected one) or the
log's (there are no such records: retention deleted them, or the offsets belong to
transaction markers). Only the log can tell: `mend_gap` is given its first offset at or after
the expected one.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Literal, Protocol, TypeAlias

import msgspec
import structlog

from pipeline.worker.ledger import Ledger, TopicPartition
from pipeline.worker.metrics import Metrics
from schemas.batch import Record

AWAITED_S = 3.0
"""How long a record may take to come after the consumer was sent back for it."""

log = structlog.get_logger("fenghuo.worker")


Verdict: TypeAlias = Literal["apply", "skip", "gap"]


class Delivered(Protocol):
    """A record as the consumer handed it over, and the group's generation at its fetching."""

    @property
    def record(self) -> Record: ...

    @property
    def generation(self) -> int: ...

    def ack(self) -> None: ...


class ReadAgain(msgspec.Struct, frozen=True, eq=False):
    """A record that was delivered in this generation, and asked for once more since."""

    record: Record
    generation: int

    def ack(self) -> None:
        """It was when its value was let go of."""


class Log(Protocol):
    """The source topics themselves, asked apart from the consumer."""

    def name_of(self, topic: str) -> str:
        """The name of the log that the topic is now; see rule 6 of the ledger."""

    async def start_of(self, place: TopicPartition) -> int:
        """The partition's first offset."""

    async def first_from(self, place: TopicPartition, offset: int) -> int | None:
        """The first offset at or after this one that holds a record; None: there is none yet."""

    async def records_from(self, place: TopicPartition, offset: int) -> list[Record]:
        """Some records at or after this offset, in order; none where the broker does not answer."""

    async def seek(self, place: TopicPartition, offset: int) -> None:
        """Make the consumer read on from here."""


class Missing(msgspec.Struct, frozen=True):
    """Offsets `first` to `last` do not exist; `expired` if retention deleted them."""

    topic: str
    partition: int
    first: int
    last: int
    expired: bool


class Expectations:
    """The next offset of each partition, since the last assignment."""

    def __init__(self) -> None:
        self._next: dict[TopicPartition, int] = {}
        self._seeks: dict[TopicPartition, int] = {}

    def clear(self) -> None:
        """After an assignment: what was known may be out of date."""
        self._next.clear()
        self._seeks.clear()

    def is_known(self, place: TopicPartition) -> bool:
        """Whether the partition has been seen since the last assignment."""
        return place in self._next

    def expect(self, place: TopicPartition, offset: int) -> None:
        """Reading goes on at this offset."""
        self._next[place] = offset

    def expected(self, place: TopicPartition) -> int:
        """The next offset to apply."""
        return self._next[place]

    def is_sought(self, place: TopicPartition) -> bool:
        """Whether the consumer is about to be sent back: nothing of this step is the next."""
        return place in self._seeks

    def judge(self, place: TopicPartition, offset: int) -> Verdict:
        """What to do with the record at this offset; the partition must be known."""
        expected = self._next[place]
        if offset == expected:
            self._next[place] = offset + 1
            return "apply"
        return "skip" if offset < expected else "gap"

    def mend_gap(
        self, place: TopicPartition, offset: int, log_start: int, first: int
    ) -> Missing | None:
        """Judge a gap before `offset`, the log starting at `log_start` and holding `first`.

        `first` is the log's first offset at or after the expected one. Returns what is
        missing, after which `offset` can be judged again; or None where records were
        skipped, and reading must go back to the expected offset (`take_seeks`).
        """
        expected = self._next[place]
        # The log has records before this one: the consumer skipped them.
        if first < offset:
            self._seeks[place] = expected if first == expected else first
        if first > expected:
            self._next[place] = min(first, offset)
            last = self._next[place] - 1
            return Missing(place[0], place[1], expected, last, expired=log_start > expected)
        return None

    def take_seeks(self) -> dict[TopicPartition, int]:
        """Where the consumer must go back to; forgotten once taken."""
        seeks, self._seeks = self._seeks, {}
        return seeks


class Sequencer:
    """Holds each record against its partition's position and its state's last offset."""

    def __init__(self, ledger: Ledger, source: Log, metrics: Metrics) -> None:
        self._ledger = ledger
        self._log = source
        self._metrics = metrics
        self._expectations = Expectations()
        self._missing: list[tuple[Missing, Record]] = []
        self._sent_back_s: dict[TopicPartition, float] = {}
        self._left_out: dict[TopicPartition, int] = {}
        self._looked_at: dict[TopicPartition, int] = {}

    def clear(self) -> None:
        """After an assignment: expectations are taken from the ledger anew."""
        self._expectations.clear()
        self._sent_back_s.clear()
        self._looked_at.clear()

    def next_offset(self, place: TopicPartition) -> int | None:
        """The next offset to apply; None where the partition was not seen since assignment."""
        is_known = self._expectations.is_known(place)
        return self._expectations.expected(place) if is_known else None

    async def fresh(self, delivered: Sequence[Delivered]) -> list[Delivered]:
        """Those to apply now. What is skipped was applied before or will come again."""
        return [each for each in delivered if await self._is_fresh(each.record)]

    def leave_out(self, offsets: Iterable[tuple[TopicPartition, int]]) -> None:
        """Not all of these could be taken when they came: without a later one, nothing tells."""
        for place, offset in offsets:
            self._left_out[place] = max(offset, self._left_out.get(place, 0))

    async def read_again(self, place: TopicPartition, offset: int) -> list[Record]:
        """Some records from this one on, as the log has them now."""
        return await self._log.records_from(place, offset)

    def take_missing(self) -> list[tuple[Missing, Record]]:
        """Offsets that retention deleted, each with the record met instead; forgotten then."""
        missing, self._missing = self._missing, []
        return missing

    async def go_back(self) -> None:
        """Send the consumer back to where it skipped records."""
        for place, offset in self._expectations.take_seeks().items():
            self._metrics.add("gaps")
            log.warning("records skipped by the consumer", place=place, back_to=offset)
            await self._send_back(place, offset)

    async def go_back_again(self, partitions: AbstractSet[int]) -> None:
        """Send the consumer back for what was left out or has not come, though nothing else came.

        Only in these partitions: the others have a new owner, who reads them by the ledger.
        """
        left_out, self._left_out = self._left_out, {}
        for place, offset in left_out.items():
            if place[1] in partitions and await self._expected(place) <= offset:
                log.info("records came too early", place=place)
                await self._send_back(place, await self._expected(place))
        for place in [*self._sent_back_s]:
            if not self._is_awaited(place):
                await self._send_back(place, self._expectations.expected(place))

    async def resume_stalled(self, ends: Mapping[TopicPartition, int]) -> None:
        """Send the consumer back where records wait and none was taken since the last look.

        `ends` is the end of each place's log. Whatever made the consumer stand still, reading
        goes on; where records are only slow to come, they come once more and are skipped. Where
        no record is left before the end (only markers of transactions), none is waited for.
        """
        for place, end in ends.items():
            expected = await self._expected(place)
            # Two looks with nothing in between: at one look records may just be on their way.
            if expected < end and self._looked_at.get(place) == expected:
                await self._resume_stalled(place, expected, end)
            self._looked_at[place] = self._expectations.expected(place)

    async def _resume_stalled(self, place: TopicPartition, expected: int, end: int) -> None:
        if await self._log.first_from(place, expected) is None:
            self._pass_over(Missing(*place, expected, end - 1, expired=False))
            self._expectations.expect(place, end)
            return
        self._metrics.add("stalls")
        log.warning("the consumer stood still", place=place, back_to=expected, end=end)
        await self._send_back(place, expected)

    def name_of(self, topic: str) -> str:
        """The name of the log that the topic is now."""
        return self._log.name_of(topic)

    async def _send_back(self, place: TopicPartition, offset: int) -> None:
        await self._log.seek(place, offset)
        self._sent_back_s[place] = time.monotonic()

    async def _expected(self, place: TopicPartition) -> int:
        if not self._expectations.is_known(place):
            await self._expect(place)
        return self._expectations.expected(place)

    async def _is_fresh(self, record: Record) -> bool:
        place = (record.topic, record.partition)
        await self._expected(place)
        if self._expectations.is_sought(place):
            return False
        verdict = self._expectations.judge(place, record.offset)
        # What was on its way when the consumer was sent back shows the same gap once more.
        if verdict == "gap" and self._is_awaited(place):
            return False
        if verdict == "gap" and await self._mend(place, record):
            verdict = self._expectations.judge(place, record.offset)
        if verdict == "skip":
            self._metrics.add("records_skipped")
        if verdict == "apply":
            self._expectations.expect(place, record.next_offset)
            self._sent_back_s.pop(place, None)
        return verdict == "apply"

    def _is_awaited(self, place: TopicPartition) -> bool:
        """Whether the consumer was sent back just now: what still comes was on its way."""
        return time.monotonic() - self._sent_back_s.get(place, -AWAITED_S) < AWAITED_S

    async def _expect(self, place: TopicPartition) -> None:
        position = self._ledger.position(place[1], self._log.name_of(place[0]))
        offset = await self._log.start_of(place) if position is None else position.next_offset
        self._expectations.expect(place, offset)

    async def _mend(self, place: TopicPartition, record: Record) -> bool:
        """Whether the record can be judged again, the log itself having the gap."""
        expected = self._expectations.expected(place)
        start = await self._log.start_of(place)
        found = await self._log.first_from(place, expected)
        first = record.offset if found is None else found
        missing = self._expectations.mend_gap(place, record.offset, start, first)
        if missing is not None and missing.expired:
            self._missing.append((missing, record))
        if missing is not None:
            self._pass_over(missing)
        return not self._expectations.is_sought(place)

    def _pass_over(self, missing: Missing) -> None:
        """Offsets without a record: markers of transactions, aborted records, or retention."""
        cause = "expired" if missing.expired else "never_held_a_record"
        self._metrics.add("offsets_missing", missing.last - missing.first + 1, cause=cause)
        tell = log.error if missing.expired else log.info
        tell("offsets missing", cause=cause, missing=missing)
