"""Rows a second into each store, and what the views cost: `python -m tests.benchmarks.sinks`.

Events are made rows of the store's own table for the embedded engine; the wire is measured
with the small contract table, because the server at hand may be of 2018.
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from schemas.moments import DAY, parse_moment
from sinks.case_tables import ASSESSMENTS, INCIDENTS
from sinks.chdb import ChdbSink
from sinks.clickhouse import ClickHouseSink
from sinks.columns import FLAG, MOMENT, Column
from sinks.contract import Row, Sink
from sinks.log_tables import EVENTS
from tests.sinks.contract_tables import CONTRACT_TABLES, OLD_SETTINGS, old_migrations
from tests.sinks.server import ServerProcess, binary

START = parse_moment("2026-11-01T00:00:00Z")
ENTERPRISES = 5_000
SIZES = (200, 1_000, 10_000, 100_000)
PROVINCES = [f"{number}0000" for number in range(11, 42)]


def event_rows(count: int, chance: random.Random, first: int = 0, days: int = 20) -> list[Row]:
    """Events in order of arrival over `days`, a line of about 500 bytes each."""
    step = days * DAY // max(count, 1)
    return [_event(first + index, START + index * step, chance) for index in range(count)]


def _event(number: int, moment: int, chance: random.Random) -> Row:
    enterprise = chance.randrange(ENTERPRISES)
    known = {
        "event_id": f"{chance.getrandbits(128):032x}",
        "batch_id": f"{number // 200:032x}",
        "enterprise_id": f"ent-{enterprise:05}",
        "province": PROVINCES[enterprise % len(PROVINCES)],
        "time": moment,
        "received_at": moment + 2_000_000,
        "host": f"ws-{enterprise}-{chance.randrange(40)}",
        "source_ip": f"10.{chance.randrange(256)}.{chance.randrange(256)}.7",
        "raw": f'{{"EventID":4688,"CommandLine":"{chance.getrandbits(256):064x}"}}' + " pad" * 100,
    }
    return tuple(known.get(column.name, _plain(column)) for column in EVENTS.columns)


def _plain(column: Column) -> object:
    if column.type == FLAG:
        return False
    return START if column.type == MOMENT else "security"


def revisions(incidents: int, each: int) -> Iterator[dict[str, list[Row]]]:
    """`each` revisions of every incident, each with both regimes' judgement of it."""
    for revision in range(1, each + 1):
        numbers = range(incidents)
        yield {
            "incidents": [_filled(INCIDENTS.columns, number, revision, "") for number in numbers],
            "assessments": [
                _filled(ASSESSMENTS.columns, number, revision, regime)
                for number in numbers
                for regime in ("miit", "cac")
            ],
        }


def _filled(columns: tuple[Column, ...], number: int, revision: int, regime: str) -> Row:
    known = {
        "incident_id": f"{number:032x}",
        "enterprise_id": f"ent-{number % ENTERPRISES:05}",
        "province": PROVINCES[number % len(PROVINCES)],
        "revision": revision,
        "regime": regime,
        "tier": ("I", "II", "III", "IV", "")[number % 5],
        "story": "a story of some length " * 10,
        "event_ids": [f"{number:032x}"] * 20,
    }
    by_type = {"Bool": False, "String": "x", "LowCardinality(String)": "w", MOMENT: START}
    return tuple(
        known.get(
            column.name, [] if column.type.startswith("Array") else by_type.get(column.type, 1)
        )
        for column in columns
    )


def rows_per_second(sink: Sink, table: str, rows: list[Row], size: int) -> tuple[float, float]:
    """By the clock, and by this process's CPU."""
    groups = [rows[start : start + size] for start in range(0, len(rows), size)]
    wall, cpu = time.perf_counter(), time.process_time()
    for number, group in enumerate(groups):
        sink.write({table: group}, f"{table} {size} {number}")
    return len(rows) / (time.perf_counter() - wall), len(rows) / (time.process_time() - cpu)


def report_inserts(name: str, table: str, sink: Sink, make: Callable[[int], list[Row]]) -> None:
    """One line for each batch size."""
    for size in SIZES:
        rows = make(min(200_000, size * 40))
        wall, cpu = rows_per_second(sink, table, rows, size)
        print(f"{name:12} {size:>7} rows a write {wall:>9,.0f} rows/s {cpu:>9,.0f} rows/CPU-s")


