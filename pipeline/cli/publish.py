"""`fenghuo publish`: sign the lines of files and send them, with progress and resume."""

from pathlib import Path
from typing import Any

import click
import msgspec

from pipeline.batching import chunk_lines
from pipeline.cli.file_reading import FileReader
from pipeline.cli.keys import read_private_key
from pipeline.cli.progress import Progress
from pipeline.intake.formats.table import FORMATS
from pipeline.publishing import Parcel, Resume, Sender, make_producer, publish_parcels
from schemas.topics import DEFAULT_PREFIX, topic_name


class Tally(msgspec.Struct):
    """What Kafka acknowledged of one file."""

    file: str
    batches: int = 0
    events: int = 0
    skipped_batches: int = 0


@click.command("publish")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--enterprise", "enterprise_id", required=True, help="Your id in the registry.")
@click.option("--format", "format", required=True, type=click.Choice(sorted(FORMATS)))
@click.option("--key-id", required=True, help="The id under which the key is registered.")
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Private key, PEM, of `fenghuo keys new`.",
)
@click.option("--bootstrap", envvar="FENGHUO_KAFKA_BOOTSTRAP", required=True, help="host:port, …")
@click.option("--prefix", envvar="FENGHUO_TOPIC_PREFIX", default=DEFAULT_PREFIX)
@click.option("--drill", default="", help="Name of the drill that these events belong to.")
@click.option("--restart", is_flag=True, help="Send from the beginning, resuming nothing.")
def publish_command(
    files: tuple[Path, ...],
    enterprise_id: str,
    format: str,
    key_id: str,
    key_file: Path,
    bootstrap: str,
    prefix: str,
    drill: str,
    restart: bool,
) -> None:
    """Sign and send the events of FILES, in batches of up to 200.

    An interrupted run goes on where Kafka last acknowledged, when called again in the same way.
    One JSON object a file on stdout: batches and events acknowledged.
    """
    sender = Sender(enterprise_id, key_id, read_private_key(key_file))
    producer = _connect(bootstrap)
    reader = FileReader()
    try:
        for file in files:
            tally = _publish_file(
                producer, topic_name("events", prefix), sender, reader, file, format, drill, restart
            )
            click.echo(msgspec.json.encode(tally).decode())
    finally:
        producer.close()
    reader.finish()


def _connect(bootstrap: str) -> Any:
    from kafka.errors import KafkaError

    try:
        return make_producer(bootstrap)
    except (KafkaError, ValueError) as fault:
        raise click.ClickException(
            f"no Kafka at {bootstrap}: {fault}; check the address and that the broker runs"
        ) from fault


def _publish_file(
    producer: Any,
    topic: str,
    sender: Sender,
    reader: FileReader,
    file: Path,
    format: str,
    drill: str,
    restart: bool,
) -> Tally:
    from kafka.errors import KafkaError

    resume = Resume(file.with_name(f"{file.name}.{sender.enterprise_id}.fenghuo-sent"))
    tally = Tally(str(file), skipped_batches=0 if restart else resume.acknowledged())

    def acknowledged(parcel: Parcel) -> None:
        tally.batches += 1
        tally.events += len(parcel.chunk.lines)
        if tally.batches % 50 == 0:
            resume.acknowledge(parcel.chunk.sequence + 1)

    with Progress(file.name, file.stat().st_size) as progress:
        lines = (document.raw for document in reader.documents(file, progress.advance))
        parcels = (
            Parcel(sender, chunk, format, drill)
            for chunk in chunk_lines(lines, sender.enterprise_id, format)
            if chunk.sequence >= tally.skipped_batches
        )
        try:
            publish_parcels(producer, topic, parcels, acknowledged)
        except KafkaError as fault:
            resume.acknowledge(tally.skipped_batches + tally.batches)
            raise click.ClickException(
                f"{file}: {tally.events} events acknowledged, then {fault}; "
                "call again to go on from there"
            ) from fault
    resume.finish()
    return tally
