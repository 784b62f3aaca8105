"""A store of a nation, made, measured and kept: what the panels are asked on.

Its engine is bounded in memory and keeps a log of queries, from which their cost is read.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import chdb
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from pipeline.files.rule_files import rule_rows
from sinks.chdb import ChdbSink
from tests.benchmarks import multiplied_store, sample_store

ENTERPRISES = 45_000
COPIES_OF_EACH = 1.5
"""At least so many a sender, where the store is small: fewer enterprises then."""
SAMPLE_ENTERPRISES, SAMPLE_EVENTS = 230, 300_000
SAMPLE = "sample"

_CONFIG = """<clickhouse>
<query_log><database>system</database><table>query_log</table></query_log>
<max_server_memory_usage>10000000000</max_server_memory_usage>
<mark_cache_size>500000000</mark_cache_size>
</clickhouse>"""
_SESSION = (
    "SET max_memory_usage = 6000000000, max_threads = 2, log_queries = 1,"
    " use_query_condition_cache = 0"  # each question as if asked first
)
_SIZES = """
SELECT table, sum(rows) AS rows, count() AS parts, sum(bytes_on_disk) AS bytes
FROM system.parts WHERE active AND database = 'fenghuo'
GROUP BY table ORDER BY bytes DESC
"""


@contextmanager
def national_store(folder: Path) -> Iterator[ChdbSink]:
    """The store in `folder`, its engine bounded in memory and keeping a log of queries."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder.with_suffix(".xml")
    config.write_text(_CONFIG)
    engine: Any = chdb  # the package has no types
    host = engine.connect(f"{folder}?config-file={config}")
    store = ChdbSink(folder)
    try:
        store.query(_SESSION)
        yield store
    finally:
        store.close()
        host.close()


def load(store: ChdbSink, folder: Path, events: int) -> None:
    """Make the sample through the pipeline, and multiply it until it has so many events."""
    sample = ChdbSink(folder, SAMPLE)
    started = time.perf_counter()
    sample.migrate()
    sample_store.fill(sample, SAMPLE_ENTERPRISES, SAMPLE_EVENTS)
    found = sample.query("SELECT enterprise_id, count() AS n FROM events GROUP BY 1 ORDER BY 1")
    sample.close()
    each = sum(int(str(row["n"])) for row in found) / len(found)
    print(f"sample through the pipeline: {time.perf_counter() - started:.0f} s", flush=True)
    started = time.perf_counter()
    store.migrate()
    count = round(events / each)
    registry = multiplied_store.registry_of(1, min(ENTERPRISES, int(count / COPIES_OF_EACH)))
    multiplied_store.keep_all(store, registry)
    store.write(rule_rows(sample_store.load_own_rules()), "rules")
    samples = [str(row["enterprise_id"]) for row in found]
    last = time.time_ns() // 1_000
    copies = multiplied_store.copies_of(1, samples, count, registry, last)
    multiplied_store.write_copies(store, SAMPLE, copies)
    with progress("copies", count) as done:
        multiplied_store.multiply(store, SAMPLE, count, multiplied_store.multiplied_tables(), done)
    multiplied_store.multiply_campaigns(store, SAMPLE)
    took_s = time.perf_counter() - started
    print(f"{count:,} copies of the sample's enterprises: {took_s:.0f} s", flush=True)


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal; what it yields takes how many more are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))
    with bar:
        task = bar.add_task(label, total=total)
        yield lambda amount: bar.advance(task, amount)


def print_sizes(store: ChdbSink) -> None:
    """Rows, parts and bytes on disk of each table, and of all."""
    sizes = store.query(_SIZES)
    print(f"\n{'table':32} {'rows':>14} {'parts':>6} {'bytes on disk':>16}")
    for row in sizes:
        print(f"{row['table']:32} {row['rows']:>14,} {row['parts']:>6} {row['bytes']:>16,}")
    total = sum(int(str(row["bytes"])) for row in sizes)
    print(f"{'all':32} {'':>14} {'':>6} {total:>16,}", flush=True)