def report_query(store: ChdbSink, what: str, sql: str) -> None:
    """Median of five, in milliseconds."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        store.query(sql)
        times.append(time.perf_counter() - start)
    print(f"{sorted(times)[2] * 1000:>8.1f} ms  {what}")


NATIONAL = "SELECT toStartOfHour(time) AS h, province, count() AS n FROM {} GROUP BY h, province"
QUERIES = (
    ("all hours by province, rows as stored", NATIONAL.format("events_rows")),
    ("all hours by province, view", NATIONAL.format("events")),
    (
        "one day by province, view",
        "SELECT province, count() AS n FROM events WHERE time >= '2026-11-10 00:00:00'"
        " AND time < '2026-11-11 00:00:00' GROUP BY province",
    ),
    (
        "one enterprise, all its time, view",
        "SELECT count() AS n FROM events WHERE enterprise_id = 'ent-00042'",
    ),
    (
        "one enterprise, one day, rows with raw, view",
        "SELECT * FROM events WHERE enterprise_id = 'ent-00042'"
        " AND time >= '2026-11-10 00:00:00' AND time < '2026-11-11 00:00:00' ORDER BY time",
    ),
    ("incidents by tier, view", "SELECT miit_tier, count() AS n FROM incidents GROUP BY miit_tier"),
    (
        "one incident, view",
        f"SELECT * FROM incidents WHERE enterprise_id = 'ent-00042' AND incident_id = '{42:032x}'",
    ),
    (
        "the same from the history, LIMIT 1 BY: by status",
        "SELECT status, count() AS n FROM (SELECT status, incident_id FROM incident_revisions"
        " ORDER BY revision DESC LIMIT 1 BY incident_id) GROUP BY status",
    ),
    (
        "the same from the current rows: by status",
        "SELECT status, count() AS n FROM incidents GROUP BY status",
    ),
)


def measure_embedded(folder: Path, events: int, incidents: int) -> None:
    """Inserts, then queries over what is there, a tenth of the events written twice."""
    chance = random.Random(1)
    scratch = ChdbSink(folder, "scratch")
    scratch.migrate()
    report_inserts("chdb", "events", scratch, lambda count: event_rows(count, chance))
    scratch.query("DROP DATABASE scratch")
    scratch.close()
    store = ChdbSink(folder)
    store.migrate()
    for start in range(0, events, 50_000):
        first_day = START + start * 20 * DAY // events
        rows = [
            (*row[:5], row[5] - START + first_day, *row[6:])
            for row in event_rows(50_000, chance, start, days=1)
        ]
        store.write({"events": rows}, str(start))
        if start % 500_000 == 0:
            store.write({"events": rows[::-1]}, f"{start} again")
    for group in revisions(incidents, 5):
        store.write(group, "revisions")
    print(
        store.query(
            "SELECT table, count() AS parts, sum(rows) AS rows, sum(bytes_on_disk) AS bytes"
            " FROM system.parts WHERE active AND database = 'fenghuo' GROUP BY table ORDER BY table"
        )
    )
    for what, sql in QUERIES:
        report_query(store, what, sql)
    store.close()


def measure_wire(folder: Path) -> None:
    """Inserts of the contract table over the native protocol."""
    server = ServerProcess(folder)
    server.start()
    try:
        sink = ClickHouseSink(
            server.address, "bench", CONTRACT_TABLES, old_migrations(), OLD_SETTINGS
        )
        sink.migrate()
        report_inserts("wire", "sights", sink, _sights)
        sink.close()
    finally:
        server.kill()


def _sights(count: int) -> list[Row]:
    return [(f"s{index:032}", f"o{index % 99}", 150, 1, "x" * 300) for index in range(count)]


def main() -> None:
    """Arguments: how many events, and how many incidents."""
    numbers = [int(argument) for argument in sys.argv[1:]]
    events, incidents = numbers or [1_000_000, 20_000]
    with tempfile.TemporaryDirectory() as folder:
        if binary() is not None:
            (Path(folder) / "server").mkdir()
            measure_wire(Path(folder) / "server")
        measure_embedded(Path(folder) / "store", events, incidents)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:,.0f} MiB")


if __name__ == "__main__":
    main()
