"""`fenghuo publish`: sign the lines of files and send them, with progress and resume."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from pipeline.app.awaited_receipts import AwaitedReceipts
from pipeline.app.publishing import LARGEST_BYTES, Parcel, Resume, Sender, publish_parcels, unsent
from pipeline.cli.file_reading import (
    FileReader,
    encoding_option,
    format_option,
    manner_of,
    stream_of,
    zone_option,
)
from pipeline.cli.kafka_options import KafkaOptions, kafka_options, prefix_option
from pipeline.cli.keys import read_private_key
from pipeline.cli.progress import Progress
from pipeline.cli.receipts import await_receipts
from pipeline.files.given_files import NOTE_SUFFIX, as_file, files_of
from pipeline.intake.batching import LINES_PER_BATCH, Chunk, chunk_lines
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import producing
from pipeline.kafka.connect import await_broker
from pipeline.kafka.faults import KafkaFault, explain_refusal
from pipeline.kafka.preflight import require
from pipeline.kafka.receipts import ReceiptReader, reading_receipts
from pipeline.kafka.rights import Thing
from schemas.topics import receipts_topic, topic_name

REMEMBERED = 50
"""Batches between two notes of how far it has come."""


class Errand(msgspec.Struct, frozen=True):
    """What is published: whose, in which format, of which drill, to which topic of which broker."""

    sender: Sender
    format: str
    zone: str
    encoding: str
    drill: str
    topic: str
    bootstrap: str

    @property
    def destination(self) -> str:
        """What tells two errands with one file apart."""
        return " ".join((self.bootstrap, self.topic, self.manner, self.drill))

    @property
    def manner(self) -> str:
        """How the lines are to be read."""
        return manner_of(self.format, self.zone, self.encoding)

    def parcel(self, chunk: Chunk) -> Parcel:
        """A chunk of this errand."""
        return Parcel(self.sender, chunk, self.format, self.drill, self.zone)


class Tally(msgspec.Struct):
    """What Kafka acknowledged of one file; `left_out` are events that are too large to send."""

    file: str
    batches: int = 0
    events: int = 0
    skipped_batches: int = 0
    left_out: int = 0


@click.command("publish")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True, path_type=Path)
)
@click.option("--enterprise", "enterprise_id", required=True, help="Your id in the registry.")
@format_option
@zone_option
@encoding_option
@click.option("--key-id", required=True, help="The id under which the key is registered.")
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Private key, PEM, of `fenghuo keys new`.",
)
@kafka_options()
@prefix_option
@click.option("--drill", default="", help="Name of the drill that these events belong to.")
@click.option("--restart", is_flag=True, help="Send from the beginning, resuming nothing.")
@click.option("--wait", is_flag=True, help="Wait for the receipts, and fail if all is not taken.")
@click.option(
    "--wait-s",
    type=click.FloatRange(1),
    default=60.0,
    show_default=True,
    help="How long to wait without a receipt.",
)
def publish_command(
    files: tuple[Path, ...],
    enterprise_id: str,
    format: str,
    zone: str,
    encoding: str,
    key_id: str,
    key_file: Path,
    kafka: KafkaOptions,
    prefix: str,
    drill: str,
    restart: bool,
    wait: bool,
    wait_s: float,
) -> None:
    """Sign and send the events of FILES, of the files in folders, or of standard input (-), in
    batches of up to 200.

    An interrupted run goes on where Kafka last acknowledged, when called again in the same way.
    One JSON object a file on stdout: batches and events acknowledged; with --wait one more, what
    the receipts say.
    """
    sender = Sender(enterprise_id, key_id, read_private_key(key_file))
    topic = topic_name("events", prefix)
    errand = Errand(sender, format, zone, encoding, drill, topic, kafka.bootstrap)
    access = kafka.access()
    reader = FileReader(format, encoding)
    things: set[Thing] = {"events", "receipts"} if wait else {"events"}
    require(access, "enterprise", prefix, enterprise_id=enterprise_id, things=things)
    awaited = AwaitedReceipts()
    left_out = 0
    with _receipts(access, receipts_topic(enterprise_id, prefix), wait) as receipts:
        with producing(access) as producer:
            for file in files_of(files):
                tally = _publish_place(
                    producer, errand, reader, file, Notes(file, errand, access, awaited), restart
                )
                click.echo(msgspec.json.encode(tally).decode())
                left_out += tally.left_out
        if receipts is not None:
            await_receipts(receipts, awaited, wait_s)
    reader.finish()
    if left_out:
        raise click.ClickException(f"{left_out} events are too large to send (named above)")


@contextmanager
def _receipts(access: KafkaAccess, topic: str, wait: bool) -> Iterator[ReceiptReader | None]:
    """Opened before anything is sent, so that no receipt comes too early to be heard."""
    if not wait:
        yield None
        return
    with reading_receipts(access, topic) as reader:
        reader.begin_at_end()
        yield reader


def _publish_place(
    producer: Any,
    errand: Errand,
    reader: FileReader,
    place: Path,
    notes: "Notes",
    restart: bool,
) -> Tally:
    """One file; that it cannot be read is said, and the others are sent."""
    try:
        with as_file(place) as file:
            _publish_file(producer, errand, reader, file, notes, restart)
    except OSError as fault:
        click.echo(f"{place}: {fault.strerror}", err=True)
        reader.faults += 1
    return notes.tally


def _publish_file(
    producer: Any, errand: Errand, reader: FileReader, file: Path, notes: "Notes", restart: bool
) -> None:
    from kafka.errors import KafkaError

    stream = stream_of(file, errand.manner, LINES_PER_BATCH)
    with Progress(file.name, file.stat().st_size) as progress:

        def read() -> Iterator[Chunk]:
            lines = (document.raw for document in reader.documents(file, progress.advance))
            enterprise_id = errand.sender.enterprise_id
            return chunk_lines(lines, enterprise_id, errand.manner, stream=stream)

        chunks = unsent(read, None if restart else notes.resume.acknowledged())
        parcels = map(errand.parcel, chunks)
        try:
            publish_parcels(producer, errand.topic, parcels, notes)
        except KafkaError as fault:
            why = explain_refusal(fault, errand.bootstrap, "the publisher")
            raise click.ClickException(
                f"{notes.file}: {notes.tally.events} events acknowledged, then {why.problem}; "
                f"{why.remedy}, and call again to go on from there"
            ) from fault
        finally:
            notes.keep()
    notes.resume.finish()


class Notes:
    """Counts what is acknowledged, and notes now and then how far that is."""

    def __init__(
        self, file: Path, errand: Errand, access: KafkaAccess, awaited: AwaitedReceipts
    ) -> None:
        self.file = file
        self._access = access
        self._awaited = awaited
        place = file.with_name(f"{file.name}.{errand.sender.enterprise_id}{NOTE_SUFFIX}")
        self.resume = Resume(place, errand.destination)
        self.tally = Tally(str(file))
        self._place = place
        self._last: Chunk | None = None
        self._is_writable = file.is_file()  # of what can be read once only there is no note

    def acknowledged(self, parcel: Parcel, place: tuple[int, int]) -> None:
        """One more, in order."""
        self._awaited.sent(place)
        if self._last is None:
            self.tally.skipped_batches = parcel.chunk.sequence
        self._last = parcel.chunk
        self.tally.batches += 1
        self.tally.events += len(parcel.chunk.lines)
        if self.tally.batches % REMEMBERED == 0:
            self.keep()

    def left_out(self, parcel: Parcel) -> None:
        """Say which: nobody else will hear of it."""
        self.tally.left_out += len(parcel.chunk.lines)
        begins = parcel.chunk.value[:60].decode("utf-8", "replace")
        click.echo(
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
        click.echo(f"{why}; waiting for {waited_s:.0f} s (Ctrl-C ends)", err=True)

    def keep(self) -> None:
        """Note it; where nothing can be written, a later call begins from the beginning."""
        if self._last is None or not self._is_writable:
            return
        try:
            self.resume.acknowledge(self._last.sequence + 1, self._last.batch_id)
        except OSError as fault:
            self._is_writable = False
            click.echo(
                f"{self._place}: {fault.strerror}: how far this run came cannot be noted, so "
                "an interrupted one begins anew (nothing counts twice)",
                err=True,
            )
