"""Codecs, skip indexes and rollups on made events: `python -m tests.benchmarks.sinks_layout`.

Events are made inside the engine (20,000 enterprises, batches of 200, 28 days, 2 % written
twice, a line of about 400 bytes), once as ClickHouse compresses by itself and once in each
candidate. Argument: how many events.
"""

import sys
import tempfile
import time
from pathlib import Path

from sinks.chdb import ChdbSink

INSERTS = 20
DAYS = 28
_PLAIN = ""
_COLUMNS = (
    "event_id",
    "batch_id",
    "enterprise_id",
    "time",
    "received_at",
    "host",
    "source_ip",
    "destination_ip",
    "raw",
)
_WORDS = frozenset({"enterprise_id", "host"})
_MOMENTS = frozenset({"time", "received_at"})

CANDIDATES: dict[str, dict[str, str]] = {
    "plain": {},
    "zstd1": {
        "event_id": "ZSTD(1)",
        "batch_id": "ZSTD(1)",
        "time": "Delta, ZSTD(1)",
        "received_at": "Delta, ZSTD(1)",
        "source_ip": "ZSTD(1)",
        "destination_ip": "ZSTD(1)",
        "raw": "ZSTD(1)",
    },
    "zstd3": {
        "event_id": "ZSTD(3)",
        "batch_id": "ZSTD(3)",
        "time": "DoubleDelta, ZSTD(1)",
        "received_at": "DoubleDelta, ZSTD(1)",
        "source_ip": "ZSTD(3)",
        "destination_ip": "ZSTD(3)",
        "raw": "ZSTD(3)",
    },
}
INDEXES = (
    "INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1",
    "INDEX by_source source_ip TYPE bloom_filter(0.01) GRANULARITY 1",
    "INDEX by_destination destination_ip TYPE bloom_filter(0.01) GRANULARITY 1",
    "INDEX by_host host TYPE bloom_filter(0.01) GRANULARITY 1",
)

_MADE = """SELECT lower(hex(sipHash128(n))) AS event_id,
    lower(hex(sipHash128(intDiv(n, 200), 7))) AS batch_id,
    concat('ent-', leftPad(toString(cityHash64(intDiv(n, 200)) % 20000), 5, '0')) AS enterprise_id,
    fromUnixTimestamp64Micro(toInt64(1793491200000000 + n * {step} + cityHash64(n) % 60000000),
        'UTC') AS time,
    time + INTERVAL (1500 + cityHash64(n, 3) % 2000) MILLISECOND AS received_at,
    concat('ws-', toString(cityHash64(intDiv(n, 200)) % 20000), '-',
        toString(cityHash64(n, 1) % 40)) AS host,
    concat('10.', toString(cityHash64(n, 4) % 256), '.', toString(cityHash64(n, 5) % 256), '.7')
        AS source_ip,
    IPv4NumToString(toUInt32(cityHash64(n, 6) % 100000 + 2000000000)) AS destination_ip,
    concat('{{"EventID":4688,"Computer":"', host, '","ProcessId":',
        toString(cityHash64(n, 8) % 9999), ',"Image":"C:/Windows/System32/',
        ['cmd', 'svchost', 'powershell', 'net', 'rundll32'][cityHash64(n, 9) % 5 + 1],
        '.exe","CommandLine":"run --task ', lower(hex(cityHash64(n, 10))),
        '","User":"CORP/u', toString(cityHash64(n, 11) % 500),
        '","ParentImage":"C:/Windows/explorer.exe","UtcTime":"', toString(time),
        '","SourceIp":"', source_ip, '","DestinationIp":"', destination_ip,
        '","Channel":"Security","Provider":"Microsoft-Windows-Security-Auditing"}}') AS raw
FROM (SELECT number AS n FROM numbers({first}, {count}))"""

QUERIES = {
    "one event by id alone": "SELECT * FROM {} FINAL WHERE event_id ="
    " (SELECT lower(hex(sipHash128(toUInt64(1234567)))))",
    "an address nobody was seen at": "SELECT count() FROM {} FINAL"
    " WHERE destination_ip = '9.9.9.9'",
    "an address, last seen 100 times in 10 M": "SELECT count(), min(time), max(time)"
    " FROM {} FINAL WHERE destination_ip = IPv4NumToString(toUInt32(2000004711))",
    "one host by name alone": "SELECT count() FROM {} FINAL WHERE host = 'ws-42-7'",
    "text in every line": "SELECT count() FROM {} WHERE raw LIKE '%task 0123456789%'",
    "one enterprise, one day, every column": "SELECT * FROM {} FINAL"
    " WHERE enterprise_id = 'ent-00042' AND toDate(time) = '2026-11-10'",
}

STEPS = {"minute": "60", "hour": "3600", "day": "86400"}
ORDERS = {
    "time first": "time, enterprise_id, batch_id",
    "enterprise first": "enterprise_id, time, batch_id",
}


def create(store: ChdbSink, name: str, codecs: dict[str, str], indexes: tuple[str, ...]) -> None:
    """One candidate of `events`."""
    columns = [f"{column} {_type(column)} {_codec(codecs, column)}" for column in _COLUMNS]
    store.query(
        f"CREATE TABLE {name} ({', '.join((*columns, *indexes))})"
        " ENGINE = ReplacingMergeTree(received_at) PARTITION BY toYYYYMM(time)"
        " ORDER BY (enterprise_id, time, event_id)"
    )


