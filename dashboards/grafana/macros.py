"""Grafana's part of a query, expanded as Grafana and its ClickHouse data source would. Pure.

Macros: https://github.com/grafana/clickhouse-datasource#macros (plugins 3.3 to 4.20). Only those
that our dashboards use; an unknown one is an error, so that nothing is checked that would not
run.

Rule 1. Every macro is written with its brackets. Plugins 2.0.3 to 3.3 take the next brackets of
        the statement, wherever they are, for those of a macro without, and drop what stands
        between (https://github.com/grafana/clickhouse-datasource/issues/249).
Rule 2. No macro stands in another's brackets: plugin 4.19 leaves it as it is.
Rule 3. Both expansions are checked: 3.3 compares with text, 4 with toDateTime.
Rule 4. The page puts in the variables, the server expands the macros: in this order, so that a
        macro in a variable's value would be expanded too.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, TypeAlias
from urllib.parse import quote

import msgspec

from schemas.moments import SECOND, Moment

Plugin: TypeAlias = Literal["3.3", "4"]
PLUGINS: Final[tuple[Plugin, ...]] = ("3.3", "4")
"""Versions of the data source that expand macros differently."""
ALL: Final = "$__all"
_CONDITIONAL: Final = re.compile(r"\$__conditionalAll\(")
_MACRO: Final = re.compile(r"\$__(\w+)(?:\(([^()]*)\))?")
VARIABLE: Final = re.compile(r"\$\{(\w+)(?::(\w+))?\}")

_BARE: Final = re.compile(r"\$(?!__)\w+|\[\[\w+")
"""Grafana's other spellings of a variable, `$name` and `[[name]]`."""


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
    plugin: Plugin = "4"


class MacroFault(ValueError):
    """A macro or variable that Grafana would not expand: names it."""


def expand(sql: str, selection: Selection) -> str:
    """The statement as the store would get it; raises MacroFault for what is unknown."""
    text = _expand_conditionals(sql, selection)
    if bare := _BARE.search(text):
        raise MacroFault(f"{bare[0]} would be put in as it is: see variables.py")
    text = VARIABLE.sub(lambda match: _variable(match, selection), text)
    return _MACRO.sub(lambda match: _macro(match, selection), text)


def _expand_conditionals(sql: str, selection: Selection) -> str:
    """`$__conditionalAll(condition, $name)`: 1=1 while everything is chosen."""
    while found := _CONDITIONAL.search(sql):
        inside, end = _balanced(sql, found.end())
        condition, name = _two_arguments(inside)
        is_all = name.strip().lstrip("$") in selection.everything
        sql = sql[: found.start()] + ("1=1" if is_all else condition.strip()) + sql[end:]
    return sql


def _two_arguments(inside: str) -> tuple[str, str]:
    """Split as the plugin does: at commas outside round brackets, whatever quotes say."""
    depth, commas = 0, []
    for index, character in enumerate(inside):
        depth += {"(": 1, ")": -1}.get(character, 0)
        commas += [index] if character == "," and depth == 0 else []
    if len(commas) != 1:
        raise MacroFault(f"$__conditionalAll({inside}) has not two arguments")
    return inside[: commas[0]], inside[commas[0] + 1 :]


def _balanced(sql: str, start: int) -> tuple[str, int]:
    depth = 1
    for index in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[index], 0)
        if depth == 0:
            return sql[start:index], index + 1
    raise MacroFault("$__conditionalAll( has no closing bracket")


def _macro(match: re.Match[str], selection: Selection) -> str:
    name, argument = match.group(1), match.group(2)
    if name not in _MACROS:
        raise MacroFault(f"$__{name} is not a macro that is known here")
    if argument is None:
        raise MacroFault(f"$__{name} has no brackets: write $__{name}(), see macros.py, rule 1")
    if bool(argument.strip()) != (name in _WITH_ARGUMENT):
        raise MacroFault(f"$__{name}({argument}) has the wrong number of arguments")
    return _MACROS[name](argument.strip(), selection)


def _variable(match: re.Match[str], selection: Selection) -> str:
    name, style = match.group(1), match.group(2) or ""
    if name not in selection.variables:
        raise MacroFault(f"${{{name}}} is not a variable of this dashboard")
    return _STYLES[style](selection.variables[name])


def _seconds(moment: Moment, plugin: Plugin) -> str:
    whole = f"intDiv({moment // 1_000},1000)" if plugin == "3.3" else str(moment // SECOND)
    return f"toDateTime({whole})"


def _single_quoted(values: Sequence[str]) -> str:
    return ",".join("'" + value.replace("'", "\\'") + "'" for value in values)


def _sql_string(values: Sequence[str]) -> str:
    escaped = (value.replace("'", "''").replace('"', '\\"') for value in values)
    return ",".join(f"'{value}'" for value in escaped)


def _percent_encoded(values: Sequence[str]) -> str:
    """Grafana gives several values braces, and what URLs may hold unencoded is not `!'()*`."""
    return quote(values[0] if len(values) == 1 else "{" + ",".join(values) + "}", safe="")


def _bound(moment: Moment, plugin: Plugin) -> str:
    return f"'{moment // SECOND}'" if plugin == "3.3" else _seconds(moment, plugin)


_WITH_ARGUMENT: Final = frozenset({"timeFilter", "timeInterval"})
_MACROS: Final[Mapping[str, Callable[[str, Selection], str]]] = {
    "timeFilter": lambda column, s: (
        f"{column} >= {_bound(s.first, s.plugin)} AND {column} <= {_bound(s.last, s.plugin)}"
    ),
    "timeInterval": lambda column, s: (
        f"toStartOfInterval(toDateTime({column}), INTERVAL {s.interval_s} second)"
    ),
    "fromTime": lambda _, s: _seconds(s.first, s.plugin),
    "toTime": lambda _, s: _seconds(s.last, s.plugin),
    "interval_s": lambda _, s: str(s.interval_s),
}
_STYLES: Final[Mapping[str, Callable[[Sequence[str]], str]]] = {
    "": ",".join,
    "singlequote": _single_quoted,
    "sqlstring": _sql_string,
    "percentencode": _percent_encoded,
    "csv": ",".join,
}
