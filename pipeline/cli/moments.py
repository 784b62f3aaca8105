"""Moments on the command line: RFC 3339."""

import click

from schemas.moments import Moment, parse_moment

EARLIEST = parse_moment("1900-01-01T00:00:00Z")
LATEST = parse_moment("2200-01-01T00:00:00Z")
"""What the store's columns hold, and every table of deadlines too."""


class _Rfc3339(click.ParamType):
    name = "RFC 3339"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Moment:
        if isinstance(value, int):
            return value
        try:
            moment = parse_moment(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time such as 2026-01-31T08:00:00Z", param, ctx)
        if not EARLIEST <= moment < LATEST:
            self.fail(f"{value!r} is out of range: times from 1900 to 2199 are taken", param, ctx)
        return moment


RFC3339 = _Rfc3339()
