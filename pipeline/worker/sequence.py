"""The sequencer: of what was delivered, the records to apply, each once and in order."""

import time
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import structlog

from pipeline.worker.contiguity import Expectations, Missing, TopicPartition
from pipeline.worker.delivered import Delivered, Log
from pipeline.worker.ledger import Ledger
from pipeline.worker.metrics import Metrics
from schemas.batch import Record

AWAITED_S = 3.0
"""How long a record may take to come after the consumer was sent back for it."""

log = structlog.get_logger("fenghuo.worker")


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

    def leave_out(self, records: Iterable[Record]) -> None:
        """Not all of these could be taken when they came: without a later one, nothing tells."""
        for record in records:
            place = (record.topic, record.partition)
            self._left_out[place] = max(record.offset, self._left_out.get(place, 0))

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
