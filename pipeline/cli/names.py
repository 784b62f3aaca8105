"""Ids on the command line: what none can have is refused before anything is sent under it."""

import click

from schemas.ids import NAME_RULE, is_name


class _Name(click.ParamType):
    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not is_name(value):
            self.fail(f"{value!r} is no name: {NAME_RULE}", param, ctx)
        return value


NAME = _Name()
