"""Geometry of the report's drawings: lanes on a time axis, and the graph of entities. Pure.

Units are those of the SVG view box. Nothing here knows a language or a colour.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from dashboards.report.rows import ActivityRow
from dashboards.report.situation import Case
from schemas.moments import DAY, HOUR, MINUTE, SECOND, SHANGHAI, Moment, datetime_of

TICK_STEPS: Final = (
    *(n * SECOND for n in (1, 5, 15, 30)),
    *(n * MINUTE for n in (1, 5, 15, 30)),
    *(n * HOUR for n in (1, 2, 3, 6, 12)),
    *(n * DAY for n in (1, 2, 7, 14, 30, 90, 365)),
)
MOST_TICKS: Final = 8
_SHANGHAI_OFFSET: Final = 8 * HOUR


class Tick(msgspec.Struct, frozen=True):
    """A mark of the time axis."""

    x: float
    label: str


class Axis(msgspec.Struct, frozen=True):
    """Moments from `first` to `last` on `left` to `right`."""

    first: Moment
    last: Moment
    left: float
    right: float

    def x(self, moment: Moment) -> float:
        """Where the moment lies, kept inside the axis."""
        share = (moment - self.first) / max(1, self.last - self.first)
        return round(self.left + (self.right - self.left) * min(1.0, max(0.0, share)), 1)

    def ticks(self) -> tuple[Tick, ...]:
        """At most MOST_TICKS round moments of China Standard Time."""
        span = self.last - self.first
        step = next((s for s in TICK_STEPS if span // s <= MOST_TICKS), span or SECOND)
        start = -(-(self.first + _SHANGHAI_OFFSET) // step) * step - _SHANGHAI_OFFSET
        return tuple(
            Tick(self.x(moment), _label(moment, step, span))
            for moment in range(start, self.last + 1, step)
        )


def axis_of(moments: Sequence[Moment], left: float, right: float) -> Axis:
    """An axis that holds all the moments, with a twentieth to spare on both sides."""
    first, last = min(moments), max(moments)
    spare = max((last - first) // 20, SECOND)
    return Axis(first - spare, last + spare, left, right)


def _label(moment: Moment, step: Moment, span: Moment) -> str:
    """As much of the moment as tells it from the axis's others."""
    if step >= DAY:
        pattern = "%Y-%m-%d" if span >= 365 * DAY else "%m-%d"
    elif step >= MINUTE:
        pattern = "%m-%d %H:%M" if span >= DAY else "%H:%M"
    else:
        pattern = "%H:%M:%S"
    return datetime_of(moment).astimezone(SHANGHAI).strftime(pattern)


class Bar(msgspec.Struct, frozen=True):
    """One thing that lasted: `x` to `x + width`."""

    x: float
    width: float


def bar_of(axis: Axis, first: Moment, last: Moment, least_width: float = 6.0) -> Bar:
    """At least `least_width` wide, so that an instant can be seen, and inside the axis."""
    x = axis.x(first)
    width = max(axis.x(last) - x, least_width)
    return Bar(round(min(x, axis.right - width), 1), round(width, 1))


class LabelPlace(msgspec.Struct, frozen=True):
    """Where a bar's label begins or ends, and whether it stands on the bar."""

    x: float
    anchor: str
    inside: bool = False


LABEL_WIDTH = 340
"""Room that the longest label takes."""


def place_label(bar: Bar, right: float = 1000.0) -> LabelPlace:
    """After the bar, or before it, or on it where it leaves no room on either side."""
    end = bar.x + bar.width
    if end + LABEL_WIDTH <= right:
        return LabelPlace(end + 8, "start")
    if bar.x >= LABEL_WIDTH:
        return LabelPlace(bar.x - 8, "end")
    return LabelPlace(bar.x + 8, "start", inside=True)


def activity_path(axis: Axis, activity: Sequence[ActivityRow], bottom: float, height: float) -> str:
    """Events over time as one SVG path of columns that stand on `bottom`.

    An interval without events has no row and no column.
    """
    if not activity:
        return ""
    most = max(row.events for row in activity)
    starts = [row.time_us for row in activity]
    step = min((b - a for a, b in pairwise(starts)), default=axis.last - axis.first)
    width = max(2.0, axis.x(axis.first + step) - axis.left - 1)
    return "".join(
        f"M{axis.x(row.time_us)} {bottom}v{-height * row.events / most:.1f}h{width:.1f}V{bottom}Z"
        for row in activity
    )


