"""What a table of the store is: its columns, their ClickHouse types, its key and its engine.

ClickHouse types are written as ClickHouse writes them. A row is a tuple in column order of
text, int, bool, list or None; moments are int microseconds.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import cached_property
from operator import attrgetter
from typing import Annotated, Any

import msgspec

from schemas.moments import FIRST_STORED, LAST_STORED

TEXT = "String"
WORD = "LowCardinality(String)"
"""Text of few distinct values."""
WORDS = "Array(LowCardinality(String))"
TEXTS = "Array(String)"
MOMENT = "DateTime64(6, 'UTC')"
MAYBE_MOMENT = "Nullable(DateTime64(6, 'UTC'))"
COUNT = "UInt64"
MAYBE_COUNT = "Nullable(UInt64)"
SMALL = "UInt32"
SIGNED = "Int64"
FLAG = "Bool"
JSON = "String"
"""JSON text; read it with ClickHouse's JSONExtract functions."""
HEX_ID = "String"

_STORED_MOMENT = Annotated[int, msgspec.Meta(ge=FIRST_STORED, le=LAST_STORED)]

WRITTEN_AS: dict[str, Any] = {
    TEXT: str,
    WORD: str,
    WORDS: list[str],
    TEXTS: list[str],
    MOMENT: _STORED_MOMENT,
    MAYBE_MOMENT: _STORED_MOMENT | None,
    COUNT: Annotated[int, msgspec.Meta(ge=0)],
    MAYBE_COUNT: Annotated[int, msgspec.Meta(ge=0)] | None,
    SMALL: Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)],
    SIGNED: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],
    FLAG: bool,
}
"""ClickHouse type: the Python values that a row may hold there. The engine itself would wrap
a number that is too large, and take a missing text for an empty one."""


CODEC_OF: dict[str, str] = {
    TEXT: "ZSTD(1)",
    TEXTS: "ZSTD(1)",
    MOMENT: "Delta, ZSTD(1)",
    MAYBE_MOMENT: "ZSTD(1)",
    COUNT: "T64, ZSTD(1)",
}
"""ClickHouse type: how its values are compressed, as measured (docs/store.md); the server's
own choice for the rest."""


LOG, CASE = "log", "case"
"""What a table holds, and so how long it is kept: what was sent, or what was made of it."""


class Column(msgspec.Struct, frozen=True):
    """One column: its ClickHouse type, and how its value is read from the thing."""

    name: str
    type: str
    comment: str
    read: Callable[[Any], Any]


class Index(msgspec.Struct, frozen=True):
    """A skip index `by_<name>` of a column or another expression, an array's every element.

    Blocks of rows that cannot hold a value are not read, but for the share of `wrong` ones. With
    `FINAL`, each block that is read has the blocks of every other part read that its keys reach.
    """

    name: str
    expression: str
    wrong: float = 0.01


class Table(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One table. `key` identifies the thing; rows of a key differ in `revision`, if it has one.

    `order_by` ends in the columns that tell rows apart; its parts are columns or expressions
    of columns that never change for a key. So is `partition_by`: ReplacingMergeTree merges
    only inside a partition. Of two rows that `order_by` does not tell apart, the one with the
    greater `version` holds, or the later written where there is none. `repeatable` says that
    a write that repeats an earlier one must take effect again, because others came between.
    Every role reads all of a public one, which says nothing of an enterprise.
    """

    name: str
    of: type
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    order_by: tuple[str, ...]
    partition_by: str = ""
    revision: str = ""
    history: str = ""
    version: str = ""
    repeatable: bool = False
    is_public: bool = False
    indexes: tuple[Index, ...] = ()
    kept_as: str = ""
    ages_by: str = ""
    comment: str = ""

    def row(self, thing: Any) -> tuple[Any, ...]:
        """The thing as a tuple in column order: text, int, bool, list or None; moments as int."""
        return tuple([column.read(thing) for column in self.columns])

    def rows(self, things: Iterable[Any]) -> list[tuple[Any, ...]]:
        """The same of several, read column by column: attributes without a call of ours a cell."""
        kept = list(things)
        return list(zip(*[map(column.read, kept) for column in self.columns], strict=True))

    @property
    def current_name(self) -> str:
        """The physical table behind the view `name`: the current row of each thing."""
        return f"{self.name}_rows"

    @property
    def stored_name(self) -> str:
        """The physical table that is written: every revision, where there are revisions."""
        return f"{self.history or self.name}_rows"

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The columns in row order."""
        return tuple(column.name for column in self.columns)


def column(
    name: str, type: str, comment: str, read: Callable[[Any], Any] | str | None = None
) -> Column:
    """A column read by a function, from an attribute (dots allowed), or from its own name."""
    if read is None or isinstance(read, str):
        return Column(name, type, comment, attrgetter(read or name))
    return Column(name, type, comment, read)


def json_of(name: str) -> Callable[[Any], str]:
    """The attribute as JSON text, keys sorted."""
    return lambda thing: msgspec.json.encode(getattr(thing, name), order="sorted").decode()


def list_of(name: str) -> Callable[[Any], list[Any]]:
    """The attribute, a tuple, as a list."""
    return lambda thing: list(getattr(thing, name))


def of_entities(attribute: str) -> Callable[[Any], list[str]]:
    """One attribute of each of the thing's entities, in their order."""
    return lambda thing: [getattr(entity, attribute) for entity in thing.entities]


def or_empty(name: str) -> Callable[[Any], str]:
    """The attribute, or "" for None."""
    return lambda thing: getattr(thing, name) or ""


def flag_of(name: str) -> Callable[[Any], bool]:
    """The attribute, True, False or None for unknown: whether it is known to be True."""
    return lambda thing: getattr(thing, name) is True


def stated(name: str) -> Callable[[Any], str]:
    """The attribute, True, False or None, as `yes`, `no` or `unknown`."""
    return lambda thing: _STATED[getattr(thing, name)]


_STATED = {True: "yes", False: "no", None: "unknown"}


def date_of(name: str) -> Callable[[Any], str]:
    """The attribute, a date, as ISO 8601, or "" for None."""
    return lambda thing: str(getattr(thing, name) or "")


def count_of(name: str) -> Callable[[Any], int]:
    """The attribute, or 0 for None; what is unknown is told in a column of its own."""
    return lambda thing: getattr(thing, name) or 0


def text_of(name: str) -> Callable[[Any], str]:
    """The attribute, bytes, as text; what is not UTF-8 becomes U+FFFD."""
    return lambda thing: getattr(thing, name).decode("utf-8", "replace")


def base64_of(name: str) -> Callable[[Any], str]:
    """The attribute, bytes, as base64."""
    return lambda thing: b64encode(getattr(thing, name)).decode()
