"""The store's statements, derived from its one definition: pure text, nothing is executed here.

Rule 1. Every statement is idempotent: run again, after an interruption too, it changes nothing.
Rule 2. Names are not qualified: a store is one database, and the sink is in it.
Rule 3. A view's name is a thing's name (`incidents`), the table behind it is `<view>_rows`.
Rule 4. A table with revisions is written to its history; a materialized view, `<name>_feed`,
        copies each row to the current table, where the highest revision replaces the others.
"""

from collections.abc import Sequence
from re import fullmatch

from schemas.columns import Column, Table
from schemas.tables import ASSESSMENTS, INCIDENTS, TABLES

DEDUPLICATION_WINDOW = 1000
"""How many inserts a table remembers: an identical block among them is dropped at once."""

TIER_COLUMNS = ("tier", "colour", "response_level", "override_tier")
"""What the view `incidents` shows of the current assessment, as `miit_tier`, `cac_tier`, …"""
REGIMES = ("miit", "cac")

WRITE_SETTINGS: dict[str, int | str] = {
    "async_insert": 0,
    "insert_deduplicate": 1,
    "deduplicate_insert": "enable",
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    "max_partitions_per_insert_block": 0,
    "throw_on_max_partitions_per_insert_block": 0,
}
"""Every setting that decides what an insert means; servers differ in their defaults. An answer
comes after the rows are stored; an identical block is dropped, in the tables that materialized
views feed too, each by its own memory (a crash may have come between the two); events that are
spread over many months are taken."""


def create_tables(tables: Sequence[Table] = TABLES) -> tuple[str, ...]:
    """The statements that make every physical table and feed."""
    return tuple(statement for table in tables for statement in _create(table))


def create_views(tables: Sequence[Table] = TABLES) -> tuple[str, ...]:
    """The statements that make every view anew."""
    plain = [statement for table in tables for statement in _views(table)]
    return (*plain, _incident_view()) if INCIDENTS in tables else tuple(plain)


def view_tables(tables: Sequence[Table] = TABLES) -> dict[str, Table]:
    """Every view's name and the table whose columns it shows."""
    current = {table.name: table for table in tables}
    return current | {table.history: table for table in tables if table.history}


def _create(table: Table) -> list[str]:
    if not table.history:
        return [_table(table, table.current_name, table.order_by, table.version)]
    current_order = tuple(part for part in table.order_by if part != table.revision)
    return [
        _table(table, table.current_name, current_order, table.revision),
        _table(table, table.stored_name, table.order_by, table.version),
        f"CREATE MATERIALIZED VIEW IF NOT EXISTS {table.name}_feed TO {table.current_name}\n"
        f"AS SELECT {_names(table)} FROM {table.stored_name}",
    ]


def _table(table: Table, name: str, order_by: Sequence[str], version: str) -> str:
    window = 0 if table.repeatable else DEDUPLICATION_WINDOW
    clauses = [
        f"ENGINE = ReplacingMergeTree({version})",
        f"PARTITION BY {table.partition_by}" if table.partition_by else "",
        f"ORDER BY ({', '.join(order_by)})",
        f"SETTINGS non_replicated_deduplication_window = {window}",
        f"COMMENT {literal(table.comment)}",
    ]
    columns = ",\n".join(_column(column) for column in table.columns)
    body = "\n".join(clause for clause in clauses if clause)
    return f"CREATE TABLE IF NOT EXISTS {name}\n(\n{columns}\n)\n{body}"


def _column(column: Column) -> str:
    return f"    `{column.name}` {column.type} COMMENT {literal(column.comment)}"


def _views(table: Table) -> list[str]:
    views = [] if table is INCIDENTS else [_view(table, table.name)]
    return [*views, _view(table, table.history)] if table.history else views


def _view(table: Table, name: str) -> str:
    return f"CREATE OR REPLACE VIEW {name}\nAS {_select_final(table, f'{name}_rows')}"


def _select_final(table: Table, stored: str) -> str:
    partitioned = "\nSETTINGS do_not_merge_across_partitions_select_final = 1"
    select = f"SELECT {_names(table)}\nFROM {stored} FINAL"
    return select + partitioned if table.partition_by else select


def _incident_view() -> str:
    """Incidents with the current assessment of each regime beside them; "" where there is none."""
    own = [f"i.{name} AS {name}" for name in INCIDENTS.column_names]
    tiers = [f"{regime}.{name} AS {regime}_{name}" for regime in REGIMES for name in TIER_COLUMNS]
    joins = "\n".join(_join_assessment(regime) for regime in REGIMES)
    return (
        f"CREATE OR REPLACE VIEW {INCIDENTS.name}\nAS SELECT {', '.join(own + tiers)}\n"
        f"FROM (SELECT {_names(INCIDENTS)} FROM {INCIDENTS.current_name} FINAL) AS i\n{joins}"
    )


def _join_assessment(regime: str) -> str:
    return (
        f"LEFT JOIN (SELECT enterprise_id, incident_id, {', '.join(TIER_COLUMNS)}\n"
        f"    FROM {ASSESSMENTS.current_name} FINAL WHERE regime = {literal(regime)}) AS {regime}\n"
        f"    ON {regime}.enterprise_id = i.enterprise_id"
        f" AND {regime}.incident_id = i.incident_id"
    )


def _names(table: Table) -> str:
    return ", ".join(f"`{name}`" for name in table.column_names)


def select_view(tables: Sequence[Table], name: str) -> str:
    """Every row of a view, ordered by its key, and by revision in a history."""
    table = view_tables(tables).get(name)
    order = "" if table is None else ", ".join((*table.key, table.revision or table.key[-1]))
    return f"SELECT * FROM {quote_name(name)}" + (f" ORDER BY {order}" if order else "")


def quote_name(name: str) -> str:
    """A name as an identifier; raises ValueError unless it is letters, digits and `_`."""
    if not fullmatch("[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError(f"{name!r} is no name: use letters, digits and _, not a digit first")
    return f"`{name}`"


def literal(text: str) -> str:
    """The text as a ClickHouse string literal; use it for whatever a person typed."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
