"""How the one definition is laid out: on one server, or on a cluster. Pure text.

On a cluster every table is there twice: `<thing>_local` holds a shard's rows, replicated, and
`<thing>_rows`, distributed, is what is written and read. Both names of a row's duplicates lead
to one shard, because the shard follows from the enterprise: replacing needs them together.
"""

import msgspec

from sinks.columns import Table

DEDUPLICATION_WINDOW = 1000
"""How many inserts a table remembers: an identical block among them is dropped at once."""
DEDUPLICATION_S = 7 * 86_400
"""How long a replicated table remembers them; servers since 25.10 would do so for an hour."""


LAYOUT_WORDS = ("cluster", "on_cluster", "local", "places", "engine", "memory", "distributed")
"""What a migration's text says of the layout: attributes of `Layout`."""


class Layout(msgspec.Struct, frozen=True):
    """One server, or the cluster of this name, where `database` is the store's."""

    cluster: str = ""
    database: str = ""

    @property
    def on_cluster(self) -> str:
        """The clause that has a statement run on every server; "" for one server."""
        return f" ON CLUSTER `{self.cluster}`" if self.cluster else ""

    def local(self, name: str) -> str:
        """Where the rows of the table `name` are kept."""
        return f"{name.removesuffix('_rows')}_local" if self.cluster else name

    def places(self, name: str) -> list[str]:
        """Every table that has the columns of the table `name`: where rows are kept first."""
        return [*dict.fromkeys((self.local(name), name))]

    def engine(self, version: str) -> str:
        """The engine of a table that keeps rows, the one of greatest `version` of each key."""
        if not self.cluster:
            return f"ReplacingMergeTree({version})"
        # Macros of the server: each replica has its own, so one statement fits all of them.
        arguments = ["'/clickhouse/tables/{shard}/{database}/{table}'", "'{replica}'", version]
        return f"ReplicatedReplacingMergeTree({', '.join(filter(None, arguments))})"

    def memory(self, window: int) -> str:
        """The settings by which a table remembers its last `window` inserts."""
        if not self.cluster:
            return f"non_replicated_deduplication_window = {window}"
        seconds = DEDUPLICATION_S if window else 0
        return (
            f"replicated_deduplication_window = {window},"
            f" replicated_deduplication_window_seconds = {seconds}"
        )

    def distributed(self, name: str, shard: str) -> str:
        """The engine, on a cluster, of the table `name` that is written and read."""
        return f"Distributed('{self.cluster}', '{self.database}', '{self.local(name)}', {shard})"

    def physical(self, tables: tuple[Table, ...]) -> list[str]:
        """Every table that holds or hands on rows, each once, in the order of `tables`."""
        names = [name for table in tables for name in stored_names(table)]
        return [each for name in names for each in reversed(self.places(name))]


SINGLE = Layout()


def stored_names(table: Table) -> list[str]:
    """The table's own names: of its current rows, and of its history where it has one."""
    return list(dict.fromkeys((table.current_name, table.stored_name)))


def shard_of(table: Table) -> str:
    """Of the enterprise; a table of no one enterprise goes by its key."""
    by = "enterprise_id" if "enterprise_id" in table.column_names else table.key[0]
    return f"cityHash64({by})"
