"""What a store holds in earnest, digested: each table, and what each alert rule would fire."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from dashboards.grafana.alerts import ALERTS
from dashboards.grafana.specs import localise
from schemas.ids import content_id
from schemas.moments import Moment
from sinks.contract import Answer, Store
from sinks.tables import TABLES

OF_DRILLS: Final = ("drills", "drill_enterprises", "drill_injects", "drill_scores")
"""Tables that hold nothing else."""
PLACES: Final = frozenset({"topic", "offset", "dead_letter_id"})
"""Where in Kafka a record was, and what is named by that: a drill's records stand in between."""
WEIGHED_AT: Final = frozenset({"revised_at", "starts_at", "due_soon_at"})
"""Of rows of what the registry's figures come to: the clock's, for the registry is in no log."""
OF_THE_REGISTRY: Final = {"cross_border_thresholds": "year", "obligations": "incident_id"}


def live_rows(store: Store, table: str, view: str) -> list[str]:
    """The rows that bear no drill's name, each as text without its place in Kafka, in order."""
    rows = [row for row in store.view(view) if not row.get("drill")]
    empty = OF_THE_REGISTRY.get(table)
    return sorted(_text(row, WEIGHED_AT if empty and not row[empty] else frozenset())
                  for row in rows)  # fmt: skip


def live_rows_of(store: Store) -> dict[str, list[str]]:
    """Of every table that holds more than drills."""
    return {
        table.name: live_rows(store, table.name, table.history or table.name)
        for table in TABLES
        if table.name not in OF_DRILLS
    }


def live_digests(store: Store, moment: Moment) -> dict[str, tuple[int, str]]:
    """By table and alert rule: how many live rows, and their digest. Alerts as at `moment`."""
    found = live_rows_of(store)
    clock = f"fromUnixTimestamp64Micro({moment}, 'UTC')"
    for alert in ALERTS:
        rows = store.query(localise(alert.query, "zh").replace("now()", clock))
        firing = [row for row in rows if float(str(row["value"])) > alert.above]
        found[f"alert {alert.name}"] = sorted(_text(row, frozenset()) for row in firing)
    return {name: (len(rows), content_id(name, *rows)[:12]) for name, rows in found.items()}


def differences(
    one: Mapping[str, list[str]], other: Mapping[str, list[str]]
) -> Iterator[tuple[str, list[str], list[str]]]:
    """By table, the first rows of each that the other lacks."""
    for name, rows in one.items():
        if rows != other[name]:
            extra = [row for row in rows if row not in other[name]]
            lost = [row for row in other[name] if row not in rows]
            yield name, extra[:2], lost[:2]


def _text(row: Answer, hidden: frozenset[str]) -> str:
    shown = {name: value for name, value in row.items() if name not in PLACES | hidden}
    return msgspec.json.encode(shown, order="sorted").decode()
