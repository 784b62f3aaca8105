"""Writes the next migration: what the definition has and the files do not make.

    python -m tests.sinks.new_migration what

New tables, and new columns at their places; what else has changed (an order, a codec, an index)
is written by hand. Read what it wrote: it is what every store will be changed by.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sinks.chdb import ChdbSink
from sinks.columns import Table
from sinks.ddl import column_clause, create_tables
from sinks.layout import Layout, stored_names
from sinks.migrations import COLUMNS, FILES, migrations_of
from sinks.tables import TABLES

ALTER = """{% for table in places('NAME') -%}
ALTER TABLE {{ table }}{{ on_cluster }}
ADDED;
{% endfor -%}"""


class _Template(Layout, frozen=True):
    """The layout as a migration's text names it."""

    @property
    def on_cluster(self) -> str:
        return "{{ on_cluster }}"

    def local(self, name: str) -> str:
        return f"{{{{ local({name!r}) }}}}"

    def engine(self, version: str) -> str:
        return f"{{{{ engine({version!r}) }}}}"

    def memory(self, window: int) -> str:
        return f"{{{{ memory({window}) }}}}"

    def distributed(self, name: str, shard: str) -> str:
        return f"{{{{ distributed({name!r}, {shard!r}) }}}}"


def missing(present: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The statements that make what is not `present`: pairs of table and column."""
    for table in TABLES:
        for name in stored_names(table):
            columns = [column for of, column in present if of == name]
            if columns and (added := ",\n".join(_added(table, columns))):
                yield ALTER.replace("NAME", name).replace("ADDED", added)
        if not columns:
            for each in create_tables((table,), _Template("cluster")):
                is_spread = "distributed(" in each
                yield f"{{% if cluster %}}{each};{{% endif %}}" if is_spread else f"{each};"


def _added(table: Table, present: Sequence[str]) -> Iterator[str]:
    place = "FIRST"
    for each in table.columns:
        if each.name not in present:
            yield f"    ADD COLUMN IF NOT EXISTS {column_clause(each)} {place}"
        place = f"AFTER `{each.name}`"


def made_by_files() -> list[tuple[str, str]]:
    """Table and column of everything that the files make."""
    with TemporaryDirectory() as folder:
        store = ChdbSink(Path(folder) / "store")
        for migration in migrations_of()[:-1]:
            for statement in migration.statements:
                store.query(statement)
        rows = store.query(COLUMNS)
        store.close()
    return [(str(row["table"]), str(row["name"])) for row in rows]


def main(what: str) -> None:
    """Write the file and say where it is."""
    statements = "\n\n".join(missing(made_by_files()))
    if not statements:
        sys.exit("the files make all tables and columns of the definition already")
    file = FILES / f"{len(migrations_of()):04}_{what.replace(' ', '_')}.sql"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{statements}\n", encoding="utf-8")
    print(file)


if __name__ == "__main__":
    main(sys.argv[1])
