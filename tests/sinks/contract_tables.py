"""Three small tables, one of each kind, in types that a ClickHouse server of 2018 knows too."""

import re
from collections.abc import Sequence

from sinks.columns import COUNT, SIGNED, SMALL, TEXT, TEXTS, Table, column
from sinks.ddl import create_feeds, create_tables, create_views
from sinks.layout import SINGLE, Layout
from sinks.migrations import Migration, views_of

CASES = Table(
    name="cases",
    of=object,
    history="case_revisions",
    revision="revision",
    comment="Has revisions: it's kept whole, and the highest is current.",
    key=("case_id",),
    order_by=("owner", "case_id", "revision"),
    columns=(
        column("case_id", TEXT, "Key."),
        column("owner", TEXT, "Never changes."),
        column("revision", SMALL, "1, 2, …"),
        column("words", TEXTS, "Anything."),
        column("balance", SIGNED, "Anything."),
        column("size", COUNT, "Anything."),
    ),
)

SIGHTS = Table(
    name="sights",
    of=object,
    version="seen",
    comment="Without revisions; of two rows of one sight the one seen later holds.",
    key=("sight_id",),
    order_by=("intDiv(place, 10)", "owner", "place", "sight_id"),
    partition_by="intDiv(place, 100)",
    columns=(
        column("sight_id", TEXT, "Key."),
        column("owner", TEXT, "Never changes."),
        column("place", COUNT, "Never changes; decides the partition."),
        column("seen", COUNT, "When."),
        column("note", TEXT, "Anything."),
    ),
)

LABELS = Table(
    name="labels",
    of=object,
    comment="Repeatable: what was written last holds.",
    key=("label_id",),
    order_by=("label_id",),
    repeatable=True,
    columns=(column("label_id", TEXT, "Key."), column("text", TEXT, "Anything.")),
)

CONTRACT_TABLES = (CASES, SIGHTS, LABELS)


def steps_of(tables: Sequence[Table], layout: Layout = SINGLE) -> tuple[Migration, ...]:
    """What makes a store of any tables, from their definition alone."""
    made = Migration(1, "tables", create_tables(tables, layout))
    return (made, views_of(tables, layout))


OLD_SETTINGS: dict[str, int | str] = {"insert_deduplicate": 1}
"""Those of `SERVER_SETTINGS` that ClickHouse 18.16 knows."""

_TOO_NEW = re.compile(
    r" CODEC\([^)]*\)+| COMMENT '(?:[^'\\]|\\.)*'|\nCOMMENT '(?:[^'\\]|\\.)*'|\nSETTINGS \w+ = \d+"
)


def old_migrations() -> tuple[Migration, ...]:
    """The contract tables for ClickHouse 18.16: no comments, settings, OR REPLACE, MODIFY QUERY."""
    made = [*create_tables(CONTRACT_TABLES), *create_feeds(CONTRACT_TABLES)[::2]]
    tables = tuple(_TOO_NEW.sub("", statement) for statement in made)
    views = tuple(
        _TOO_NEW.sub("", statement).replace("CREATE OR REPLACE VIEW", "CREATE VIEW IF NOT EXISTS")
        for statement in create_views(CONTRACT_TABLES)
    )
    return (Migration(1, "tables", tables), Migration(0, "views", views, repeatable=True))
