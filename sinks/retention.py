"""How long rows are kept, and how an enterprise's rows are deleted: pure text.

Rule 1. A store keeps everything until it is told a term. Terms are counted from receipt (or
        revision), never from an event's own time: a sensor's clock that is wrong, or an old
        recording, must not have its rows deleted as soon as they come.
Rule 2. Logs are kept six months at least (工信部网安〔2022〕166号 Art. 25). Six months have up to
        184 days. Cases (incidents, assessments, obligations, detections, accounts, commands,
        counts) are kept at least as long as logs.
"""

from collections.abc import Mapping, Sequence

import msgspec

from sinks.columns import CASE, LOG, Table
from sinks.ddl import literal
from sinks.layout import SINGLE, Layout, stored_names
from sinks.tables import TABLES

LEAST_LOG_DAYS = 184
CASE_DAYS = 3_653
"""Ten years, where only a term for logs is given."""


class Retention(msgspec.Struct, frozen=True):
    """Terms in days. Raises ValueError for one that is shorter than the law's or than logs'."""

    log_days: int
    case_days: int = CASE_DAYS

    def __post_init__(self) -> None:
        if self.log_days < LEAST_LOG_DAYS:
            raise ValueError(
                f"logs for {self.log_days} days: six months are the least that the law allows;"
                f" give {LEAST_LOG_DAYS} or more"
            )
        if self.case_days < self.log_days:
            raise ValueError(
                f"cases for {self.case_days} days, logs for {self.log_days}: a case is kept at"
                " least as long as its logs"
            )

    @property
    def days(self) -> Mapping[str, int]:
        """The term by what a table holds."""
        return {LOG: self.log_days, CASE: self.case_days}


def retention_statements(
    retention: Retention, tables: Sequence[Table] = TABLES, layout: Layout = SINGLE
) -> tuple[str, ...]:
    """The statements that set the terms; run again, or with other terms, the last hold."""
    return tuple(
        statement
        for table in tables
        if table.kept_as
        for name in stored_names(table)
        for statement in _expire(table, layout.local(name), retention, layout)
    )


def _expire(table: Table, name: str, retention: Retention, layout: Layout) -> list[str]:
    days = retention.days[table.kept_as]
    alter = f"ALTER TABLE {name}{layout.on_cluster}"
    term = f"{alter} MODIFY TTL {table.ages_by} + INTERVAL {days} DAY"
    # Months of rows go as whole parts, which costs nothing; elsewhere row by row in merges.
    whole = int(bool(table.partition_by))
    return [f"{alter} MODIFY SETTING ttl_only_drop_parts = {whole}", term]


def forget_statements(
    enterprise_id: str, tables: Sequence[Table] = TABLES, layout: Layout = SINGLE
) -> tuple[str, ...]:
    """The statements that delete every row of the enterprise; each ends when they are gone."""
    return tuple(
        f"ALTER TABLE {layout.local(name)}{layout.on_cluster}"
        f" DELETE WHERE enterprise_id = {literal(enterprise_id)} SETTINGS mutations_sync = 2"
        for table in of_enterprises(tables)
        for name in stored_names(table)
    )


def of_enterprises(tables: Sequence[Table] = TABLES) -> tuple[Table, ...]:
    """The tables whose rows belong to one enterprise each."""
    return tuple(table for table in tables if "enterprise_id" in table.column_names)
