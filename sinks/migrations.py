"""Numbered migrations: SQL files that run in order, 0001 first, on a new store as on an old one.

Rule 1. A file of `sql/` is called NNNN_what.sql. It is a template of what differs between one
        server and a cluster (`sinks/layout.py`), and never changes once a release has it;
        `python -m tests.sinks.new_migration what` writes the next from the definition.
Rule 2. A migration is recorded in the table `migrations` after its last statement. One that was
        interrupted runs again from its first, so each statement may be repeated.
Rule 3. Feeds and views come last, as number 0, and again whenever their text has changed.
Rule 4. At the end the columns are held against the definition; a difference is an error, and so
        is a store that a file of another text has made.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
from jinja2 import StrictUndefined, Template

from schemas.ids import content_id
from sinks.columns import Table
from sinks.contract import Answer, SchemaOutdated
from sinks.ddl import create_feeds, create_views, literal, view_tables
from sinks.layout import LAYOUT_WORDS, SINGLE, Layout
from sinks.tables import TABLES

FILES = Path(__file__).with_name("sql")

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
COLUMNS = "SELECT table, name FROM system.columns WHERE database = currentDatabase()"


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


def migrations_of(layout: Layout = SINGLE) -> tuple[Migration, ...]:
    """All of Fenghuo's migrations in the order in which they run."""
    files = sorted(FILES.glob("[0-9]*.sql"))
    return (*(_read(file, layout) for file in files), views_of(TABLES, layout))


def views_of(tables: Sequence[Table], layout: Layout = SINGLE) -> Migration:
    """What shows the tables, and copies histories to what is current: made anew at any time."""
    made = (*create_feeds(tables, layout), *create_views(tables, layout))
    return Migration(0, "views", made, repeatable=True)


def _read(file: Path, layout: Layout) -> Migration:
    number, _, name = file.stem.partition("_")
    statements = statements_of(file.read_text(encoding="utf-8"), layout)
    return Migration(int(number), name.replace("_", " "), statements)


def statements_of(text: str, layout: Layout) -> tuple[str, ...]:
    """The statements of a file for one layout; each ends with a `;` at the end of a line."""
    template = Template(text, undefined=StrictUndefined)
    filled = template.render({word: getattr(layout, word) for word in LAYOUT_WORDS})
    return tuple(filter(None, map(str.strip, f"{filled}\n".split(";\n"))))


def pending(migrations: Iterable[Migration], applied: Mapping[int, str]) -> tuple[Migration, ...]:
    """Those that are still to run; `applied` is the digest by number. Raises SchemaOutdated."""
    return tuple(migration for migration in migrations if not _is_applied(migration, applied))


def _is_applied(migration: Migration, applied: Mapping[int, str]) -> bool:
    digest = applied.get(migration.number)
    if digest in (None, migration.digest) or migration.repeatable:
        return digest == migration.digest
    raise SchemaOutdated(
        f"this store was made by another text of migration {migration.number:04}"
        f" ({migration.name}), by a version before the first release: make a new store, and"
        " replay or run into it what it held"
    )


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
    missing = missing_columns(tables, query(COLUMNS))
    if missing:
        raise SchemaOutdated(f"the store lacks {', '.join(missing)}: a migration is missing")


def missing_columns(tables: Sequence[Table], columns: Iterable[Answer]) -> list[str]:
    """The columns of the definition that the store's tables and views do not have."""
    present = {(str(row["table"]), str(row["name"])) for row in columns}
    wanted = {(view, name) for view, of in view_tables(tables).items() for name in of.column_names}
    wanted |= {(f"{view}_rows", name) for view, name in wanted}
    return [f"{table}.{name}" for table, name in sorted(wanted - present)]
