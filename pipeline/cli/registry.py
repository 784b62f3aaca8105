"""`fenghuo registry`: check the file of enterprises, and bring it into the store."""

from pathlib import Path

import click
import msgspec

from pipeline.app.registry_import import read_candidates
from pipeline.app.registry_reload import confirmation_of, content_id_of
from pipeline.cli.registry_import import import_command
from pipeline.cli.terminal import say
from pipeline.cli.translation import fault_in_language
from pipeline.files.replacing import replace_file
from pipeline.files.spreadsheets import SheetFault
from pipeline.intake.registry_checks import shared_credit_codes


@click.group("registry")
def registry_group() -> None:
    """Enterprises and what an incident at each of them may touch."""


@registry_group.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a fault on stdout.")
def check_command(file: Path, as_json: bool) -> None:
    """Every fault of every row of FILE (NDJSON, CSV or .xlsx), with line and remedy.

    Exit 1 if there is one.
    """
    try:
        parsed = read_candidates(file, {}).parsed
    except SheetFault as no_table:
        raise click.ClickException(str(no_table)) from no_table
    for fault in parsed.faults:
        say(msgspec.json.encode(fault).decode() if as_json else fault_in_language(str(fault)))
    keyless = sum(1 for enterprise in parsed.enterprises.values() if not enterprise.keys)
    for code, names in shared_credit_codes(parsed.enterprises).items():
        say(f"credit code {code} is that of {', '.join(names)}: each counts as one", err=True)
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
    replace_file(place, f"{content_id_of(file)}\n".encode())
    say(str(place))


registry_group.add_command(import_command)
