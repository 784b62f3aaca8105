"""Files of events: what cannot be read is said on stderr, and the command fails (shell)."""

from collections.abc import Iterator
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex

import click

from pipeline.files.recordings import Advance, Recording, open_recording
from pipeline.intake.batching import BYTES_PER_BATCH
from pipeline.intake.faults import EventFault
from pipeline.intake.formats.lines import decode_object
from pipeline.intake.formats.table import recognise
from schemas.ids import content_id


class FileReader:
    """Files to documents; counts the faults of the files themselves (a broken archive)."""

    def __init__(self, format: str | None = None) -> None:
        self.format = format
        self.faults = 0

    def documents(self, file: Path, advance: Advance) -> Iterator[Recording]:
        """The documents that have bytes; a fault of the file, that it is empty, or that it looks
        like another format than the one named, is said."""
        count = faults = 0
        member = None
        for document in open_recording(file, advance):
            if document.raw:
                if document.member != member:
                    self._doubt_format(file, document)
                    member = document.member
                count += 1
                yield document
            else:
                faults += 1
                click.echo(f"{_place(file, document)}: {document.problem}", err=True)
        if not count + faults:
            click.echo(f"{file}: no event in it", err=True)
            faults = 1
        self.faults += faults

    def _doubt_format(self, file: Path, document: Recording) -> None:
        likely = self.format and marked_format(document.raw)
        if likely and likely != self.format:
            click.echo(
                f"{_place(file, document)}: looks like {likely}, taken as {self.format}: rules may "
                f"find nothing in it; if that is not meant, give it again with --format {likely}",
                err=True,
            )

    def finish(self) -> None:
        """Raises ClickException (exit 1) where a file could not be read to its end."""
        if self.faults:
            faults = "1 fault" if self.faults == 1 else f"{self.faults} faults"
            raise click.ClickException(
                f"{faults} in the files (named above): what could be read was taken; "
                "get them whole and give them again, nothing counts twice"
            )


def stream_of(file: Path, format: str, lines_per_batch: int) -> str:
    """The stream of a file's batches: the same for the same bytes, read by the same release.

    So a file that is given again has its batches under the same numbers, and one that grew or
    was mended is another stream. What can be read once only is a stream of its own each time.
    """
    if not file.is_file():
        return token_hex(16)
    with file.open("rb") as opened:
        digest = file_digest(opened, "blake2b").digest()
    cut = f"{lines_per_batch}/{BYTES_PER_BATCH}"
    return content_id("stream", version("fenghuo"), format, cut, digest)


def marked_format(raw: bytes) -> str | None:
    """The format that a JSON document's marks tell; None where they tell none."""
    try:
        return recognise(decode_object(raw))
    except EventFault:
        return None


def _place(file: Path, document: Recording) -> str:
    return f"{file}: {document.member}" if document.member else str(file)
