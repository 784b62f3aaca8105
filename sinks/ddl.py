"""The store's statements, derived from its one definition: pure text, nothing is executed here.

Rule 1. Every statement is idempotent: run again, after an interruption too, it changes nothing.
Rule 2. Names are not qualified: a store is one database, and the sink is in it.
Rule 3. A view's name is a thing's name (`incidents`), the table behind it is `<view>_rows`.
Rule 4. A table with revisions is written to its history; a materialized view, `<name>_feed`,
        copies each row to the current table, where the highest revision replaces the others.
Rule 5. One text for one server and for a cluster: `sinks/layout.py` says what differs.
"""

from collections.abc import Sequence
from re import fullmatch

from schemas.assessment import ENDED_STATES
from schemas.moments import Moment
from sinks.case_tables import ASSESSMENTS, INCIDENTS, OBLIGATIONS
from sinks.columns import CODEC_OF, Column, Index, Table
from sinks.coverage import select_coverage
from sinks.layout import DEDUPLICATION_WINDOW, SINGLE, Layout, shard_of
from sinks.log_tables import REVENUE_RANKS
from sinks.tables import TABLES

TIER_COLUMNS = (
    "tier", "colour", "response_level", "override_tier", "warning_state", "issued_colour",
)  # fmt: skip
"""What the view `incidents` shows of the current assessment, as `miit_tier`, `cac_tier`, …"""
REGIMES = ("miit", "cac")
COVERAGE = "enterprise_coverage"
"""The view that `sinks/coverage.py` makes."""

WRITE_SETTINGS: dict[str, int | str] = {
    "async_insert": 0,
    "insert_deduplicate": 1,
    "deduplicate_insert": "enable",
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    "max_partitions_per_insert_block": 0,
    "throw_on_max_partitions_per_insert_block": 0,
    "distributed_foreground_insert": 1,
}
"""Every setting that decides what an insert means; servers differ in their defaults. An answer
comes after the rows are stored, on their shard too; an identical block is dropped, in the tables
that materialized views feed too, each by its own memory (a crash may have come between the two);
events that are spread over many months are taken."""


def create_tables(tables: Sequence[Table] = TABLES, layout: Layout = SINGLE) -> tuple[str, ...]:
    """The statements that make every physical table."""
    return tuple(statement for table in tables for statement in _create(table, layout))


def create_feeds(tables: Sequence[Table] = TABLES, layout: Layout = SINGLE) -> tuple[str, ...]:
    """The statements that make every feed, and have one of an older version copy all columns."""
    return tuple(
        statement for table in tables if table.history for statement in _feed(table, layout)
    )


def create_views(tables: Sequence[Table] = TABLES, layout: Layout = SINGLE) -> tuple[str, ...]:
    """The statements that make every view anew."""
    plain = [statement for table in tables for statement in _views(table, layout)]
    incidents = [_incident_view(layout)] if INCIDENTS in tables else []
    coverage = [_coverage_view(layout)] if REVENUE_RANKS in tables else []
    return (*plain, *incidents, *coverage)


def view_tables(tables: Sequence[Table] = TABLES) -> dict[str, Table]:
    """Every view's name and the table whose columns it shows."""
    current = {table.name: table for table in tables}
    return current | {table.history: table for table in tables if table.history}


def view_names(tables: Sequence[Table] = TABLES) -> list[str]:
    """Every view's name, that of coverage among them."""
    return [*view_tables(tables), *([COVERAGE] if REVENUE_RANKS in tables else [])]


def _create(table: Table, layout: Layout) -> list[str]:
    if not table.history:
        return _table(table, table.current_name, table.version, layout)
    return [
        *_table(table, table.current_name, table.revision, layout),
        *_table(table, table.stored_name, table.version, layout),
    ]


def _feed(table: Table, layout: Layout) -> list[str]:
    name, on = f"{table.name}_feed", layout.on_cluster
    copied = f"SELECT {_names(table)} FROM {layout.local(table.stored_name)}"
    target = layout.local(table.current_name)
    return [
        f"CREATE MATERIALIZED VIEW IF NOT EXISTS {name}{on} TO {target}\nAS {copied}",
        # A feed of an older version has its old columns, and IF NOT EXISTS leaves it as it is.
        f"ALTER TABLE {name}{on} MODIFY QUERY {copied}",
    ]


