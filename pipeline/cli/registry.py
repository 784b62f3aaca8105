"""`fenghuo registry`: check the file of enterprises, and bring it into the store."""

from pathlib import Path

import click
import msgspec

from pipeline.app.registry_reload import confirmation_of, content_of
from pipeline.cli.stores import open_sink, sink_options
from pipeline.cli.terminal import say
from pipeline.cli.translation import fault_in_language
from pipeline.files.registry_file import keep_registry, read_registry_file
from pipeline.files.replacing import replace_file


@click.group("registry")
def registry_group() -> None:
    """Enterprises and what an incident at each of them may touch."""


@registry_group.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a fault on stdout.")
def check_command(file: Path, as_json: bool) -> None:
    """Every fault of every row of FILE, with its line and remedy; exit 1 if there is one."""
    parsed = read_registry_file(file)
    for fault in parsed.faults:
        say(msgspec.json.encode(fault).decode() if as_json else fault_in_language(str(fault)))
    keyless = sum(1 for enterprise in parsed.enterprises.values() if not enterprise.keys)
    say(
        f"{len(parsed.enterprises)} enterprises, {keyless} without a key, "
        f"{len(parsed.faults)} faults",
        err=True,
    )
    if parsed.faults:
        raise click.exceptions.Exit(1)


@registry_group.command("confirm")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def confirm_command(file: Path) -> None:
    """Let running workers take FILE although it leaves many enterprises out.

    Writes FILE.confirmed, which names this very content: the next change counts again.
    """
    place = confirmation_of(file)
    replace_file(place, f"{content_of(file)}\n".encode())
    say(str(place))


@registry_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@sink_options
def import_command(file: Path, store: Path | None, database: str) -> None:
    """Write the sound rows of FILE into the store's table of enterprises."""
    parsed = read_registry_file(file)
    with open_sink(store, database) as sink:
        sink.migrate()
        keep_registry(sink, parsed.enterprises)
    for fault in parsed.faults:
        say(str(fault), err=True)
    say(
        f"{len(parsed.enterprises)} enterprises imported, {len(parsed.faults)} rows refused",
        err=True,
    )
    if parsed.faults:
        raise click.exceptions.Exit(1)
