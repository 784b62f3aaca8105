"""Recordings: files of events as they come, one document after another (shell).

Rule 1: a document comes with its place: the member of an archive, and its first line.
Rule 2: what cannot be read comes too, with the reason in `problem`: nothing is skipped here.
Rule 3: lines are handed on as bytes; only JSON that spreads over lines is decoded, and
then written again on one line.
"""

import gzip
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from io import BufferedReader
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple, Protocol, cast

import orjson

from pipeline.files.csv_logs import is_csv_log, read_csv_log
from pipeline.files.json_documents import read_json_documents
from pipeline.files.text_logs import (
    is_record_number,
    is_w3c_log,
    is_xml_log,
    read_w3c_log,
    read_xml_log,
)
from pipeline.files.zeek_logs import is_zeek_log, read_zeek_log
from pipeline.intake.envelopes import unwrapped
from pipeline.intake.texts import in_utf_8, is_json_text, wide_decoder

Advance = Callable[[int], None]

JUNK_FOLDERS = ("__MACOSX/",)
JUNK_NAMES = (".DS_Store", "Thumbs.db")
READ_AT_ONCE = 1 << 18
"""Bytes; lines of some kilobytes cost half as much to read so as with the usual eight."""
SPACE = 0x20
"""No white space of ASCII has a greater code."""
LONGEST_LINE = 64_000_000
"""Bytes of one line; a longer one is no event, and would fill the memory (archives unpack)."""
LONGEST_SPREAD = 1_000_000_000
"""Bytes of a file whose JSON spreads over lines, which is read as a whole."""
LARGE_LINE = 200_000
"""Bytes; a larger line that holds many events (CloudTrail's files) is cut into them."""
ADVANCE_EVERY = 1000
"""Lines between two reports of progress."""


class Recording(NamedTuple):
    """One document of a recording: `raw` without its line break; `line` is 1-based."""

    raw: bytes
    line: int
    member: str = ""
    """The file inside an archive; "" outside one."""
    problem: str = ""
    """Why `raw` cannot be an event; "" where nothing is known against it."""


ZIP_MARK = b"PK\x03\x04"
GZIP_MARK = b"\x1f\x8b"
TAR_MARK = b"ustar"
TAR_MARK_AT = 257
"""Bytes before the mark (POSIX.1-2017, pax: ustar header block)."""
ARCHIVES_DEEP = 3
"""Archives inside each other that are unpacked; a bomb has more."""
MARKS_OF_NO_TEXT = {
    b"ElfFile\0": "a binary event log: export its events as JSON, one a line",
}
"""How files begin that people take for text, and what to do with them."""
UNPACKING_FAULTS = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    RuntimeError,  # an encrypted member
    NotImplementedError,  # a compression that Python does not know
)


def open_recording(
    file: Path, advance: Advance = lambda amount: None, encoding: str = ""
) -> Iterator[Recording]:
    """Every document of NDJSON, a JSON array, JSON documents one after another, a Zeek log, a
    table in CSV or plain lines; .gz, .zip, .tar are unpacked, also inside each other. `advance`
    gets the bytes of `file` read so far in steps that add up to its size. Text of a declared
    `encoding` comes in UTF-8. Raises OSError where the file cannot be read at all."""
    size = file.stat().st_size
    meter = _Meter(advance, size)
    with cast(BufferedReader, file.open("rb", buffering=READ_AT_ONCE)) as outer:
        # By its first bytes: a zip that is cut off has no directory at its end any more.
        if not outer.peek(4).startswith(ZIP_MARK) and zipfile.is_zipfile(file):
            yield from _zip_members(outer, "", meter.reach, encoding)
        else:
            yield from _unpacked(outer, "", meter.reach, encoding)
    meter.reach(size)


class _Peekable(Protocol):
    """Bytes that can be looked at before they are read: a file, or a member of an archive."""

    def peek(self, size: int, /) -> bytes: ...


Reach = Callable[[int], None]
"""Told the position in the file that has been reached."""


def _unpacked(
    source: IO[bytes], member: str, reach: Reach, encoding: str, depth: int = 0
) -> Iterator[Recording]:
    """The documents of a file or member, by its first bytes an archive or not."""
    start = cast(_Peekable, source).peek(TAR_MARK_AT + len(TAR_MARK))
    is_zip, is_gzip = start.startswith(ZIP_MARK), start.startswith(GZIP_MARK)
    is_tar = start[TAR_MARK_AT:].startswith(TAR_MARK)
    if (is_zip or is_gzip or is_tar) and depth == ARCHIVES_DEEP:
        problem = f"an archive inside {depth} others: unpack the outer ones"
        yield Recording(b"", 0, member, problem)
        return
    try:
        if is_zip:
            yield from _zip_members(source, member, reach, encoding, depth + 1)
        elif is_tar:
            yield from _tar_members(source, member, encoding, depth + 1)
        elif is_gzip:
            position = partial(_position, source)
            unzipped = cast(IO[bytes], gzip.GzipFile(fileobj=source))
            yield from _unpacked(unzipped, member, lambda _: reach(position()), encoding, depth + 1)
        else:
            yield from _documents(source, member, lambda: reach(_position(source)), encoding)
    except UNPACKING_FAULTS as error:
        yield Recording(b"", 0, member, f"the archive cannot be unpacked: {error}")


def _position(source: IO[bytes]) -> int:
    """How far it has been read; of a pipe nothing is known, and its size is 0."""
    try:
        return source.tell()
    except OSError:  # a pipe has none; members of a tar cannot be asked whether they have (3.11)
        return 0


