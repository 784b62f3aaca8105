"""From a stream of bytes to lines: octet counting or a trailer (RFC 6587), told frame by frame.

Pure: the same bytes give the same lines, however they are cut into pieces.
"""

import re
from typing import Literal, TypeAlias

from pipeline.intake.lines import LINE_BYTES

Framing: TypeAlias = Literal["auto", "octets", "lines"]

_COUNT = re.compile(rb"([1-9][0-9]{0,8}) ")
_MAYBE_COUNT = re.compile(rb"[1-9][0-9]{0,8} ?\Z")


class Framer:
    """`auto`: a number, a space and `<` begin a counted frame; all else ends with LF or NUL."""

    def __init__(self, framing: Framing = "auto", longest: int = LINE_BYTES) -> None:
        self._framing = framing
        self._longest = longest
        self._rest = b""
        self._skip_octets = 0
        self._is_skipping_line = False
        self.too_long = 0
        """Frames that were longer, and passed over."""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that end within these bytes."""
        self._rest += data
        lines: list[bytes] = []
        position = 0
        while (frame := self._next(position)) is not None:
            line, position = frame
            if line:
                lines.append(line)
        self._rest = self._rest[position:]
        if self._framing != "octets" and len(self._rest) > self._longest + 16:
            self._drop_unfinished()
        return lines

    def end(self) -> list[bytes]:
        """The stream is over: what is left is a line, unless it is the rest of a long one."""
        rest, self._rest = self._rest, b""
        is_whole = not (self._is_skipping_line or self._skip_octets)
        return [as_line(rest)] if is_whole and as_line(rest) else []

    def _next(self, at: int) -> tuple[bytes, int] | None:
        """The frame that begins at `at`, and where the next begins; None while it is not whole."""
        if self._skip_octets:
            step = min(self._skip_octets, len(self._rest) - at)
            self._skip_octets -= step
            return (b"", at + step) if step else None
        if at >= len(self._rest):
            return None
        if self._framing != "lines" and not self._is_skipping_line:
            count = _COUNT.match(self._rest, at)
            if count and self._is_counted(count.end()):
                return self._counted(count)
            if _MAYBE_COUNT.match(self._rest, at):
                return None
        return self._trailed(at)

    def _is_counted(self, begin: int) -> bool:
        return self._framing == "octets" or self._rest[begin : begin + 1] == b"<"

    def _counted(self, count: "re.Match[bytes]") -> tuple[bytes, int] | None:
        begin, size = count.end(), int(count[1])
        if size > self._longest:
            self.too_long += 1
            self._skip_octets = size
            return b"", begin
        if len(self._rest) < begin + size:
            return None
        return as_line(self._rest[begin : begin + size]), begin + size

    def _trailed(self, at: int) -> tuple[bytes, int] | None:
        ends = [found for sign in (b"\n", b"\0") if (found := self._rest.find(sign, at)) >= 0]
        if not ends:
            return None
        end = min(ends)
        line = b"" if self._is_skipping_line else as_line(self._rest[at:end])
        self._is_skipping_line = False
        return line, end + 1

    def _drop_unfinished(self) -> None:
        """A line without an end: the rest of it is passed over, whenever it comes."""
        if (
            self._framing == "auto"
            and _COUNT.match(self._rest)
            and self._is_counted(self._rest.index(b" ") + 1)
        ):
            return  # a counted frame that is on its way, within the bound
        self.too_long += not self._is_skipping_line
        self._is_skipping_line = True
        self._rest = b""


def as_line(message: bytes) -> bytes:
    """One line: without what ends it; breaks inside it are spaces."""
    line = message.rstrip(b"\r\n\0")
    return line.replace(b"\r\n", b" ").replace(b"\n", b" ") if b"\n" in line else line
