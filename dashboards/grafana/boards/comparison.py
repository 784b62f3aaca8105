"""What happened in one stretch of time, beside the same of earlier ones."""

from collections.abc import Mapping
from typing import Final, TypeAlias

Windows: TypeAlias = Mapping[str, tuple[str, str]]
"""Column: the expressions of its first and last moment."""

_COUNTED: Final = (
    (
        "incidents WHERE <earnest>",
        "opened_at",
        {
            "occurred": "countIf(confirmed AND {})",
            "suspected": "countIf(NOT confirmed AND {})",
            "grave": "countIf(<gravity> <= 2 AND {})",
        },
    ),
    (
        "obligations WHERE drill = '' AND (state = 'late' OR overdue)",
        "due_at",
        {"missed": "countIf({})"},
    ),
    (
        "detections WHERE status = 'active' AND drill = ''",
        "time",
        {"detections": "countIf({})"},
    ),
    (
        "batches WHERE 1 = 1",
        "received_at",
        {
            "senders": "uniqExactIf(enterprise_id, {})",
            "events": "sumIf(events, {})",
            "dead_letters": "sumIf(dead_lettered, {})",
        },
    ),
)
"""Rows, the moment that they are counted by, and by key of METRIC the sum over those that fit."""
_PLACES: Final = {
    metric: place
    for place, metric in enumerate(metric for _, _, totals in _COUNTED for metric in totals)
}


def days_back(moment: str, days: int) -> str:
    """The moment so many days earlier."""
    return f"{moment} - INTERVAL {days} DAY"


def compared(windows: Windows, earliest: str) -> str:
    """Rows of place, metric and a column a window; `earliest` bounds what is read.

    Each table is read once for all that is counted of it: the views join revisions.
    """
    return "\n      UNION ALL ".join(
        _read_once(windows, earliest, rows, moment, totals) for rows, moment, totals in _COUNTED
    )


def _read_once(
    windows: Windows, earliest: str, rows: str, moment: str, totals: Mapping[str, str]
) -> str:
    within = [f"{moment} >= {first} AND {moment} <= {last}" for first, last in windows.values()]
    counted = ",\n                       ".join(
        f"({_PLACES[metric]}, '{metric}', {', '.join(total.format(each) for each in within)})"
        for metric, total in totals.items()
    )
    columns = ", ".join(f"counted.{number} AS {name}" for number, name in enumerate(windows, 3))
    return (
        f"SELECT counted.1 AS place, counted.2 AS metric, {columns}\n"
        f"      FROM (SELECT arrayJoin([{counted}]) AS counted\n"
        f"            FROM {rows} AND {moment} >= {earliest} AND {moment} <= $__toTime())"
    )
