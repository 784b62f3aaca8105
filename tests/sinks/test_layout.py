"""Replicated and distributed tables from the same files: parsed; none was executed."""

import re

import pytest

from sinks.clickhouse import layout_of
from sinks.columns import Table
from sinks.ddl import literal
from sinks.layout import SINGLE, Layout, shard_of
from sinks.migrations import migrations_of, script
from sinks.retention import Retention, forget_statements, retention_statements
from sinks.tables import TABLES
from tests.sinks.conftest import MakeChdb

CLUSTER = Layout("stars", "fenghuo")


def every_statement(layout: Layout) -> list[str]:
    """All that may change a store's shape or rows."""
    return [
        *(each for step in migrations_of(layout) for each in step.statements),
        *retention_statements(Retention(184), layout=layout),
        *forget_statements("a", layout=layout),
    ]


def test_every_statement_runs_on_the_whole_cluster() -> None:
    for statement in every_statement(CLUSTER):
        assert " ON CLUSTER `stars`" in statement.partition("\nAS SELECT")[0]
    assert not any("CLUSTER" in statement for statement in every_statement(SINGLE))


def test_no_table_on_a_cluster_is_left_unreplicated_or_undistributed() -> None:
    text = "\n".join(every_statement(CLUSTER))
    assert " ReplacingMergeTree" not in text
    assert "non_replicated" not in text
    kept = set(re.findall(r"CREATE TABLE IF NOT EXISTS (\w+_local) ON", text))
    read = dict(re.findall(r"CREATE TABLE IF NOT EXISTS (\w+_rows) ON .* AS (\w+)\n", text))
    assert set(read.values()) == kept
    assert {*kept, *read} == set(CLUSTER.physical(TABLES))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_duplicates_meet_on_one_shard(table: Table) -> None:
    """The shard follows from the thing: from its one enterprise, or from its key."""
    if "enterprise_id" in table.column_names:
        assert shard_of(table) == "cityHash64(enterprise_id)"
    else:
        assert shard_of(table) == f"cityHash64({table.key[0]})"
        assert table.key[0] in table.order_by


def test_clickhouse_reads_every_statement(make_chdb: MakeChdb) -> None:
    store = make_chdb()
    for statement in (*every_statement(CLUSTER), *script(migrations_of(CLUSTER))):
        assert store.query(f"SELECT formatQuery({literal(statement)}) AS s")


def test_the_address_names_the_cluster() -> None:
    assert layout_of("clickhouse://h:9000", "fenghuo") == SINGLE
    assert layout_of("clickhouse://h:9000?cluster=stars&compression=lz4", "fenghuo") == CLUSTER
    with pytest.raises(ValueError, match="no name"):
        layout_of("clickhouse://h:9000?cluster=a'b", "fenghuo")
