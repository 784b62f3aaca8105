"""Proof that dashboards work: every query of the rendered JSON is run, every link followed.

What is checked is the JSON that Grafana gets, not the specification that it was made from.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from time import perf_counter
from typing import Any, Final, TypeAlias

import msgspec

from dashboards.grafana import inspect_json as anatomy
from dashboards.grafana.colours import colour_faults
from dashboards.grafana.compatibility import is_shown, is_time, panel_faults, variable_faults
from dashboards.grafana.graphs import graph_faults
from dashboards.grafana.hostility import hostility_faults
from dashboards.grafana.inspect_json import Dashboard, Target
from dashboards.grafana.legibility import (
    heading_faults,
    height_faults,
    script_faults,
    value_faults,
    width_faults,
)
from dashboards.grafana.macros import MacroFault, Selection, expand

Answer: TypeAlias = Sequence[dict[str, object]]
Query: TypeAlias = Callable[[str], Answer]

MOST_ROWS: Final = 5_000
"""A panel that shows more has forgotten a limit."""
_NUMBER: Final = re.compile(r"^(Nullable\()?(U?Int|Float|Decimal)")
_HEADED: Final = frozenset({"table", "timeseries"})
_CHARTS: Final = frozenset({"stat", "bargauge", "timeseries"})


class Source(msgspec.Struct, frozen=True):
    """A store to ask, and what it raises for a query that it cannot answer."""

    query: Query
    refusal: type[Exception]


class Fault(msgspec.Struct, frozen=True):
    """What is wrong, and where."""

    dashboard: str
    place: str
    fault: str

    def __str__(self) -> str:
        return f"{self.dashboard}: {self.place}: {self.fault}"


class Run(msgspec.Struct, frozen=True):
    """One query that was run."""

    dashboard: str
    place: str
    rows: int
    ms: float


class Report(msgspec.Struct, frozen=True):
    """All runs and all faults of all dashboards."""

    runs: tuple[Run, ...]
    faults: tuple[Fault, ...]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long a query may take, whether one without rows is a fault, and whether hostile values
    are tried, which takes most of the time."""

    ms: float = 1_000.0
    needs_rows: bool = False
    tries_hostile: bool = True


def check(
    dashboards: Sequence[Dashboard], source: Source, base: Selection, limits: Limits
) -> Report:
    """Everything, against the store, with the period of `base`.

    A refusal of the store becomes a Fault of the panel.
    """
    variables_of = {dashboard["uid"]: _variable_names(dashboard) for dashboard in dashboards}
    runs: list[Run] = []
    faults: list[Fault] = []
    tried: set[str] = set()
    for dashboard in dashboards:
        uid = dashboard["uid"]
        faults += [Fault(uid, *fault) for fault in _dress_faults(dashboard)]
        faults += [Fault(uid, *fault) for fault in colour_faults(dashboard)]
        faults += [Fault(uid, *fault) for fault in _link_faults(dashboard, variables_of)]
        selection, wrong = select(dashboard, source, base)
        wrong += _missing(dashboard, selection) if limits.needs_rows else []
        faults += [Fault(uid, "variables", text) for text in wrong]
        faults += [Fault(uid, *fault) for fault in _graph_faults(dashboard, source, selection)]
        for target in all_targets(dashboard):
            run, texts = _run(target, source, selection, limits)
            runs += [Run(uid, target.place, *run)] if run else []
            if (
                limits.tries_hostile and target.sql not in tried
            ):  # most queries are the same in both languages
                tried.add(target.sql)
                texts += hostility_faults(target.sql, selection, source.query, source.refusal)
            faults += [Fault(uid, target.place, text) for text in texts]
    return Report(tuple(runs), tuple(faults))


def all_targets(dashboard: Dashboard) -> list[Target]:
    """Every query of panels and annotations, and those that give variables their values."""
    choices = anatomy.variable_queries(dashboard).items()
    return [
        *anatomy.targets(dashboard),
        *(Target(place=f"${name}", sql=sql, panel={}, needs=()) for name, sql in choices),
    ]


def _variable_names(dashboard: Dashboard) -> set[str]:
    return {variable["name"] for variable in dashboard["templating"]["list"]}


def _dress_faults(dashboard: Dashboard) -> Iterator[tuple[str, str]]:
    for panel in dashboard["panels"]:
        if panel["type"] not in anatomy.DESCRIPTIONLESS and not panel.get("description"):
            yield panel["title"], "has no description"
        if not panel.get("title"):
            yield f"panel {panel['id']}", "has no title"
        for fault in (*panel_faults(panel), *heading_faults(panel), *width_faults(panel)):
            yield panel["title"], fault
    for fault in script_faults(dashboard, dashboard["uid"].rpartition("-")[2]):
        yield "texts", fault
    for variable in dashboard["templating"]["list"]:
        yield from (("variables", fault) for fault in variable_faults(variable))


