"""JSON Schemas (draft 2020-12) of what `fenghuo sql` prints of each view, derived."""

from collections.abc import Iterable
from typing import Any, TypeAlias

from sinks.columns import (
    COUNT,
    FLAG,
    MAYBE_COUNT,
    MAYBE_MOMENT,
    MOMENT,
    SIGNED,
    SMALL,
    TEXT,
    TEXTS,
    WORD,
    WORDS,
    Table,
)
from sinks.tables import TABLES

Schema: TypeAlias = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

SHOWN_AS: dict[str, Schema] = {
    TEXT: {"type": "string"},
    WORD: {"type": "string"},
    WORDS: {"type": "array", "items": {"type": "string"}},
    TEXTS: {"type": "array", "items": {"type": "string"}},
    MOMENT: {"type": "string", "format": "date-time"},
    MAYBE_MOMENT: {"type": ["string", "null"], "format": "date-time"},
    COUNT: {"type": "integer", "minimum": 0, "maximum": 2**64 - 1},
    MAYBE_COUNT: {"type": ["integer", "null"], "minimum": 0, "maximum": 2**64 - 1},
    SMALL: {"type": "integer", "minimum": 0, "maximum": 2**32 - 1},
    SIGNED: {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    FLAG: {"type": "boolean"},
}
"""ClickHouse type: what a row of a view shows there."""


def row_schema(table: Table) -> Schema:
    """Of one row of the table's views."""
    properties = {
        column.name: SHOWN_AS[column.type] | {"description": column.comment}
        for column in table.columns
    }
    return {
        "$schema": DIALECT,
        "title": table.name,
        "description": table.comment,
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }


def row_schemas(tables: Iterable[Table] = TABLES) -> dict[str, Schema]:
    """By view; a history has the columns of its current state."""
    schemas: dict[str, Schema] = {}
    for table in tables:
        schemas[table.name] = row_schema(table)
        if table.history:
            schemas[table.history] = row_schema(table) | {"title": table.history}
    return schemas
