"""From the spools to Kafka: signed, in order, with bounds on what is on its way (shell, a thread).

Whatever goes wrong, the batches that Kafka has not acknowledged are sent again under the same
numbers, after a pause; nothing is given up.
"""

import time
from collections import deque
from collections.abc import Iterator, Mapping
from threading import Event
from typing import Any

import msgspec

from pipeline.agent.metrics import Metrics
from pipeline.agent.receipts import Answers
from pipeline.agent.spool import Spool, SpooledBatch
from pipeline.app.delivery import Backoff
from pipeline.app.publishing import IN_FLIGHT, IN_FLIGHT_BYTES, SILENT_S, Sender, sign_chunk
from pipeline.app.traces import SentBatch, Traces
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import producing
from pipeline.kafka.faults import KafkaFault, explain_refusal

DRAIN_S = 5.0
"""When the agent ends, what is cut is sent for so long; the rest stays in the spool."""
IDLE_S = 0.2


class Ending(Exception):
    """The agent ends before Kafka has everything."""


class OnItsWay(msgspec.Struct, frozen=True):
    """A batch that was sent and is not acknowledged."""

    cursor: "Cursor"
    batch: SpooledBatch
    future: Any
    trace: SentBatch


class Cursor:
    """How far one input's spool was read for sending."""

    def __init__(self, name: str, spool: Spool) -> None:
        self.name = name
        self.spool = spool
        self._place = spool.acknowledged
        self._batches: Iterator[SpooledBatch] = iter(())

    def next(self) -> SpooledBatch | None:
        """The next batch that is cut; None when there is none yet."""
        batch = next(self._batches, None)
        if batch is None:
            self._batches = self.spool.read(self._place)
            batch = next(self._batches, None)
        if batch is not None:
            self._place = batch.after
        return batch


class Forwarder:
    """Sends what the spools hold until it is told to stop; `fault` says why nothing moves."""

    def __init__(
        self,
        access: KafkaAccess,
        topic: str,
        sender: Sender,
        spools: Mapping[str, Spool],
        answers: Answers,
        metrics: Metrics,
        traces: Traces,
    ) -> None:
        self._access = access
        self._topic = topic
        self._sender = sender
        self._spools = spools
        self._answers = answers
        self._metrics = metrics
        self._traces = traces
        self._stop = Event()
        self._deadline_s = float("inf")
        self._on_its_way: deque[OnItsWay] = deque()
        self._bytes = 0
        self.heard_s = time.monotonic()
        """When Kafka last acknowledged, or nothing was waited for."""
        self.fault = "not connected yet"

    def stop(self) -> None:
        """End when all is sent that is cut, or soon."""
        self._deadline_s = time.monotonic() + DRAIN_S
        self._stop.set()

    def run(self) -> None:
        """Until `stop`; the thread's body."""
        from kafka.errors import KafkaError

        attempt = 0
        while not self._is_over():
            heard_s = self.heard_s
            try:
                with producing(self._access) as producer:
                    self._forward(producer)
            except Ending:
                return
            except KafkaFault as fault:
                self.fault = str(fault)
            except (KafkaError, OSError) as fault:
                self.fault = str(explain_refusal(fault, self._access.bootstrap, self._access.who))
            else:
                return
            # Acknowledged since: the pause begins anew.
            attempt = attempt + 1 if self.heard_s == heard_s else 1
            self._stop.wait(Backoff().pause_s(attempt))

    def _is_over(self) -> bool:
        return self._stop.is_set() and time.monotonic() >= self._deadline_s

    def _forward(self, producer: Any) -> None:
        """Until there is nothing left to send after `stop`; raises what Kafka refuses."""
        cursors = [Cursor(name, spool) for name, spool in self._spools.items()]
        self._on_its_way.clear()
        self._bytes = 0
        self._answers.pace.lost_sight(time.monotonic())
        self.fault = ""
        while True:
            sent = [cursor for cursor in cursors if self._send_next(producer, cursor)]
            while self._on_its_way and (
                len(self._on_its_way) >= IN_FLIGHT
                or self._bytes >= IN_FLIGHT_BYTES
                or self._on_its_way[0].future.is_done
            ):
                self._await_first()
            if not sent and self._on_its_way:
                self._await_first()
            elif not sent:
                self.heard_s = time.monotonic()
                if self._stop.wait(IDLE_S):
                    return

    def _send_next(self, producer: Any, cursor: Cursor) -> bool:
        batch = cursor.next() if self._answers.may_send() else None
        if batch is None:
            return False
        manner = batch.manner
        headers = sign_chunk(
            self._sender, batch.chunk, manner.format, manner.drill, manner.time_zone
        )
        # Owed before it goes out: killed in between, the agent is slower than it had to be, and
        # never over its quota.
        self._answers.sent(batch.chunk)
        trace = self._traces.send(self._topic, manner.enterprise_id, batch.chunk)
        future = producer.send(
            self._topic,
            key=manner.enterprise_id.encode(),
            value=batch.chunk.value,
            headers=[*headers.items(), *trace.headers.items()],
        )
        self._on_its_way.append(OnItsWay(cursor, batch, future, trace))
        self._bytes += batch.chunk.size
        return True

    def _await_first(self) -> None:
        """Wait a while for the first; raises what became of it, or Ending."""
        from kafka.errors import KafkaTimeoutError

        first = self._on_its_way[0]
        try:
            at = first.future.get(timeout=IDLE_S)
        except KafkaTimeoutError:
            if first.future.is_done:
                raise
            self._note_silence()
            return
        self._on_its_way.popleft()
        first.trace.acknowledged(at.partition, at.offset)
        self._acknowledge(first)

    def _note_silence(self) -> None:
        if self._is_over():
            raise Ending
        silent_s = time.monotonic() - self.heard_s
        if silent_s > SILENT_S:
            self.fault = f"{self._access.bootstrap}: nothing acknowledged for {silent_s:.0f} s"

    def _acknowledge(self, first: OnItsWay) -> None:
        lines = len(first.batch.chunk.lines)
        self._bytes -= first.batch.chunk.size
        self._answers.acknowledged(first.batch.chunk)
        first.cursor.spool.acknowledge(first.batch.after, lines)
        self.heard_s = time.monotonic()
        self.fault = ""
        self._metrics.add("batches_sent", input=first.cursor.name)
        self._metrics.add("lines_sent", lines, input=first.cursor.name)
