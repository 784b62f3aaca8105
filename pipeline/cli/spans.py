"""Spans of time on the command line: 90s, 10m, 8h, 30d."""

import re
import time
from typing import Any, Final

import click

from pipeline.cli.moments import RFC3339
from schemas.moments import DAY, HOUR, MINUTE, SECOND, Moment

_UNITS: Final = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}


def span_of(text: str) -> Moment | None:
    """The span in microseconds; None for what is none."""
    found = re.fullmatch(r"(\d{1,5})([smhd])", text)
    return None if found is None else int(found[1]) * _UNITS[found[2]]


class _Span(click.ParamType):
    name = "span"

    def convert(self, value: Any, param: Any, ctx: Any) -> Moment:
        span = span_of(str(value))
        if span is None:
            raise click.BadParameter(f"{value!r} is no span such as 90s, 10m, 8h or 30d")
        return span


class _Until(click.ParamType):
    """A moment, or a span from now."""

    name = "RFC 3339 or span"

    def convert(self, value: Any, param: Any, ctx: Any) -> Moment:
        span = span_of(str(value))
        if span is None:
            moment: Moment = RFC3339.convert(value, param, ctx)
            return moment
        return time.time_ns() // 1_000 + span


SPAN = _Span()
UNTIL = _Until()