def _table(table: Table, name: str, version: str, layout: Layout) -> list[str]:
    window = 0 if table.repeatable else DEDUPLICATION_WINDOW
    # Rows that differ in their version only must be one to the engine: it keeps the greatest.
    order = [part for part in table.order_by if version == "" or part != version]
    clauses = [
        f"ENGINE = {layout.engine(version)}",
        f"PARTITION BY {table.partition_by}" if table.partition_by else "",
        f"ORDER BY ({', '.join(order)})",
        f"SETTINGS {layout.memory(window)}",
        f"COMMENT {literal(table.comment)}",
    ]
    lines = [*map(column_clause, table.columns), *map(_index, table.indexes)]
    columns = ",\n".join(f"    {line}" for line in lines)
    body = "\n".join(clause for clause in clauses if clause)
    kept = layout.local(name)
    made = f"CREATE TABLE IF NOT EXISTS {kept}{layout.on_cluster}\n(\n{columns}\n)\n{body}"
    if not layout.cluster:
        return [made]
    spread = f"CREATE TABLE IF NOT EXISTS {name}{layout.on_cluster} AS {kept}"
    return [made, f"{spread}\nENGINE = {layout.distributed(name, shard_of(table))}"]


def column_clause(column: Column) -> str:
    """The column as a table's statement declares it."""
    codec = CODEC_OF.get(column.type)
    compressed = f" CODEC({codec})" if codec else ""
    return f"`{column.name}` {column.type} COMMENT {literal(column.comment)}{compressed}"


def _index(index: Index) -> str:
    kind = f"bloom_filter({index.wrong})"
    return f"INDEX by_{index.name} {index.expression} TYPE {kind} GRANULARITY 1"


def _views(table: Table, layout: Layout) -> list[str]:
    views = [] if table is INCIDENTS else [_current_view(table, layout)]
    return [*views, _view(table, table.history, layout)] if table.history else views


def _current_view(table: Table, layout: Layout) -> str:
    if table is OBLIGATIONS:
        return _obligation_view(layout)
    return _view(table, table.name, layout)


def _view(table: Table, name: str, layout: Layout) -> str:
    final = _select_final(table, f"{name}_rows")
    return f"CREATE OR REPLACE VIEW {name}{layout.on_cluster}\nAS {final}"


def _select_final(table: Table, stored: str) -> str:
    partitioned = "\nSETTINGS do_not_merge_across_partitions_select_final = 1"
    select = f"SELECT {_names(table)}\nFROM {stored} FINAL"
    return select + partitioned if table.partition_by else select


def _incident_view(layout: Layout) -> str:
    """Incidents with the current assessment of each regime beside them; "" where there is none.

    Both regimes are read at once and joined once: half of what most questions cost was that. The
    enterprise stands in the join so that a question about one reads only its rows.
    """
    told = [(f"{regime}_{name}", regime, name) for regime in REGIMES for name in TIER_COLUMNS]
    own = [f"i.{name} AS {name}" for name in INCIDENTS.column_names]
    beside = [f"a.{column} AS {column}" for column, _, _ in told]
    by_regime = [f"anyIf({name}, regime = {literal(regime)}) AS {to}" for to, regime, name in told]
    return (
        f"CREATE OR REPLACE VIEW {INCIDENTS.name}{layout.on_cluster}\n"
        f"AS SELECT {', '.join(own + beside)}\n"
        f"FROM (SELECT {_names(INCIDENTS)} FROM {INCIDENTS.current_name} FINAL) AS i\n"
        f"LEFT JOIN (SELECT enterprise_id, incident_id, {', '.join(by_regime)}\n"
        f"    FROM {ASSESSMENTS.current_name} FINAL GROUP BY enterprise_id, incident_id) AS a\n"
        "    ON a.enterprise_id = i.enterprise_id AND a.incident_id = i.incident_id"
    )


def state_now(now: str = "now64(6)") -> str:
    """`schemas.assessment.state_at` in SQL, of a row `o`: deadlines pass without a worker too."""
    ended = ", ".join(map(literal, ENDED_STATES))
    return (
        f"multiIf(o.state IN ({ended}), o.state,"
        f" o.due_at IS NOT NULL AND {now} > o.due_at, 'late',"
        f" o.due_soon_at IS NOT NULL AND {now} >= o.due_soon_at, 'due_soon', 'pending')"
    )


def _obligation_view(layout: Layout) -> str:
    """Obligations as they stand when they are asked for."""
    columns = [
        f"{state_now() if name == 'state' else f'o.{name}'} AS {name}"
        for name in OBLIGATIONS.column_names
    ]
    return (
        f"CREATE OR REPLACE VIEW {OBLIGATIONS.name}{layout.on_cluster}\n"
        f"AS SELECT {', '.join(columns)}\n"
        f"FROM (SELECT {_names(OBLIGATIONS)} FROM {OBLIGATIONS.current_name} FINAL) AS o"
    )


def _coverage_view(layout: Layout) -> str:
    return f"CREATE OR REPLACE VIEW {COVERAGE}{layout.on_cluster}\nAS {select_coverage()}"


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


def moment_literal(moment: Moment) -> str:
    """The moment as a constant that columns of moments are compared with, to the microsecond."""
    return f"fromUnixTimestamp64Micro({moment}, 'UTC')"