def _type(column: str) -> str:
    if column in _MOMENTS:
        return "DateTime64(6, 'UTC')"
    return "LowCardinality(String)" if column in _WORDS else "String"


def _codec(codecs: dict[str, str], column: str) -> str:
    return f"CODEC({codecs[column]})" if column in codecs else _PLAIN


def fill(store: ChdbSink, name: str, events: int) -> float:
    """Seconds that all inserts took; the first 2 % of each are written once more."""
    count, step = events // INSERTS, DAYS * 86_400_000_000 // events
    started = time.perf_counter()
    for number in range(INSERTS):
        for rows in (count, count // 50):
            made = _MADE.format(step=step, first=number * count, count=rows)
            store.query(f"INSERT INTO {name} ({', '.join(_COLUMNS)}) {made}")
    return time.perf_counter() - started


def median_ms(store: ChdbSink, sql: str) -> float:
    """Of five."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        store.query(sql)
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)[2]


def report_sizes(store: ChdbSink, name: str) -> None:
    """Bytes an event, column by column."""
    rows = store.query(
        "SELECT column AS name, round(sum(column_data_compressed_bytes) / sum(rows), 2) AS bytes"
        f" FROM system.parts_columns WHERE active AND table = '{name}'"
        " GROUP BY column, column_position ORDER BY column_position"
    )
    print(name, "bytes an event:", ", ".join(f"{row['name']} {row['bytes']}" for row in rows))
    sizes = store.query(
        "SELECT count() AS parts, sum(rows) AS rows, sum(bytes_on_disk) AS bytes,"
        " sum(secondary_indices_compressed_bytes) AS index_bytes"
        f" FROM system.parts WHERE active AND table = '{name}'"
    )
    print(name, sizes[0])


def count_batches(store: ChdbSink, source: str, step: str, order: str) -> None:
    """Counts by batch in one step and order, written in ten inserts, the first of them twice."""
    store.query("DROP TABLE IF EXISTS counts")
    store.query(
        "CREATE TABLE counts (time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),"
        " enterprise_id LowCardinality(String), province LowCardinality(String),"
        " batch_id String CODEC(ZSTD(1)), product LowCardinality(String), received_at"
        " DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)), events UInt64 CODEC(T64, ZSTD(1)))"
        " ENGINE = ReplacingMergeTree(received_at) PARTITION BY toYYYYMM(time)"
        f" ORDER BY ({ORDERS[order]}, product)"
    )
    for part in (*range(10), 0):
        store.query(
            f"INSERT INTO counts SELECT toStartOfInterval(e.time, INTERVAL {STEPS[step]} SECOND)"
            " AS b, enterprise_id, toString(cityHash64(enterprise_id) % 31) AS p, batch_id,"
            " ['windows', 'linux', 'zeek'][cityHash64(event_id) % 3 + 1] AS product,"
            f" max(received_at), count() FROM {source} AS e"
            f" WHERE cityHash64(batch_id) % 10 = {part}"
            " GROUP BY b, enterprise_id, p, batch_id, product"
        )


ROLLUP_QUERIES = {
    "nation": "SELECT toStartOfHour(time) AS h, province, sum(events) FROM counts FINAL"
    " GROUP BY h, province",
    "a day": "SELECT province, sum(events) FROM counts FINAL WHERE time >= '2026-11-10 00:00:00'"
    " AND time < '2026-11-11 00:00:00' GROUP BY province",
    "one": "SELECT product, sum(events) FROM counts FINAL WHERE enterprise_id = 'ent-00042'"
    " GROUP BY product",
}


def report_rollup(store: ChdbSink, source: str, step: str, order: str) -> None:
    """Counts by batch in one step and order: their size, and three questions."""
    count_batches(store, source, step, order)
    size = store.query(
        "SELECT count() AS parts, sum(rows) AS rows, sum(bytes_on_disk) AS bytes"
        " FROM system.parts WHERE active AND table = 'counts'"
    )
    asked = [f"{what} {median_ms(store, sql):.1f} ms" for what, sql in ROLLUP_QUERIES.items()]
    print(f"{step}, {order}: {', '.join(asked)}", size[0], flush=True)


def main() -> None:
    """Every candidate, then its questions, then the rollups of the last."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        store = ChdbSink(Path(folder) / "store")
        store.query("SET use_query_condition_cache = 0")  # each question as if asked first
        for name, codecs in (*CANDIDATES.items(), ("indexed", CANDIDATES["zstd1"])):
            create(store, name, codecs, INDEXES if name == "indexed" else ())
            print(f"{name}: {events:,} events in {fill(store, name, events):.1f} s", flush=True)
            report_sizes(store, name)
        for what, sql in QUERIES.items():
            times = [f"{n} {median_ms(store, sql.format(n)):.1f}" for n in (*CANDIDATES, "indexed")]
            print(f"{what}: {', '.join(times)} ms", flush=True)
        for step in STEPS:
            for order in ORDERS:
                report_rollup(store, "zstd1", step, order)
        store.close()


if __name__ == "__main__":
    main()