class _Meter:
    """Turns positions in a file into steps."""

    def __init__(self, advance: Advance, size: int) -> None:
        self.advance = advance
        self.size = size
        self.reached = 0

    def reach(self, position: int) -> None:
        position = min(position, self.size)
        if position > self.reached:
            self.advance(position - self.reached)
            self.reached = position


def _zip_members(
    source: IO[bytes], member: str, reach: Reach, encoding: str, depth: int = 1
) -> Iterator[Recording]:
    done = 0
    with zipfile.ZipFile(source) as archive:
        for each in archive.infolist():
            if not each.is_dir() and not _is_junk(each.filename):
                name = f"{member}/{each.filename}" if member else each.filename
                with archive.open(each) as inner:
                    yield from _unpacked(inner, name, lambda _: None, encoding, depth)
            done += each.compress_size
            reach(done)


def _tar_members(source: IO[bytes], member: str, encoding: str, depth: int) -> Iterator[Recording]:
    with tarfile.open(fileobj=source, mode="r|") as archive:
        for each in archive:
            inner = archive.extractfile(each) if each.isreg() else None
            if inner is not None and not _is_junk(each.name):
                name = f"{member}/{each.name}" if member else each.name
                yield from _unpacked(inner, name, lambda _: None, encoding, depth)


def _is_junk(name: str) -> bool:
    """What macOS and Windows leave in archives."""
    return name.startswith(JUNK_FOLDERS) or name.rsplit("/", 1)[-1].startswith(("._", *JUNK_NAMES))


def _documents(
    source: IO[bytes], member: str, report: Callable[[], None], encoding: str
) -> Iterator[Recording]:
    """The first line that says anything decides how the rest is cut into documents."""
    lines = _lines(source, encoding)
    blank = 0
    first = next(lines, b"").removeprefix(b"\xef\xbb\xbf")
    while first and (not first.strip() or is_record_number(first)):
        blank += 1
        first = next(lines, b"")
    for mark, problem in MARKS_OF_NO_TEXT.items():
        if first.startswith(mark):
            yield Recording(b"", blank + 1, member, problem)
            return
    found = _reader_of(first)(first, lines, blank + 1)
    for count, (raw, line, problem) in enumerate(found):
        if count % ADVANCE_EVERY == 0:
            report()
        for each in _cut(raw) if len(raw) > LARGE_LINE else (raw,):
            yield Recording(each, line, member, problem)


def _reader_of(
    first: bytes,
) -> Callable[[bytes, Iterator[bytes], int], Iterator[tuple[bytes, int, str]]]:
    if is_zeek_log(first):
        return read_zeek_log
    if is_w3c_log(first):
        return read_w3c_log
    if is_xml_log(first):
        return read_xml_log
    if is_csv_log(first):
        return read_csv_log
    return _spread if _spreads_over_lines(first) else _single_lines


def _lines(source: IO[bytes], encoding: str) -> Iterator[bytes]:
    """Lines with their ends, in UTF-8 also where the file is in UTF-16 or the encoding declared."""
    decoder = wide_decoder(cast(_Peekable, source).peek(400)[:400], encoding)
    if decoder is None:
        lines = iter(partial(source.readline, LONGEST_LINE + 1), b"")
        yield from (in_utf_8(line, encoding) for line in lines) if encoding else lines
        return
    rest = b""
    for block in iter(partial(source.read, READ_AT_ONCE), b""):
        *whole, rest = (rest + decoder.decode(block).encode("utf-8", "replace")).split(b"\n")
        yield from (line + b"\n" for line in whole)
        if len(rest) > LONGEST_LINE:
            yield rest
            rest = b""
    if rest:
        yield rest


def _cut(raw: bytes) -> Iterator[bytes]:
    """The events of a large line, so that each can be sent; the line where it holds only one."""
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError:
        document = None
    events = unwrapped(document) if isinstance(document, dict) else []
    if len(events) < 2:
        yield raw
    else:
        yield from map(orjson.dumps, events)


def _spread(first: bytes, lines: Iterator[bytes], number: int) -> Iterator[tuple[bytes, int, str]]:
    parts, size = [first], len(first)
    for line in lines:
        parts.append(b"\n" if is_record_number(line) else line)
        size += len(line)
        if size > LONGEST_SPREAD:
            problem = f"JSON of more than {LONGEST_SPREAD} bytes over several lines"
            yield b"", number, f"{problem}: write one event a line"
            return
    yield from read_json_documents(b"".join(parts), number)


def _spreads_over_lines(first: bytes) -> bool:
    """Whether the first line begins JSON without ending it, or begins an array."""
    if len(first) > LONGEST_LINE:
        return False
    start = first.lstrip()[:1]
    if start == b"[":
        return is_json_text(first.decode("utf-8", "replace").strip())
    if start != b"{":
        return False
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        return first.strip() == b"{" or not first.rstrip().endswith(b"}")
    return False


def _single_lines(
    first: bytes, lines: Iterator[bytes], number: int
) -> Iterator[tuple[bytes, int, str]]:
    is_rest = False  # whether what comes next still belongs to a line that was too long
    for line in chain((first,), lines):
        if len(line) > LONGEST_LINE and not is_rest:
            yield b"", number, f"a line of more than {LONGEST_LINE} bytes: no event is so long"
            is_rest = True
        if is_rest:
            is_rest = line[-1:] != b"\n"
            number += not is_rest
            continue
        raw = line.rstrip(b"\r\n")
        if raw and (raw[0] > SPACE or raw.strip()):
            yield raw, number, ""
        number += 1
