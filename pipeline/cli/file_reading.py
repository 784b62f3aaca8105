"""Files of events: what cannot be read is said on stderr, and the command fails (shell)."""

from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.cli.recordings import Advance, Recording, open_recording


class FileReader:
    """Files to documents; counts the faults of the files themselves (a broken archive)."""

    def __init__(self) -> None:
        self.faults = 0

    def documents(self, file: Path, advance: Advance) -> Iterator[Recording]:
        """The documents that have bytes; a fault of the file, or that it is empty, is said."""
        count = faults = 0
        for document in open_recording(file, advance):
            if document.raw:
                count += 1
                yield document
            else:
                faults += 1
                click.echo(f"{_place(file, document)}: {document.problem}", err=True)
        if not count + faults:
            click.echo(f"{file}: no event in it", err=True)
        self.faults += faults

    def finish(self) -> None:
        """Raises ClickException (exit 1) where a file could not be read to its end."""
        if self.faults:
            raise click.ClickException(
                f"{self.faults} faults in the files (named above): what could be read was taken; "
                "get them whole and give them again, nothing counts twice"
            )


def _place(file: Path, document: Recording) -> str:
    return f"{file}: {document.member}" if document.member else str(file)
