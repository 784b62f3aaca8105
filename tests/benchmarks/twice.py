"""The same batches twice, in other blocks and orders: does any number of any dashboard change?

`python -m tests.benchmarks.twice`; argument: how many events. Rows that the pipeline writes go
once into one store, and twice into others: as they come, then shuffled and cut into blocks of
other sizes. One of those is set up as a server is by default: it recognises no block, and hands
on whatever it is sent. Every query of every dashboard must give the same answer in all.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import TypeAlias

import msgspec

from dashboards.grafana.checking import Source, all_targets, select
from dashboards.grafana.macros import Selection, expand
from dashboards.grafana.rendering import render
from dashboards.grafana.sample_period import choose
from schemas.moments import SECOND
from sinks.chdb import ChdbSink
from sinks.contract import Answer, QueryFailed, Row, Rows
from sinks.ddl import view_tables
from sinks.layout import stored_names
from sinks.memory import MemorySink
from sinks.tables import TABLES
from tests.benchmarks.sample_store import fill

EVENTS = 100_000
EVENTS_EACH = 1_000
"""Of an enterprise."""
BLOCKS = (1, 40, 700, 20_000)
"""Rows a write, drawn in turn."""

Answers: TypeAlias = Mapping[tuple[str, str, str], Sequence[Answer]]
"""By dashboard, place and statement; a view's rows by its name alone."""


class Recorder(MemorySink):
    """Keeps what is written, write for write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[Rows] = []

    def write(self, rows: Rows, token: str) -> None:
        """See `Sink.write`."""
        super().write(rows, token)
        self.writes.append(rows)


def pipeline_writes(events: int) -> list[Rows]:
    """What the pipeline writes of about so many events, in its order."""
    recorder = Recorder()
    fill(recorder, max(4, events // EVENTS_EACH), events)
    return recorder.writes


def write_once(store: ChdbSink, writes: Sequence[Rows]) -> None:
    """As they come."""
    for number, rows in enumerate(writes):
        store.write(rows, f"once/{number}")


def write_twice(store: ChdbSink, writes: Sequence[Rows], chance: Random) -> None:
    """As they come, and all their rows again in other blocks and another order."""
    write_once(store, writes)
    again = [(table, row) for rows in writes for table, of in rows.items() for row in of]
    chance.shuffle(again)
    for number, block in enumerate(_cut(again, chance)):
        store.write(_by_table(block), f"again/{number}")


def _cut(rows: Sequence[tuple[str, Row]], chance: Random) -> Iterator[Sequence[tuple[str, Row]]]:
    start = 0
    while start < len(rows):
        size = chance.choice(BLOCKS)
        yield rows[start : start + size]
        start += size


def _by_table(rows: Sequence[tuple[str, Row]]) -> Rows:
    by_table: dict[str, list[Row]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    return by_table


def forget_blocks(store: ChdbSink) -> None:
    """Set the tables up as a server's are by default: no insert is recognised."""
    for table in TABLES:
        for name in stored_names(table):
            store.query(
                f"ALTER TABLE {name} MODIFY SETTING non_replicated_deduplication_window = 0"
            )


NAMING_DATABASES = ("$investigation",)
"""Choices among databases: what is compared here lies in one of each name."""


def answers(store: ChdbSink, base: Selection) -> Answers:
    """Of every query of every dashboard, and every view whole; "now" is the end of the period."""
    found: dict[tuple[str, str, str], Sequence[Answer]] = {
        (name, "", ""): store.view(name) for name in view_tables()
    }
    now = f"toDateTime({base.last // SECOND})"
    own = str(store.query("SELECT currentDatabase() AS own")[0]["own"])
    for dashboard in (each for some in render().values() for each in some):
        chosen, _ = select(dashboard, Source(store.query, QueryFailed), base)
        for target in all_targets(dashboard):
            sql = expand(target.sql, chosen).replace("now()", now)
            if target.place not in NAMING_DATABASES:
                found[dashboard["uid"], target.place, sql.replace(own, "own")] = store.query(sql)
    return found


def differing(one: Answers, other: Answers) -> list[str]:
    """Where two stores do not say the same."""
    places = dict.fromkeys([*one, *other])
    return [" ".join(place[:2]) for place in places if one.get(place) != other.get(place)]


def rows_held(store: ChdbSink) -> int:
    """Rows in all tables as they lie there, merged or not."""
    names = ", ".join(f"'{name}'" for table in TABLES for name in stored_names(table))
    held = store.query(
        "SELECT sum(rows) AS n FROM system.parts WHERE active AND database = currentDatabase()"
        f" AND table IN ({names})"
    )
    return int(str(held[0]["n"]))


def compare(
    make: Callable[[str], ChdbSink], events: int, say: Callable[[str], None] = print
) -> list[str]:
    """Everything that differs between one write and two; `make` makes stores by name."""
    writes = pipeline_writes(events)
    rows = sum(len(of) for write in writes for of in write.values())
    once = make("once")
    write_once(once, writes)
    base = msgspec.structs.replace(choose(once.query), everything=frozenset())
    expected = answers(once, base)
    say(f"{rows:,} rows in {len(writes):,} writes; once: {rows_held(once):,} rows held")
    found: list[str] = []
    for name in ("twice", "forgetful"):
        store = make(name)
        if name == "forgetful":
            forget_blocks(store)
        write_twice(store, writes, Random(name))
        differences = differing(expected, answers(store, base))
        found += [f"{name}: {each}" for each in differences]
        say(
            f"{name}: {rows_held(store):,} rows held; {len(expected):,} answers,"
            f" {len(differences)} differ"
        )
    return found


def main() -> int:
    """Print the comparison; 1 where something differs."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with tempfile.TemporaryDirectory() as folder:
        stores: list[ChdbSink] = []

        def make(name: str) -> ChdbSink:
            stores.append(ChdbSink(Path(folder) / "store", name))
            stores[-1].migrate()
            return stores[-1]

        found = compare(make, events)
        for store in stores:
            store.close()
    for each in found:
        print(each)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
