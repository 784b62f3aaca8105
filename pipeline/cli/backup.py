"""`fenghuo backup`: an embedded store as one file (shell)."""

from pathlib import Path

import click

from pipeline.app.store_backup import back_up_store
from pipeline.cli.options import NEW_FILE
from pipeline.cli.terminal import say
from sinks.contract import SinkError


@click.command("backup")
@click.argument("file", type=NEW_FILE)
@click.option(
    "--store",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    envvar="FENGHUO_STORE",
    required=True,
    help="Folder of an embedded store; a worker may have it open.",
)
def backup_command(file: Path, store: Path) -> None:
    """Write an embedded store into FILE, a tar archive, which an empty folder takes as a store.

    A server has BACKUP DATABASE; what workers remember is saved by `fenghuo states save`, before.
    """
    if not (store / "metadata").is_dir():
        raise click.ClickException(f"{store}: no such store; `fenghuo run --store` makes one")
    try:
        back_up_store(store, file)
    except SinkError as fault:
        raise click.ClickException(str(fault)) from fault
    say(f"{file}: {file.stat().st_size:,} bytes", err=True)
