"""Lines in order to the batches of a recording: each of one format, and none far behind another."""

from collections.abc import Iterable, Iterator
from itertools import count

from pipeline.files.ordering import Line
from pipeline.intake.batching import BYTES_PER_BATCH, Chunk, chunk_of
from schemas.moments import MINUTE, Moment

LINES_PER_BATCH = 500
SPAN_OF_FORMATS: Moment = MINUTE
"""Where lines of several formats alternate, none waits longer in its batch than this, so that
batches overlap by less than the lateness."""


class _Waiting:
    """The lines of one format that are not yet a batch."""

    def __init__(self, first: Line) -> None:
        self.lines = [first]
        self.size = len(first.raw)

    def add(self, line: Line) -> None:
        self.lines.append(line)
        self.size += len(line.raw) + 1

    def is_full(self, line: Line) -> bool:
        """Whether the line would be one too many."""
        return len(self.lines) == LINES_PER_BATCH or self.size + len(line.raw) + 1 > BYTES_PER_BATCH

    def is_old(self, line: Line) -> bool:
        """Whether it has waited for long enough when the line comes."""
        return line.time - self.lines[0].time > SPAN_OF_FORMATS


def chunks_of(
    lines: Iterable[Line], enterprise_id: str, stream: str = ""
) -> Iterator[tuple[str, Chunk]]:
    """Batches with their formats, in the order of their first lines, numbered in the stream."""
    waiting: dict[str, _Waiting] = {}
    sequence = count()
    for line in lines:
        for each in _over(waiting, line):
            yield each, _chunk(waiting.pop(each).lines, enterprise_id, next(sequence), stream)
        if line.format in waiting:
            waiting[line.format].add(line)
        else:
            waiting[line.format] = _Waiting(line)
    for format, rest in waiting.items():
        yield format, _chunk(rest.lines, enterprise_id, next(sequence), stream)


def _over(waiting: dict[str, _Waiting], line: Line) -> list[str]:
    """Formats whose batch goes before this line is taken in."""
    own = waiting.get(line.format)
    is_alone = own is not None and len(waiting) == 1
    return [
        format
        for format, each in waiting.items()
        if (each is own and each.is_full(line)) or (not is_alone and each.is_old(line))
    ]


def _chunk(lines: list[Line], enterprise_id: str, sequence: int, stream: str) -> Chunk:
    occurrences = [line.occurrence for line in lines]
    raw = [line.raw for line in lines]
    return chunk_of(raw, occurrences, enterprise_id, lines[0].format, sequence, stream)
