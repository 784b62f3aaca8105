"""Columns that several tables of the store have."""

from sinks.columns import (
    TEXTS,
    WORD,
    WORDS,
    column,
    of_entities,
)

ENTERPRISE = column("enterprise_id", WORD, "Who published it; key of the table enterprises.")
PROVINCE = column("province", WORD, "GB/T 2260 code of province level.")
DRILL = column("drill", WORD, "Name of the drill it belongs to; empty in earnest.")
ENTITIES = (
    column("entity_kinds", WORDS, "Kinds of the entities, in parallel.", of_entities("kind")),
    column("entity_values", TEXTS, "Values of the entities.", of_entities("value")),
    column("entity_roles", WORDS, "Roles of the entities.", of_entities("role")),
)