def _link_faults(
    dashboard: Dashboard, variables_of: Mapping[str, set[str]]
) -> Iterator[tuple[str, str]]:
    for link in anatomy.links(dashboard):
        if link.uid not in variables_of:
            yield link.place, f"links to {link.url!r}, which is no dashboard"
            continue
        if link.opens_incident and not link.has_own_period:
            yield link.place, f"opens an incident over a period that may not hold it: {link.url!r}"
        for name in link.variables:
            if name not in variables_of[link.uid]:
                yield link.place, f"links to {link.uid}, which has no variable {name}"


def select(dashboard: Dashboard, source: Source, base: Selection) -> tuple[Selection, list[str]]:
    """The choices of `base`, else the preset ones, else the first value of the variable's query.

    A query without a value chooses "", as in Grafana. With it, what is wrong with queries.
    """
    names = _variable_names(dashboard)
    chosen = {name: value for name, value in base.variables.items() if name in names}
    values = {**anatomy.variable_values(dashboard), **chosen}
    plain = msgspec.structs.replace(base, variables=values)
    wrong: list[str] = []
    for name, sql in anatomy.variable_queries(dashboard).items():
        value, fault = _first_value(sql, source, plain)
        values.setdefault(name, (value,))
        wrong += [f"{name}: {fault}"] if fault else []
    return msgspec.structs.replace(base, variables=values), wrong


def _missing(dashboard: Dashboard, selection: Selection) -> list[str]:
    """Choices that nothing offers; like a panel without rows, a fault where rows are asked for."""
    return [
        f"{name}: its query gives no value"
        for name in anatomy.variable_queries(dashboard)
        if selection.variables[name] == ("",)
    ]


def _graph_faults(
    dashboard: Dashboard, source: Source, selection: Selection
) -> Iterator[tuple[str, str]]:
    for panel in dashboard["panels"]:
        if panel["type"] == "nodeGraph":
            with suppress(MacroFault, source.refusal):  # said of the query itself
                for fault in graph_faults(panel, selection, source.query):
                    yield panel["title"], fault


def _first_value(sql: str, source: Source, selection: Selection) -> tuple[str, str]:
    """The first value of a variable's query, "" without one, and what is wrong with it."""
    try:
        rows = source.query(expand(sql, selection))
    except (MacroFault, source.refusal) as fault:
        return "", str(fault)
    return (str(next(iter(rows[0].values()))) if rows else ""), ""


def _run(
    target: Target, source: Source, selection: Selection, limits: Limits
) -> tuple[tuple[int, float] | None, list[str]]:
    """(rows, milliseconds) of one query, and what is wrong with its answer."""
    try:
        sql = expand(target.sql, selection)
        types = {str(row["name"]): str(row["type"]) for row in source.query(f"DESCRIBE ({sql})")}
        started = perf_counter()
        rows = source.query(sql)
    except MacroFault as fault:
        return None, [str(fault)]
    except source.refusal as fault:
        return None, [f"the store refuses its query: {fault}"]
    ms = (perf_counter() - started) * 1_000
    return (len(rows), ms), [
        *_column_faults(target, types),
        *value_faults(target.panel, rows),
        *height_faults(target.panel, target.sql, len(rows)),
        *_size_faults(len(rows), ms, limits),
    ]


def _column_faults(target: Target, types: Mapping[str, str]) -> Iterator[str]:
    columns = set(types)
    for name, column_type in types.items():
        if not is_shown(column_type):
            yield f"its column {name} is {column_type}, which the data source may not show: cast it"
    if "time" in target.needs and not is_time(types.get("time", "DateTime")):
        yield f"its column time is {types['time']}, not a time"
    for name in target.needs:
        if name not in columns:
            yield f"needs a column {name}; it returns {', '.join(types)}"
    if target.panel.get("type") != "nodeGraph":
        for name in sorted(anatomy.named_columns(target.panel) - columns):
            yield f"speaks of a column {name}, which its query does not return"
    if target.panel.get("type") in _HEADED:
        for name in sorted(columns - anatomy.named_columns(target.panel) - {"time"}):
            yield f"has no heading for its column {name}"
    if target.panel.get("type") in _CHARTS and not any(map(_NUMBER.match, types.values())):
        yield "has no column of numbers"


def _size_faults(rows: int, ms: float, limits: Limits) -> Iterator[str]:
    if ms > limits.ms:
        yield f"took {ms:.0f} ms; the limit is {limits.ms:.0f} ms"
    if rows > MOST_ROWS:
        yield f"returned {rows} rows; limit it to {MOST_ROWS}"
    if limits.needs_rows and rows == 0:
        yield "returned no row"


def describe(report: Report) -> dict[str, Any]:
    """The report in one line's worth of figures: queries, slowest and median milliseconds."""
    times = sorted(run.ms for run in report.runs)
    return {
        "queries": len(times),
        "median_ms": round(times[len(times) // 2], 1) if times else 0.0,
        "slowest_ms": round(times[-1], 1) if times else 0.0,
        "without_rows": sum(1 for run in report.runs if run.rows == 0),
        "faults": len(report.faults),
    }
