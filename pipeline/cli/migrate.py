"""`fenghuo migrate`: bring a store's tables and views to this version (shell)."""

from pathlib import Path

import click

from pipeline.cli.stores import open_sink, sink_options
from sinks.contract import QueryFailed, SchemaOutdated, SinkError, Store
from sinks.migrations import Migration, migrations_of, plan, script


@click.command("migrate")
@sink_options
@click.option("--plan", "only_plan", is_flag=True, help="Print the statements, execute none.")
def migrate_command(store: Path | None, database: str, only_plan: bool) -> None:
    """Bring the store's tables and views to this version; nothing happens where they are.

    Interrupted, it is simply run again.
    """
    if only_plan:
        click.echo("".join(f"{statement};\n\n" for statement in script(_waiting(store, database))))
        return
    with open_sink(store, database) as sink:
        waiting = _plan(sink)
        sink.migrate()
    click.echo(_told(waiting), err=True)


def _waiting(store: Path | None, database: str) -> tuple[Migration, ...]:
    """What would run; a store that does not exist yet is not made for the asking."""
    if store is None:
        with open_sink(None, database) as sink:
            return _plan(sink)
    from sinks.chdb import ChdbSink

    try:
        embedded = ChdbSink(store, database, read_only=True)
    except SchemaOutdated:
        return migrations_of()
    except SinkError as fault:
        raise click.ClickException(str(fault)) from fault
    try:
        return _plan(embedded)
    finally:
        embedded.close()


def _plan(sink: Store) -> tuple[Migration, ...]:
    try:
        return plan(sink.query, migrations_of())
    except QueryFailed:  # the database does not exist yet
        return migrations_of()


def _told(waiting: tuple[Migration, ...]) -> str:
    if not waiting:
        return "The store is of this version already."
    names = ", ".join(f"{migration.number} {migration.name}" for migration in waiting)
    return f"Migrated: {names}."
