"""Files of events: what cannot be read is told, and counted (shell)."""

from collections.abc import Iterable, Iterator
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex

from pipeline.app.engines import Tell
from pipeline.files.recordings import Advance, Recording, open_recording
from pipeline.intake.batching import BYTES_PER_BATCH, is_cut
from pipeline.intake.faults import EventFault
from pipeline.intake.formats.table import AUTO, decode_line, named_fields
from pipeline.intake.lines import Found, read_lines
from schemas.ids import content_id

LINES_AT_ONCE = 200
"""Lines that are read together: those of one audit event are among them."""
_UNDOUBTED = (AUTO, "syslog")
"""What carries any other format, or leaves the choice to the line."""


def manner_of(format: str, zone: str, encoding: str) -> str:
    """How lines are to be read: the same lines read otherwise are another batch."""
    return " ".join(filter(None, (format, zone, encoding)))


class FileReader:
    """Files to documents; counts the faults of the files themselves (a broken archive)."""

    def __init__(self, tell: Tell, format: str = AUTO, encoding: str = "") -> None:
        self._tell = tell
        self.format = format
        self.encoding = encoding
        self.faults = 0

    def documents(self, file: Path, advance: Advance) -> Iterator[Recording]:
        """The documents that have bytes; a fault of the file, that it is empty, or that it looks
        like another format than the one named, is said."""
        count = faults = 0
        member = None
        for document in open_recording(file, advance, self.encoding):
            if document.raw:
                if document.member != member:
                    self._doubt_format(file, document)
                    member = document.member
                count += 1
                yield document
            else:
                faults += 1
                self._tell(f"{_place(file, document)}: {document.problem}")
        if not count + faults:
            self._tell(f"{file}: no event in it")
            faults = 1
        self.faults += faults

    def _doubt_format(self, file: Path, document: Recording) -> None:
        likely = None if self.format in _UNDOUBTED else marked_format(document.raw)
        if likely and likely not in ("json", "syslog", self.format):
            self._tell(
                f"{_place(file, document)}: looks like {likely}, taken as {self.format}: rules may "
                f"find nothing in it; if that is not meant, give it again with --format {likely}"
            )

    def problem(self) -> str:
        """What to do where a file could not be read to its end; "" where all were."""
        if not self.faults:
            return ""
        return (
            "faults in the files (named above): what could be read was taken; "
            "get them whole and give them again, nothing counts twice"
        )


def stream_of(file: Path, manner: str, lines_per_batch: int) -> str:
    """The stream of a file's batches: the same for the same bytes, read in the same manner by the
    same release.

    So a file that is given again has its batches under the same numbers, and one that grew or
    was mended is another stream. What can be read once only is a stream of its own each time.
    """
    if not file.is_file():
        return token_hex(16)
    with file.open("rb") as opened:
        digest = file_digest(opened, "blake2b").digest()
    cut = f"{lines_per_batch}/{BYTES_PER_BATCH}"
    return content_id("stream", version("fenghuo"), manner, cut, digest)


def marked_format(raw: bytes) -> str | None:
    """The format that a line's marks tell; None where it cannot be read."""
    try:
        return named_fields(*decode_line(AUTO, raw))[0]
    except EventFault:
        return None


def read_recordings(
    recordings: Iterable[Recording], format: str
) -> Iterator[tuple[Recording, Found]]:
    """Each event of the documents in their order, read as the worker reads a batch's lines."""
    pending: list[Recording] = []
    size = 0
    for each in recordings:
        if each.problem:
            yield from _read_together(pending, format)
            pending, size = [], 0
            fault = EventFault("not_json", each.problem)
            yield each, Found(0, 0, each.raw, format, {}, fault)
            continue
        if pending and is_cut(len(pending), size, pending[-1].raw, each.raw, LINES_AT_ONCE):
            yield from _read_together(pending, format)
            pending, size = [], 0
        pending.append(each)
        size += len(each.raw)
    yield from _read_together(pending, format)


def _read_together(recordings: list[Recording], format: str) -> Iterator[tuple[Recording, Found]]:
    for found in read_lines(format, [each.raw for each in recordings]):
        yield recordings[found.index], found


def _place(file: Path, document: Recording) -> str:
    return f"{file}: {document.member}" if document.member else str(file)
