"""`fenghuo publish --follow`: what is added to a file, or comes through a pipe (shell)."""

from pathlib import Path
from typing import Any

import click
import msgspec

from pipeline.app.following import Follower, FollowNote
from pipeline.app.publishing import publish_parcels
from pipeline.cli.publish_job import Counting, PublishJob, note_beside, publishing_faults_told
from pipeline.cli.publish_receipts import Hearing
from pipeline.cli.terminal import say
from pipeline.files.given_files import is_lasting
from pipeline.files.growing_files import Growth, growths_of
from pipeline.intake.texts import in_utf_8
from pipeline.kafka.access import KafkaAccess


def follow_file(
    producer: Any,
    job: PublishJob,
    place: Path,
    access: KafkaAccess,
    hearing: Hearing,
    restart: bool,
) -> None:
    """What is in the file, less what an earlier run sent, and what is added to it, until Ctrl-C.

    What became of the first batches is heard: with a wrong key, nothing becomes of the others.
    """
    counting = Counting(place, access, hearing.awaited)
    note = FollowNote(note_beside(place, job), place, job.destination)
    is_noted = is_lasting(place)
    sent_to = note.acknowledged() if is_noted and not restart else 0
    follower = Follower(job.sender.enterprise_id, job.manner, sent_to)
    try:
        with publishing_faults_told(job, counting):
            for growth in growths_of(place):
                parcels = map(job.parcel, follower.chunks(_decoded(growth, job.encoding)))
                publish_parcels(producer, job.topic, parcels, counting, job.traces)
                hearing.hear_once(job.sender)
                is_noted = is_noted and _keep(note, growth)
    except KeyboardInterrupt:
        pass  # how one who follows says that it is enough
    except OSError as fault:
        raise click.ClickException(f"{place}: {fault.strerror}") from fault
    finally:
        click.echo(msgspec.json.encode(counting.tally).decode())


def _keep(note: FollowNote, growth: Growth) -> bool:
    """Whether it could be noted how far it came; that it could not is said."""
    try:
        note.acknowledge(growth.lines[-1][1])
    except OSError as fault:
        say(
            f"{note.place}: {fault.strerror}: how far this run came cannot be noted, so the next "
            "one begins anew (nothing counts twice)",
            err=True,
        )
        return False
    return True


def _decoded(growth: Growth, encoding: str) -> Growth:
    if not encoding:
        return growth
    return Growth([(in_utf_8(line, encoding), end) for line, end in growth.lines], growth.is_anew)
