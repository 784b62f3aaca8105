"""Grafana's part of a query, expanded as Grafana and its ClickHouse data source would. Pure.

Macros: https://github.com/grafana/clickhouse-datasource#macros (plugin 4.20). Only those that
our dashboards use; an unknown one is an error, so that nothing is checked that would not run.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from schemas.moments import SECOND, Moment

ALL: Final = "$__all"
_CONDITIONAL: Final = re.compile(r"\$__conditionalAll\(")
_MACRO: Final = re.compile(r"\$__(\w+)(?:\(([^()]*)\))?")
_VARIABLE: Final = re.compile(r"\$\{(\w+)(?::(\w+))?\}")


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader has chosen: the period, the width of an interval, and the variables.

    A variable that takes several values has all of them here, and is in `everything` while
    "All" is chosen.
    """

    first: Moment
    last: Moment
    interval_s: int
    variables: Mapping[str, Sequence[str]]
    everything: frozenset[str] = frozenset()


class MacroFault(ValueError):
    """A macro or variable that Grafana would not expand: names it."""


def expand(sql: str, selection: Selection) -> str:
    """The statement as the store would get it; raises MacroFault for what is unknown."""
    text = _expand_conditionals(sql, selection)
    text = _MACRO.sub(lambda match: _macro(match, selection), text)
    return _VARIABLE.sub(lambda match: _variable(match, selection), text)


def _expand_conditionals(sql: str, selection: Selection) -> str:
    """`$__conditionalAll(condition, $name)`: 1=1 while everything is chosen."""
    while found := _CONDITIONAL.search(sql):
        inside, end = _balanced(sql, found.end())
        condition, _, name = inside.rpartition(",")
        is_all = name.strip().lstrip("$") in selection.everything
        sql = sql[: found.start()] + ("1=1" if is_all else condition.strip()) + sql[end:]
    return sql


def _balanced(sql: str, start: int) -> tuple[str, int]:
    depth = 1
    for index in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[index], 0)
        if depth == 0:
            return sql[start:index], index + 1
    raise MacroFault("$__conditionalAll( has no closing bracket")


def _macro(match: re.Match[str], selection: Selection) -> str:
    name, argument = match.group(1), (match.group(2) or "").strip()
    if name not in _MACROS:
        raise MacroFault(f"$__{name} is not a macro that is known here")
    text = _MACROS[name](argument, selection)
    return text if match.group(2) is None or name in _WITH_ARGUMENT else f"{text}({argument})"


def _variable(match: re.Match[str], selection: Selection) -> str:
    name, style = match.group(1), match.group(2) or ""
    if name not in selection.variables:
        raise MacroFault(f"${{{name}}} is not a variable of this dashboard")
    return _STYLES[style](selection.variables[name])


def _seconds(moment: Moment) -> str:
    return f"toDateTime({moment // SECOND})"


def _quoted(values: Sequence[str]) -> str:
    return ",".join("'" + value.replace("'", "\\'") + "'" for value in values)


_WITH_ARGUMENT: Final = frozenset({"timeFilter", "timeInterval"})
_MACROS: Final[Mapping[str, Callable[[str, Selection], str]]] = {
    "timeFilter": lambda column, s: (
        f"{column} >= {_seconds(s.first)} AND {column} <= {_seconds(s.last)}"
    ),
    "timeInterval": lambda column, s: (
        f"toStartOfInterval(toDateTime({column}), INTERVAL {s.interval_s} second)"
    ),
    "fromTime": lambda _, s: _seconds(s.first),
    "toTime": lambda _, s: _seconds(s.last),
    "interval_s": lambda _, s: str(s.interval_s),
}
_STYLES: Final[Mapping[str, Callable[[Sequence[str]], str]]] = {
    "": ",".join,
    "singlequote": _quoted,
    "csv": ",".join,
}
