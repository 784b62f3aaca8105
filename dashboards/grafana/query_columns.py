"""The columns that a query returns, as sqlglot reads ClickHouse's dialect of SQL. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from sqlglot import exp, parse_one

from dashboards.grafana.macros import Selection, expand
from dashboards.grafana.specs import localise
from dashboards.words import Language


class _Whatever(Mapping[str, Sequence[str]]):
    """A value for any variable: which columns a query returns depends on none."""

    def __getitem__(self, name: str) -> Sequence[str]:
        return ("x",)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __contains__(self, name: object) -> bool:
        return True


_ANY: Final = Selection(first=0, last=1, interval_s=1, variables=_Whatever())


@cache
def column_names(query: str, language: Language) -> tuple[str, ...]:
    """Names of the outermost SELECT's columns, in order.

    Raises ValueError where one has no name of its own, MacroFault and sqlglot's ParseError where
    the query cannot be read.
    """
    statement = parse_one(expand(localise(query, language), _ANY), dialect="clickhouse")
    if not isinstance(statement, exp.Query):
        raise ValueError(f"no query: {query.strip()!r}")
    columns = [each for each in statement.selects if isinstance(each, exp.Alias | exp.Column)]
    if not columns or len(columns) < len(statement.selects):
        raise ValueError(f"a column without a name: add AS name in {query.strip()!r}")
    return tuple(each.alias_or_name for each in columns)
