"""What came of one file that was read: nothing of it is passed by without a word (shell)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pipeline.cli.terminal import say
from pipeline.files.recordings import Recording
from pipeline.sigma.log_sources import RESERVED_FIELDS

SHOWN: Final = 80
"""Characters of an example."""
_SHAPELESS: Final = frozenset({"message", *RESERVED_FIELDS})
"""All the fields of a line of which nothing is known but its text."""


class FileAccount:
    """Counts the documents of one file: read, of no known shape, and not to be read."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.read = 0
        self.unread = 0
        self._shapeless = 0
        self._example = ""

    def took(self, recording: Recording, fields: Mapping[str, object]) -> None:
        """One document, read so."""
        self.read += 1
        if fields.keys() <= _SHAPELESS:
            if not self._shapeless:
                text = recording.raw[: 4 * SHOWN].decode("utf-8", "replace")[:SHOWN]
                self._example = f"{self._place(recording)}: {text!r}"
            self._shapeless += 1

    def refused(self, recording: Recording, why: object) -> None:
        """One document that cannot be read: said at once."""
        self.unread += 1
        say(f"{self._place(recording)}: {why}", err=True)

    def close(self) -> bool:
        """Says what is to be said of the whole file; whether anything of it was understood."""
        if self._shapeless:
            say(
                f"{self._file}: {self._shapeless} of {self.read} lines have no known shape and were"
                f" searched as text only, such as {self._example}; give --format if it has one",
                err=True,
            )
        if not self.read + self.unread:
            say(f"{self._file}: no event in it", err=True)
        return self.read > self._shapeless

    def _place(self, recording: Recording) -> str:
        member = f"/{recording.member}" if recording.member else ""
        return f"{self._file}{member}:{recording.line}"
