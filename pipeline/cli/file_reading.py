"""The options of commands that read files of events (shell)."""

import click

from pipeline.app.file_reading import FileReader
from pipeline.intake.formats.table import AUTO, FORMAT_NAMES
from pipeline.intake.texts import ENCODINGS
from schemas.time_zones import is_zone


def read_zone(_ctx: click.Context, _param: click.Parameter, name: str) -> str:
    """A time zone's name, as given."""
    if name and not is_zone(name):
        raise click.BadParameter(f"no time zone {name!r}: write it as Asia/Shanghai or +08:00")
    return name


format_option = click.option(
    "--format",
    "format",
    type=click.Choice(FORMAT_NAMES),
    default=AUTO,
    show_default=True,
    help="auto: recognised line by line.",
)
zone_option = click.option(
    "--zone",
    default="",
    callback=read_zone,
    metavar="ZONE",
    help="Of times without an offset: Asia/Shanghai, +08:00. Default: the registry's, else UTC.",
)
encoding_option = click.option(
    "--encoding",
    type=click.Choice(ENCODINGS),
    callback=lambda _ctx, _param, name: name or "",
    help="Of the text. Default: UTF-8; GB18030 and UTF-16 are recognised.",
)


def fail_if_unread(files: FileReader) -> None:
    """Raises ClickException (exit 1) where a file could not be read to its end."""
    if problem := files.problem():
        raise click.ClickException(problem)
