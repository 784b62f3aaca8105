"""Random rows of the store's own tables, built from the types of their columns."""

from functools import cache

from hypothesis import strategies as st

from sinks import columns
from sinks.columns import Column, Table
from sinks.contract import Row

_WORDS = st.sampled_from(["", "I", "miit", "主机", "a'b"])
_MOMENTS = st.integers(-2_208_988_800_000_000, 4_102_444_800_000_000)

_VALUES: dict[str, st.SearchStrategy[object]] = {
    columns.TEXT: st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    columns.WORD: _WORDS,
    columns.WORDS: st.lists(_WORDS, max_size=2),
    columns.TEXTS: st.lists(st.text("ab\\'\n", max_size=3), max_size=2),
    columns.MOMENT: _MOMENTS,
    columns.MAYBE_MOMENT: st.none() | _MOMENTS,
    columns.COUNT: st.integers(0, 2**64 - 1),
    columns.MAYBE_COUNT: st.none() | st.integers(0, 2**64 - 1),
    columns.SMALL: st.integers(0, 2**32 - 1),
    columns.SIGNED: st.integers(-(2**63), 2**63 - 1),
    columns.FLAG: st.booleans(),
}

# Few things, so that they meet; what is derived from content is a function of the key.
_MADE = {
    "regime": st.sampled_from(["miit", "cac"]),
    "revision": st.integers(1, 3),
    "enterprise_id": st.just("ent-1"),
    "incident_id": st.sampled_from(["i1", "i2", "i3"]),
    "detection_id": st.sampled_from(["d1", "d2"]),
    "obligation_id": st.sampled_from(["o1", "o2"]),
}


@cache
def rows_of(table: Table) -> st.SearchStrategy[Row]:
    """Any row of the table."""
    return st.tuples(*[_value(column) for column in table.columns])


def _value(column: Column) -> st.SearchStrategy[object]:
    return _MADE.get(column.name, _VALUES[column.type])


def identity(table: Table, row: Row) -> tuple[object, ...]:
    """The thing and its revision: what its content is a function of."""
    names = table.column_names
    wanted = (*table.key, table.revision) if table.revision else table.key
    return tuple(row[names.index(name)] for name in wanted)
