"""Every query of every dashboard on a national store: `python -m tests.benchmarks.panels`.

Arguments: how many events (100 million; about one incident in a thousand), and a folder to keep
the store in, which a second run asks without loading it again. Printed: how long loading took,
how large each table is, and of each query the median of three in milliseconds (by the clock, and
of all threads' work: on a machine that others use too, the second is the one to compare), rows
and bytes read, and memory, for the last day, week and month.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from dashboards.grafana import inspect_json as anatomy
from dashboards.grafana.checking import Source, all_targets, select
from dashboards.grafana.macros import Selection, expand
from dashboards.grafana.rendering import render
from schemas.moments import DAY, SECOND
from sinks.chdb import ChdbSink
from sinks.contract import QueryFailed
from tests.benchmarks.national_store import load, national_store, print_sizes, progress

EVENTS = 100_000_000
PERIODS = {"24 h": 1, "7 d": 7, "30 d": 30}
"""Days; what readers choose."""
INTERVALS = 200
"""Steps of a chart."""
LIMIT_MS = 1_000
RUNS = 3

_LARGEST = "SELECT enterprise_id FROM events_by_day GROUP BY 1 ORDER BY sum(events) DESC LIMIT 1"
_LAST = "SELECT toUnixTimestamp64Micro(max(last_time)) AS last FROM events_by_hour"
_GRAVEST = """
SELECT incident_id FROM incidents WHERE miit_tier = 'II' AND status != 'superseded'
ORDER BY detection_count DESC, incident_id LIMIT 1
"""


class Question(msgspec.Struct, frozen=True):
    """One query as the store gets it, and where it is shown."""

    dashboard: str
    place: str
    period: str
    sql: str


class Cost(msgspec.Struct, frozen=True):
    """What it took: the median of the runs, and the most that one of them used."""

    ms: float
    cpu_ms: float
    rows: int
    bytes: int
    memory: int


def selections(store: ChdbSink) -> Iterator[tuple[str, Selection]]:
    """Each period with the choices that cost most: everything, the largest enterprise."""
    last = int(str(store.query(_LAST)[0]["last"])) // SECOND * SECOND + SECOND
    variables = {
        "province": ("440000",),
        "enterprise": (str(store.query(_LARGEST)[0]["enterprise_id"]),),
        "incident": (str(store.query(_GRAVEST)[0]["incident_id"]),),
    }
    for name, days in PERIODS.items():
        yield (
            name,
            Selection(
                first=last - days * DAY,
                last=last,
                interval_s=days * DAY // INTERVALS // SECOND,
                variables=variables,
            ),
        )


def questions(store: ChdbSink) -> list[Question]:
    """Every query of panels, annotations and variables, each once."""
    source = Source(store.query, QueryFailed)
    found: dict[str, Question] = {}
    for period, base in selections(store):
        for dashboard in (each for some in render().values() for each in some):
            chosen, missing = select(dashboard, source, base)
            for text in missing:
                print(f"{dashboard['uid']}: {text}", file=sys.stderr)
            everything = msgspec.structs.replace(chosen, everything=_multiple(dashboard))
            for target in all_targets(dashboard):
                text = expand(target.sql, everything)
                found.setdefault(text, Question(dashboard["uid"], target.place, period, text))
    return list(found.values())


def _multiple(dashboard: anatomy.Dashboard) -> frozenset[str]:
    """The variables that take several values: "All" is chosen."""
    listed = dashboard["templating"]["list"]
    return frozenset(each["name"] for each in listed if each.get("multi"))


def ask(store: ChdbSink, asked: Sequence[Question]) -> dict[Question, Cost]:
    """Every question `RUNS` times."""
    times: dict[Question, list[float]] = {}
    since = int(time.time())
    with progress("queries", len(asked)) as done:
        for number, question in enumerate(asked):
            store.query(f"SET log_comment = 'question {number}'")
            times[question] = [_milliseconds(store, question.sql) for _ in range(RUNS)]
            done(1)
    store.query("SET log_comment = ''")
    store.query("SYSTEM FLUSH LOGS")
    used = {str(row["log_comment"]): row for row in store.query(_USED.format(since=since))}
    return {
        question: _cost(times[question], used[f"question {number}"])
        for number, question in enumerate(asked)
    }


_USED = """
SELECT log_comment, max(read_rows) AS rows, max(read_bytes) AS bytes, max(memory_usage) AS memory,
    quantileExact(0.5)(ProfileEvents['UserTimeMicroseconds']
        + ProfileEvents['SystemTimeMicroseconds']) AS cpu_us
FROM system.query_log
WHERE type = 'QueryFinish' AND query_kind = 'Select' AND log_comment LIKE 'question %'
    AND event_time >= toDateTime({since})
GROUP BY log_comment
"""


def _milliseconds(store: ChdbSink, sql: str) -> float:
    started = time.perf_counter()
    store.query(sql)
    return (time.perf_counter() - started) * 1_000


def _cost(times: Sequence[float], used: dict[str, object]) -> Cost:
    rows, read, memory, cpu_us = (
        int(str(used[name])) for name in ("rows", "bytes", "memory", "cpu_us")
    )
    return Cost(sorted(times)[len(times) // 2], cpu_us / 1_000, rows, read, memory)


def print_costs(costs: dict[Question, Cost]) -> None:
    """One line a query, the slowest on top, then the figures of all."""
    heads = f"{'ms':>8} {'CPU ms':>8} {'rows':>12} {'MB read':>9} {'MB held':>8}"
    print(f"\n{heads}  period  dashboard: place")
    by_time = sorted(costs.items(), key=lambda each: -each[1].ms)
    for question, cost in by_time:
        took = f"{cost.ms:>8.1f} {cost.cpu_ms:>8.1f} {cost.rows:>12,}"
        used = f"{cost.bytes / 1e6:>9,.1f} {cost.memory / 1e6:>8,.1f}"
        print(f"{took} {used}  {question.period:>6}  {question.dashboard}: {question.place}")
    print(f"\n{len(costs)} queries")
    _print_figures("by the clock", sorted(cost.ms for cost in costs.values()))
    _print_figures("of CPU time", sorted(cost.cpu_ms for cost in costs.values()))


def _print_figures(what: str, times: Sequence[float]) -> None:
    over = sum(ms > LIMIT_MS for ms in times)
    print(
        f"milliseconds {what}: slowest {times[-1]:.1f}, median {times[len(times) // 2]:.1f},"
        f" {over} over {LIMIT_MS:,}",
        flush=True,
    )


def main() -> None:
    """Load, unless a kept store is there, and ask."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(scratch) / "store"
        is_kept = folder.is_dir()
        with national_store(folder) as store:
            if not is_kept:
                load(store, folder, events)
            print_sizes(store)
            print_costs(ask(store, questions(store)))


if __name__ == "__main__":
    main()
