"""`fenghuo forget`: delete what a store holds of one enterprise (shell)."""

import click

from pipeline.app.embedded_states import EmbeddedStates
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.terminal import say
from sinks.contract import Store
from sinks.ddl import literal
from sinks.retention import LEAST_LOG_DAYS, forget_statements, of_enterprises
from sinks.tables import TABLES


@click.command("forget")
@store_options
@click.option("--enterprise", required=True, metavar="ID", help="Whose rows are deleted.")
@click.option("--yes", is_flag=True, help="Delete. Without it: only say what would be deleted.")
def forget_command(store: ChosenStore, enterprise: str, yes: bool) -> None:
    """Delete every row of one enterprise, and its state in an embedded store, for good.

    Logs must be kept six months: see that the law lets you. Exit code 1 when there is nothing.
    Of a server, the enterprise's key is to be withdrawn first, or its next batch is taken;
    what the workers remember of it is in Kafka's state topic.
    """
    with store.open() as sink:
        counts = _count_rows(sink, enterprise)
        states = None if store.folder is None else EmbeddedStates(store.folder)
        names = [] if states is None else states.names_of(enterprise)
        if not counts and not names:
            raise click.ClickException(f"{enterprise}: no row; see `fenghuo sql` for the ids")
        _tell(counts, _young(sink, enterprise))
        if not yes:
            raise click.UsageError("nothing was deleted: add --yes to delete this for good")
        for statement in forget_statements(enterprise, layout=sink.layout):
            sink.query(statement)
        if states is not None and states.is_kept:
            states.forget_enterprise(enterprise)
    say(f"Deleted what was held of {enterprise}.", err=True)


def _count_rows(sink: Store, enterprise: str) -> dict[str, int]:
    """Rows by view, every revision; views without any are left out."""
    views = [table.history or table.name for table in of_enterprises()]
    counts = {
        view: sink.query(
            f"SELECT count() AS n FROM {view} WHERE enterprise_id = {literal(enterprise)}"
        )[0]["n"]
        for view in views
    }
    return {view: int(str(count)) for view, count in counts.items() if count}


def _young(sink: Store, enterprise: str) -> int:
    """Events that the law still wants kept."""
    (answer,) = sink.query(
        f"SELECT count() AS n FROM events WHERE enterprise_id = {literal(enterprise)}"
        f" AND received_at > now() - INTERVAL {LEAST_LOG_DAYS} DAY"
    )
    return int(str(answer["n"]))


def _tell(counts: dict[str, int], young: int) -> None:
    for view, count in counts.items():
        say(f"{view}: {count}", err=True)
    if young:
        say(f"{young} events are younger than {LEAST_LOG_DAYS} days.", err=True)
    if of_enterprises() != TABLES:
        shared = ", ".join(table.name for table in TABLES if table not in of_enterprises())
        say(f"Rows of several enterprises stay: {shared}.", err=True)
