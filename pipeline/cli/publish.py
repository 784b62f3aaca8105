"""`fenghuo publish`: sign the lines of files and send them, with progress and resume."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from pipeline.app.awaited_receipts import AwaitedReceipts
from pipeline.app.file_reading import FileReader, stream_of
from pipeline.app.publishing import Sender, publish_parcels, unsent
from pipeline.app.traces import Traces, TracesFault, sending_traces
from pipeline.cli.file_reading import (
    encoding_option,
    fail_if_unread,
    format_option,
    zone_option,
)
from pipeline.cli.kafka_options import KafkaOptions, kafka_options, prefix_option
from pipeline.cli.names import NAME
from pipeline.cli.progress import Progress
from pipeline.cli.publish_follow import follow_file
from pipeline.cli.publish_job import Notes, PublishJob, Tally, publishing_faults_told
from pipeline.cli.publish_receipts import listening
from pipeline.cli.signing import read_private_key
from pipeline.cli.terminal import say
from pipeline.files.given_files import as_file, files_of
from pipeline.intake.batching import LINES_PER_BATCH, Chunk, chunk_lines
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import producing
from pipeline.kafka.preflight import require
from schemas.topics import topic_name


@click.command("publish")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True, path_type=Path)
)
@click.option(
    "--enterprise", "enterprise_id", type=NAME, required=True, help="Your id in the registry."
)
@format_option
@zone_option
@encoding_option
@click.option(
    "--key-id", type=NAME, required=True, help="The id under which the key is registered."
)
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Private key, PEM, of `fenghuo keys new`.",
)
@kafka_options()
@prefix_option
@click.option("--drill", type=NAME, help="Name of the drill that these events belong to.")
@click.option("--restart", is_flag=True, help="Send from the beginning, resuming nothing.")
@click.option("--follow", is_flag=True, help="Send what is added to one file, until Ctrl-C.")
@click.option("--wait", is_flag=True, help="Wait for the receipts, and fail if all is not taken.")
@click.option(
    "--wait-s",
    type=click.FloatRange(0),
    help="How long to wait without a receipt: 60 with --wait, else 5 in all; 0: not at all.",
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
    drill: str | None,
    restart: bool,
    follow: bool,
    wait: bool,
    wait_s: float | None,
) -> None:
    """Sign and send the events of FILES, of the files in folders, or of standard input (-), in
    batches of up to 200.

    An interrupted run goes on where Kafka last acknowledged, when called again in the same way.
    One JSON object a file on stdout: batches and events acknowledged; with --wait one more, what
    the receipts say.

    Exit code 1 where something was not sent, or a receipt that came says that it was not taken;
    with --wait also where one did not come.
    """
    if follow and (wait or len(files) > 1):
        raise click.UsageError(
            "--follow takes one file, and no --wait: let `fenghuo receipts --follow` run beside it"
        )
    sender = Sender(enterprise_id, key_id, read_private_key(key_file))
    topic = topic_name("events", prefix)
    job = PublishJob(sender, format, zone, encoding, drill or "", topic, kafka.bootstrap, _traces())
    access = kafka.access()
    reader = FileReader(partial(say, err=True), format, encoding)
    require(access, "enterprise", prefix, enterprise_id=enterprise_id, things={"events"})
    with listening(access, enterprise_id, prefix, wait, wait_s) as hearing:
        if follow:
            (place,) = files_of(files)
            with producing(access) as producer:
                follow_file(producer, job, place, access, hearing, restart)
            return
        left_out = _publish_files(access, job, reader, files, hearing.awaited, restart)
        hearing.hear(sender)
    fail_if_unread(reader)
    if left_out:
        raise click.ClickException(f"{left_out} events are too large to send (named above)")


def _publish_files(
    access: KafkaAccess,
    job: PublishJob,
    reader: FileReader,
    files: Sequence[Path],
    awaited: AwaitedReceipts,
    restart: bool,
) -> int:
    """Send all of them, each told of as it ends; how many events were too large to send."""
    left_out = 0
    with producing(access) as producer:
        for file in files_of(files):
            notes = Notes(file, job, access, awaited)
            tally = _publish_place(producer, job, reader, file, notes, restart)
            click.echo(msgspec.json.encode(tally).decode())
            left_out += tally.left_out
    return left_out


def _traces() -> Traces:
    """As the environment wants them; sent to their end when the command ends."""
    opened = sending_traces("fenghuo-publish", partial(say, err=True))
    try:
        return click.get_current_context().with_resource(opened)
    except TracesFault as fault:
        raise click.UsageError(str(fault)) from fault


def _publish_place(
    producer: Any,
    job: PublishJob,
    reader: FileReader,
    place: Path,
    notes: Notes,
    restart: bool,
) -> Tally:
    """One file; that it cannot be read is said, and the others are sent."""
    try:
        with as_file(place) as file:
            _publish_file(producer, job, reader, file, notes, restart)
    except OSError as fault:
        say(f"{place}: {fault.strerror}", err=True)
        reader.faults += 1
    return notes.tally


def _publish_file(
    producer: Any, job: PublishJob, reader: FileReader, file: Path, notes: Notes, restart: bool
) -> None:
    stream = stream_of(file, job.manner, LINES_PER_BATCH)
    with Progress(file.name, file.stat().st_size) as progress:

        def read() -> Iterator[Chunk]:
            lines = (document.raw for document in reader.documents(file, progress.advance))
            enterprise_id = job.sender.enterprise_id
            return chunk_lines(lines, enterprise_id, job.manner, stream=stream)

        chunks = unsent(read, None if restart else notes.resume.acknowledged())
        parcels = map(job.parcel, chunks)
        try:
            with publishing_faults_told(job, notes):
                publish_parcels(producer, job.topic, parcels, notes, job.traces)
        finally:
            notes.keep()
    notes.resume.finish()
