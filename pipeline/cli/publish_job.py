"""What `fenghuo publish` sends, what became of it on the way to Kafka, and how to go on (shell)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from pipeline.app.awaited_receipts import AwaitedReceipts
from pipeline.app.file_reading import manner_of
from pipeline.app.publishing import LARGEST_BYTES, Parcel, Resume, Sender
from pipeline.app.traces import NO_TRACES, Traces
from pipeline.cli.terminal import say
from pipeline.files.given_files import NOTE_SUFFIX, is_lasting
from pipeline.intake.batching import Chunk
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.connect import await_broker
from pipeline.kafka.faults import KafkaFault, explain_refusal

REMEMBERED = 50
"""Batches between two notes of how far it has come."""


class PublishJob(msgspec.Struct, frozen=True):
    """What is published: whose, in which format, of which drill, to which topic of which broker."""

    sender: Sender
    format: str
    zone: str
    encoding: str
    drill: str
    topic: str
    bootstrap: str
    traces: Traces = NO_TRACES

    @property
    def destination(self) -> str:
        """What tells two jobs with one file apart."""
        return " ".join((self.bootstrap, self.topic, self.manner, self.drill))

    @property
    def manner(self) -> str:
        """How the lines are to be read."""
        return manner_of(self.format, self.zone, self.encoding)

    def parcel(self, chunk: Chunk) -> Parcel:
        """A chunk of this job."""
        return Parcel(self.sender, chunk, self.format, self.drill, self.zone)


class Tally(msgspec.Struct):
    """What Kafka acknowledged of one file; `left_out` are events that are too large to send."""

    file: str
    batches: int = 0
    events: int = 0
    skipped_batches: int = 0
    left_out: int = 0


def note_beside(file: Path, job: PublishJob) -> Path:
    """Where it stands how far a file was sent."""
    return file.with_name(f"{file.name}.{job.sender.enterprise_id}{NOTE_SUFFIX}")


class Counting:
    """Counts what is acknowledged of one file, says what is not, and notes which receipts are to
    come."""

    def __init__(self, file: Path, access: KafkaAccess, awaited: AwaitedReceipts) -> None:
        self.file = file
        self.tally = Tally(str(file))
        self._access = access
        self._awaited = awaited

    def acknowledged(self, parcel: Parcel, place: tuple[int, int]) -> None:
        """One more, in order."""
        self.tally.batches += 1
        self.tally.events += len(parcel.chunk.lines)
        self._awaited.sent(place)

    def left_out(self, parcel: Parcel) -> None:
        """Say which: nobody else will hear of it."""
        self.tally.left_out += len(parcel.chunk.lines)
        begins = parcel.chunk.value[:60].decode("utf-8", "replace")
        say(
            f"{self.file}: an event of {parcel.chunk.size} bytes, {LARGEST_BYTES} are the most; "
            f"left out; it begins {begins!r}",
            err=True,
        )

    def silent(self, waited_s: float) -> None:
        """Say why nothing moves, as far as can be found out."""
        try:
            await_broker(self._access, 0)
            why = "the broker is there and acknowledges nothing"
        except KafkaFault as fault:
            why = fault.problem
        say(f"{why}; waiting for {waited_s:.0f} s (Ctrl-C ends)", err=True)


class Notes(Counting):
    """Also notes now and then how far that is."""

    def __init__(
        self, file: Path, job: PublishJob, access: KafkaAccess, awaited: AwaitedReceipts
    ) -> None:
        super().__init__(file, access, awaited)
        self._place = note_beside(file, job)
        self.resume = Resume(self._place, job.destination)
        self._last: Chunk | None = None
        self._is_writable = is_lasting(file)

    def acknowledged(self, parcel: Parcel, place: tuple[int, int]) -> None:
        """One more, in order."""
        super().acknowledged(parcel, place)
        if self._last is None:
            self.tally.skipped_batches = parcel.chunk.sequence
        self._last = parcel.chunk
        if self.tally.batches % REMEMBERED == 0:
            self.keep()

    def keep(self) -> None:
        """Note it; where nothing can be written, a later call begins from the beginning."""
        if self._last is None or not self._is_writable:
            return
        try:
            self.resume.acknowledge(self._last.sequence + 1, self._last.batch_id)
        except OSError as fault:
            self._is_writable = False
            say(
                f"{self._place}: {fault.strerror}: how far this run came cannot be noted, so "
                "an interrupted one begins anew (nothing counts twice)",
                err=True,
            )


@contextmanager
def publishing_faults_told(job: PublishJob, counting: Counting) -> Iterator[None]:
    """How far it came, and how to go on, where Kafka does not acknowledge."""
    from kafka.errors import KafkaError

    try:
        yield
    except KafkaError as fault:
        why = explain_refusal(fault, job.bootstrap, "the publisher")
        raise click.ClickException(
            f"{counting.file}: {counting.tally.events} events acknowledged, then {why.problem}; "
            f"{why.remedy}, and call again to go on from there"
        ) from fault
