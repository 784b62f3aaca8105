"""What becomes of what the agent sent: its enterprise's receipts, and the pace that they ask for.

`Listener` hears them in a thread of its own (shell); `Answers` belongs to the thread that sends.
Without the right to read them, or without such a topic, the agent sends all the same, as
slowly as one that has not heard its quota, and says that it hears nothing.
"""

import time
from collections import OrderedDict
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event

import msgspec
import structlog

from pipeline.agent.metrics import Metrics
from pipeline.agent.pacing import Owed, Pace
from pipeline.files.replacing import replace_file
from pipeline.intake.batching import Chunk
from pipeline.intake.quota import OVER_QUOTA
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.faults import KafkaFault, explain_refusal
from pipeline.kafka.receipts import reading_receipts
from schemas.moments import ZonedTime
from schemas.quota import Quota
from schemas.receipt import Receipt

log = structlog.get_logger("fenghuo.agent")

AGAIN_S = 30.0
"""After so long it is tried again to listen."""
REMEMBERED = 100_000
"""Batches that were sent and whose receipt is still awaited."""


class Listener:
    """Hears receipts from now on; `fault` says why none is heard, "" while they are.

    `heard` begins with None: what was told before it nobody hears.
    """

    def __init__(self, access: KafkaAccess, topic: str) -> None:
        self.heard: SimpleQueue[Receipt | None] = SimpleQueue()
        self.fault = "not connected yet"
        self._access = access
        self._topic = topic
        self._position: int | None = None
        self._stop = Event()

    def stop(self) -> None:
        """End soon."""
        self._stop.set()

    def run(self) -> None:
        """Until `stop`; the thread's body."""
        from kafka.errors import KafkaError

        while not self._stop.is_set():
            try:
                self._listen()
            except KafkaFault as fault:
                self._say(str(fault))
            except (KafkaError, OSError) as fault:
                why = explain_refusal(fault, self._access.bootstrap, self._access.who)
                self._say(str(why))
            self._stop.wait(AGAIN_S)

    def _listen(self) -> None:
        with reading_receipts(self._access, self._topic) as reader:
            if self._position is None:
                reader.begin_at_end()
                self._position = reader.position
                self.heard.put(None)
            else:  # what was told while the broker was away counts too
                reader.go_on_from(self._position)
            while not self._stop.is_set():
                heard = reader.poll()
                self.fault, self._position = "", reader.position
                for _, receipt in heard:
                    self.heard.put(receipt)

    def _say(self, fault: str) -> None:
        if fault != self.fault:
            log.warning("receipts are not heard", fault=fault)
        self.fault = fault


class Awaited(msgspec.Struct):
    """A batch that was sent: its lines, and when Kafka acknowledged it, 0 while it has not."""

    lines: int
    acknowledged_s: float = 0.0


class Unanswered(msgspec.Struct, frozen=True):
    """Batches that Kafka has and no receipt came for, and since when the first of them waits."""

    batches: int = 0
    since_s: float = 0.0


class Kept(msgspec.Struct, frozen=True):
    """What the next start goes on from: the quota that was told last, and what was owed then."""

    quota: Quota | None
    owed: Owed
    at: ZonedTime


class Answers:
    """The batches that wait for a receipt, and whether another may go."""

    def __init__(
        self, heard: "SimpleQueue[Receipt | None]", folder: Path, metrics: Metrics
    ) -> None:
        self._heard = heard
        self._file = folder / "pace.json"
        self._metrics = metrics
        self._awaited: OrderedDict[str, Awaited] = OrderedDict()
        self._missed: dict[str, Awaited] = {}
        self.unanswered = Unanswered()
        """As of the last look; one value, so that another thread may read it."""
        self.pace = self._restart()

    def may_send(self) -> bool:
        """Whether another batch may go, by all that was heard."""
        while True:
            try:
                receipt = self._heard.get_nowait()
            except Empty:
                self._note_unanswered()
                return self.pace.may_send(time.monotonic())
            if receipt is None:
                self._miss_earlier()
            else:
                self._hear(receipt)

    def sent(self, chunk: Chunk) -> None:
        """It is about to go out, and its receipt is awaited."""
        self.pace.sent(len(chunk.lines), chunk.size)
        self._keep()
        self._awaited[chunk.batch_id] = Awaited(len(chunk.lines))
        if len(self._awaited) > REMEMBERED:
            self._awaited.popitem(last=False)

    def acknowledged(self, chunk: Chunk) -> None:
        """Kafka has it."""
        now_s = time.monotonic()
        self.pace.acknowledged(len(chunk.lines), chunk.size, now_s)
        self._keep()
        if awaited := self._awaited.get(chunk.batch_id):  # its receipt may have been faster
            awaited.acknowledged_s = now_s

    def _miss_earlier(self) -> None:
        # Their receipts may have been told before anybody listened: nothing follows from silence.
        acknowledged = [key for key, each in self._awaited.items() if each.acknowledged_s]
        self._missed |= {key: self._awaited.pop(key) for key in acknowledged}

    def _note_unanswered(self) -> None:
        # Acknowledged in the order in which they were sent: the first waits longest.
        first = next(iter(self._awaited.values()), None)
        if first is None or not first.acknowledged_s:
            self.unanswered = Unanswered()
        else:
            self.unanswered = Unanswered(len(self._awaited), first.acknowledged_s)

    def _hear(self, receipt: Receipt) -> None:
        is_over = any(each.reason == OVER_QUOTA for each in receipt.reasons)
        if self.pace.hear(receipt.quota, is_over, time.monotonic()):
            self._keep()
            log.info("quota", told=msgspec.to_builtins(receipt.quota))
        self._metrics.put("pace_share", self.pace.share)
        awaited = self._awaited.pop(receipt.batch_id, None) or self._missed.pop(
            receipt.batch_id, None
        )
        if awaited is None:  # another sender's, or of before the start
            return
        if receipt.events > awaited.lines:
            self.pace.owe(receipt.events - awaited.lines, 0, time.monotonic())
            self._keep()
        if receipt.is_loss:
            for each in receipt.reasons:
                self._metrics.add("events_refused", each.events, reason=each.reason)
            log.error("events were not taken", **msgspec.to_builtins(receipt))

    def _restart(self) -> Pace:
        """The pace that was gone at last; a file that is away or no such file knows of none."""
        try:
            kept = msgspec.json.decode(self._file.read_bytes(), type=Kept)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return Pace(None, time.monotonic())
        passed_s = (datetime.now(UTC) - kept.at).total_seconds()
        return Pace(kept.quota, time.monotonic(), kept.owed.after(max(0.0, passed_s)))

    def _keep(self) -> None:
        kept = Kept(self.pace.told, self.pace.owed(time.monotonic()), datetime.now(UTC))
        with suppress(OSError):  # a full disk: the next start goes on from what stands there
            replace_file(self._file, msgspec.json.encode(kept))
