"""Numbered migrations: forward only, idempotent, and safe to interrupt at any statement.

Rule 1. A migration is recorded in the table `migrations` after its last statement. One that was
        interrupted runs again from its first: each statement may be repeated (`sinks/ddl.py`).
Rule 2. Migration 1 makes the tables as they are defined now, those that are not there. Numbers 3
        and up bring older stores to the same columns and find nothing to do in a new one; their
        text never changes again. Then 2 makes what needs all the columns: feeds, codecs and
        indexes. 1 and 2 run again whenever their text has changed.
Rule 3. The views come last, and again whenever their text has changed.
Rule 4. At the end the columns are held against the definition; a difference is an error.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from schemas.ids import content_id
from sinks.case_tables import ASSESSMENTS, CAMPAIGNS, OBLIGATIONS
from sinks.columns import Table
from sinks.contract import Answer, SchemaOutdated
from sinks.ddl import (
    create_feeds,
    create_tables,
    create_views,
    literal,
    refine_tables,
    view_tables,
)
from sinks.layout import SINGLE, Layout
from sinks.log_tables import BATCHES, COMMANDS, DEAD_LETTERS, DETECTIONS, ENTERPRISES
from sinks.tables import TABLES

LEDGER = """CREATE TABLE IF NOT EXISTS migrations
(
    number UInt32,
    name String,
    digest String,
    applied_at DateTime('UTC') DEFAULT now()
)
ENGINE = ReplacingMergeTree
ORDER BY number"""

_HAS_LEDGER = (
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND name = 'migrations'"
)
_APPLIED = "SELECT number, digest FROM migrations FINAL"
_COLUMNS = "SELECT table, name FROM system.columns WHERE database = currentDatabase()"


class Migration(msgspec.Struct, frozen=True):
    """Statements under a number. A repeatable one runs again when its text has changed."""

    number: int
    name: str
    statements: tuple[str, ...]
    repeatable: bool = False

    @property
    def digest(self) -> str:
        """Of the statements."""
        return content_id("migration", *self.statements)


_SUMMARY_COLUMN = """
    ADD COLUMN IF NOT EXISTS `summary_zh` String AFTER `summary`"""
_CAMPAIGN_COLUMNS = """
    ADD COLUMN IF NOT EXISTS `combined_miit_tier` LowCardinality(String) AFTER `growth`,
    ADD COLUMN IF NOT EXISTS `combined_cac_tier` LowCardinality(String) AFTER `combined_miit_tier`,
    ADD COLUMN IF NOT EXISTS `evicted` UInt64 AFTER `combined_cac_tier`"""
_ORIGINAL_COLUMNS = """
    ADD COLUMN IF NOT EXISTS `size` UInt64 AFTER `original`,
    ADD COLUMN IF NOT EXISTS `sha256` String AFTER `size`"""
_UNVERIFIED_COLUMN = """
    ADD COLUMN IF NOT EXISTS `unverified` LowCardinality(String) AFTER `drill`"""
_ASSESSMENT_COLUMNS = """
    ADD COLUMN IF NOT EXISTS `possible_tier` LowCardinality(String) AFTER `raises`,
    ADD COLUMN IF NOT EXISTS `asked` Array(LowCardinality(String)) AFTER `possible_tier`,
    ADD COLUMN IF NOT EXISTS `standing_tier` LowCardinality(String) AFTER `asked`,
    ADD COLUMN IF NOT EXISTS `fixed_tier` LowCardinality(String) AFTER `standing_tier`,
    ADD COLUMN IF NOT EXISTS `fixed_by` String AFTER `fixed_tier`,
    ADD COLUMN IF NOT EXISTS `fixed_at` Nullable(DateTime64(6, 'UTC')) AFTER `fixed_by`,
    ADD COLUMN IF NOT EXISTS `warning_state` LowCardinality(String) AFTER `fixed_at`,
    ADD COLUMN IF NOT EXISTS `issued_colour` LowCardinality(String) AFTER `warning_state`,
    ADD COLUMN IF NOT EXISTS `warning` String AFTER `issued_colour`"""
_OBLIGATION_COLUMNS = """
    ADD COLUMN IF NOT EXISTS `limit_text_en` String AFTER `limit_text`,
    ADD COLUMN IF NOT EXISTS `article_en` String AFTER `article`,
    ADD COLUMN IF NOT EXISTS `confidence` LowCardinality(String) AFTER `unconfirmed`,
    ADD COLUMN IF NOT EXISTS `overdue` Bool AFTER `confidence`,
    ADD COLUMN IF NOT EXISTS `presumed` Array(LowCardinality(String)) AFTER `overdue`"""
_ENTERPRISE_COLUMN = """
    ADD COLUMN IF NOT EXISTS `unknown_facts` Array(LowCardinality(String))
        AFTER `sensitive_persons`"""
_LETTER_DRILL = """
    ADD COLUMN IF NOT EXISTS `drill` LowCardinality(String) AFTER `sha256`"""
_COMMAND_DRILL = """
    ADD COLUMN IF NOT EXISTS `drill` LowCardinality(String) AFTER `content`"""


def _later(tables: Sequence[Table], layout: Layout) -> tuple[Migration, ...]:
    """Numbers 3 and up, as far as they are about these tables."""
    changes = (
        (3, "combined tiers of campaigns", CAMPAIGNS, "campaign_revisions", _CAMPAIGN_COLUMNS),
        (4, "findings in Chinese", DETECTIONS, "detection_revisions", _SUMMARY_COLUMN),
        (5, "size and digest of dead letters", DEAD_LETTERS, "", _ORIGINAL_COLUMNS),
        (6, "batches that may be repeats", BATCHES, "", _UNVERIFIED_COLUMN),
        (7, "who decides a tier", ASSESSMENTS, "assessment_revisions", _ASSESSMENT_COLUMNS),
        (8, "how duties are known", OBLIGATIONS, "obligation_revisions", _OBLIGATION_COLUMNS),
        (9, "what the registry leaves open", ENTERPRISES, "", _ENTERPRISE_COLUMN),
        (20, "drills of dead letters", DEAD_LETTERS, "", _LETTER_DRILL),
        (21, "drills of commands", COMMANDS, "", _COMMAND_DRILL),
    )
    return tuple(
        Migration(number, name, _alter(views, change, layout))
        for number, name, table, revisions, change in changes
        for views in [[table.name, revisions] if revisions else [table.name]]
        if table in tables
    )


def _alter(views: Sequence[str], change: str, layout: Layout) -> tuple[str, ...]:
    """The change to the tables behind these views, their local ones first."""
    names = [f"{view}_rows" for view in views]
    kept = dict.fromkeys([*(layout.local(name) for name in names), *names])
    return tuple(f"ALTER TABLE {name}{layout.on_cluster}{change}" for name in kept)


def migrations_of(
    tables: Sequence[Table] = TABLES, layout: Layout = SINGLE
) -> tuple[Migration, ...]:
    """All migrations in the order in which they run."""
    return (
        Migration(1, "tables", create_tables(tables, layout), repeatable=True),
        *_later(tables, layout),
        Migration(2, "feeds, codecs and indexes", _finish(tables, layout), repeatable=True),
        Migration(0, "views", create_views(tables, layout), repeatable=True),
    )


def _finish(tables: Sequence[Table], layout: Layout) -> tuple[str, ...]:
    """What needs all the columns: of a store that is new, and of one that has just got some."""
    return (*create_feeds(tables, layout), *refine_tables(tables, layout))


def pending(migrations: Iterable[Migration], applied: Mapping[int, str]) -> tuple[Migration, ...]:
    """Those that are still to run; `applied` is the digest by number."""
    return tuple(migration for migration in migrations if not _is_applied(migration, applied))


def _is_applied(migration: Migration, applied: Mapping[int, str]) -> bool:
    if migration.repeatable:
        return applied.get(migration.number) == migration.digest
    return migration.number in applied


def script(waiting: Sequence[Migration]) -> tuple[str, ...]:
    """Every statement that running them executes: theirs, each with the record that it ran."""
    if not waiting:
        return ()
    return (LEDGER, *(statement for migration in waiting for statement in _recorded(migration)))


def _recorded(migration: Migration) -> tuple[str, ...]:
    values = f"{migration.number}, {literal(migration.name)}, {literal(migration.digest)}"
    # SELECT, not VALUES: the native protocol would wait for a block of rows from the client.
    record = f"INSERT INTO migrations (number, name, digest) SELECT {values}"
    return (*migration.statements, record)


def plan(
    query: Callable[[str], list[Answer]], migrations: Sequence[Migration]
) -> tuple[Migration, ...]:
    """What `run` would run; executes nothing but reads."""
    if not query(_HAS_LEDGER):
        return tuple(migrations)
    applied = {int(str(row["number"])): str(row["digest"]) for row in query(_APPLIED)}
    return pending(migrations, applied)


def run(
    execute: Callable[[str], object],
    query: Callable[[str], list[Answer]],
    migrations: Sequence[Migration],
    tables: Sequence[Table],
) -> None:
    """Run what is pending; raises SchemaOutdated when the store still differs (rule 4)."""
    for statement in script(plan(query, migrations)):
        execute(statement)
    missing = missing_columns(tables, query(_COLUMNS))
    if missing:
        raise SchemaOutdated(f"the store lacks {', '.join(missing)}: a migration is missing")


def missing_columns(tables: Sequence[Table], columns: Iterable[Answer]) -> list[str]:
    """The columns of the definition that the store's tables and views do not have."""
    present = {(str(row["table"]), str(row["name"])) for row in columns}
    wanted = {(view, name) for view, of in view_tables(tables).items() for name in of.column_names}
    wanted |= {(f"{view}_rows", name) for view, name in wanted}
    return [f"{table}.{name}" for table, name in sorted(wanted - present)]