COLUMN_OF_ROLE: Final[Mapping[str, int]] = {"actor": 0, "tool": 1, "target": 2, "observer": 2}
COLUMN_OF_KIND: Final[Mapping[str, int]] = {"address": 0, "account": 0, "host": 2, "data": 2}
"""For an entity without a role: who comes from the left, what is hit stands on the right."""
GRAPH_COLUMNS: Final = 3
MOST_IN_COLUMN: Final = 7
NODE_WIDTH: Final = 232
NODE_HEIGHT: Final = 40
NODE_GAP: Final = 14
COLUMN_GAP: Final = 92


class Node(msgspec.Struct, frozen=True):
    """One entity: the upper left corner of its box."""

    id: str
    kind: str
    value: str
    role: str
    x: float
    y: float


class Link(msgspec.Struct, frozen=True):
    """Two entities that detections have in common: an SVG path, and how many."""

    source: str
    target: str
    path: str
    detections: int


class Graph(msgspec.Struct, frozen=True):
    """The entities of an incident in three columns; `left_out` found no room."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    width: float
    height: float
    left_out: int


def graph_of(case: Case) -> Graph:
    """Actors on the left, tools in the middle, targets on the right; busiest on top."""
    weight = _weights(case)
    row = case.row
    columns: list[list[tuple[str, str, str]]] = [[] for _ in range(GRAPH_COLUMNS)]
    for kind, value, role in zip(
        row.entity_kinds, row.entity_values, row.entity_roles, strict=True
    ):
        index = COLUMN_OF_ROLE.get(role, COLUMN_OF_KIND.get(kind, 1))
        columns[index].append((kind, value, role))
    for column in columns:
        column.sort(key=lambda entity: (-weight.get(f"{entity[0]}:{entity[1]}", 0), entity))
    tallest = max(min(len(column), MOST_IN_COLUMN) for column in columns)
    height = tallest * (NODE_HEIGHT + NODE_GAP) + NODE_GAP
    nodes = tuple(
        node
        for index, column in enumerate(columns)
        for node in _column_nodes(index, column[:MOST_IN_COLUMN], height)
    )
    return Graph(
        nodes=nodes,
        links=_links(case, {node.id: node for node in nodes}),
        width=GRAPH_COLUMNS * NODE_WIDTH + (GRAPH_COLUMNS - 1) * COLUMN_GAP,
        height=height,
        left_out=len(row.entity_kinds) - len(nodes),
    )


def _weights(case: Case) -> dict[str, int]:
    weight: dict[str, int] = {}
    for edge in case.edges:
        for end in (edge.source, edge.target):
            weight[end] = weight.get(end, 0) + edge.detections
    return weight


def _column_nodes(index: int, column: Sequence[tuple[str, str, str]], height: float) -> list[Node]:
    step = NODE_HEIGHT + NODE_GAP
    top = (height - len(column) * step + NODE_GAP) / 2
    x = index * (NODE_WIDTH + COLUMN_GAP)
    return [
        Node(f"{kind}:{value}", kind, value, role, x, round(top + number * step, 1))
        for number, (kind, value, role) in enumerate(column)
    ]


def _links(case: Case, nodes: Mapping[str, Node]) -> tuple[Link, ...]:
    return tuple(
        Link(
            edge.source,
            edge.target,
            _curve(nodes[edge.source], nodes[edge.target]),
            edge.detections,
        )
        for edge in case.edges
        if edge.source in nodes and edge.target in nodes
    )


def _curve(a: Node, b: Node) -> str:
    """From side to side between columns; a bow at the side inside a column."""
    left, right = (a, b) if a.x <= b.x else (b, a)
    y1, y2 = left.y + NODE_HEIGHT / 2, right.y + NODE_HEIGHT / 2
    if left.x == right.x:
        x = left.x + NODE_WIDTH if left.x == 0 else left.x
        bow = x + (COLUMN_GAP * 0.42 if left.x == 0 else -COLUMN_GAP * 0.42)
        return f"M{x} {y1} C{bow} {y1} {bow} {y2} {x} {y2}"
    x1, x2 = left.x + NODE_WIDTH, right.x
    middle = (x1 + x2) / 2
    return f"M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}"
