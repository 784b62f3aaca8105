"""Moments on the command line: RFC 3339."""

import click

from schemas.moments import Moment, parse_moment


class _Rfc3339(click.ParamType):
    name = "RFC 3339"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Moment:
        if isinstance(value, int):
            return value
        try:
            return parse_moment(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time such as 2026-01-31T08:00:00Z", param, ctx)


RFC3339 = _Rfc3339()
