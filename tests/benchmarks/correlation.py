"""`python -m tests.benchmarks.correlation`: matches correlated per CPU-second, memory per group.

Every match is one event of one rule that one correlation names, in batches of 200 of one
enterprise; event time advances by 10 ms a match. `shuffled` puts each match up to 30 s late,
within a lateness of 60 s. Memory is Python's own, measured apart from the timed run.
"""

import gc
import random
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from time import process_time

import msgspec

from pipeline.correlation.extraction import Match
from pipeline.correlation.plan import CorrelationPlan
from pipeline.correlation.state import CorrelationState
from pipeline.correlation.step import correlate
from pipeline.event_time.clock import ClockState, EventTimePolicy, Heard, advance
from pipeline.event_time.sources import source_id
from pipeline.sigma.reading.documents import And, Not, RuleName, SigmaCorrelation
from schemas.moments import DAY, MINUTE, SECOND
from tests.benchmarks.incidents import print_grouping, print_replay
from tests.correlation.samples import CONTEXT, START, correlation, event, plan_of, rule

MATCHES = 40_000
BATCH = 200
STEP_S = 0.01
LATENESS = EventTimePolicy(lateness_s=60)
SPANS = {"1m": MINUTE // SECOND, "1d": DAY // SECOND}
GROUPS = (1, 100, 10_000)
SOURCES_A_BATCH = 5
SOURCE_BATCHES = 4_000

Make = Callable[[int], SigmaCorrelation]

KINDS: dict[str, Make] = {
    "event_count ≥ 100": lambda span: _of("event_count", "a", span, gte=100),
    "value_count ≥ 100": lambda span: _of("value_count", "a", span, field="Image", gte=100),
    "value_sum ≥ 1e9": lambda span: _of("value_sum", "a", span, field="size", gte=1e9),
    "value_percentile ≥ 1e9": lambda span: _of(
        "value_percentile", "a", span, field="size", percentile=95, gte=1e9
    ),
    "temporal a, b": lambda span: _of("temporal", "ab", span),
    "temporal_ordered a, b, c": lambda span: _of("temporal_ordered", "abc", span),
    "a and not b": lambda span: _of(
        "temporal", "ab", span, expression=And((RuleName("a"), Not(RuleName("b"))))
    ),
}


def _of(kind: str, rules: str, span: int, **shape: object) -> SigmaCorrelation:
    return correlation(kind, rules, span, group_by=["User"], **shape)  # type: ignore[arg-type]


def matches(groups: int, count: int = MATCHES) -> list[Match]:
    chance = random.Random(7)
    rules = [rule(rule_id) for rule_id in "aaaaaaaab"]
    events = [
        event(
            number * STEP_S,
            f"{chance.getrandbits(128):032x}",
            User=f"user{number % groups}",
            Computer=f"pc{number % 50}.example.cn",
            Image=f"C:\\Program Files\\tool{chance.randrange(40)}.exe",
            size=chance.randrange(1_000_000),
        )
        for number in range(count)
    ]
    return [Match(each, rules[chance.randrange(len(rules))], each.time) for each in events]


def shuffled(ordered: Sequence[Match]) -> list[Match]:
    chance = random.Random(11)
    return sorted(ordered, key=lambda each: each.event.time + chance.randrange(30 * SECOND))


def batches(ordered: Sequence[Match]) -> Iterator[Sequence[Match]]:
    for first in range(0, len(ordered), BATCH):
        yield ordered[first : first + BATCH]


def run(plan: CorrelationPlan, ordered: Sequence[Match]) -> tuple[CorrelationState, int, float]:
    """State at the end, rows said, CPU seconds."""
    state, clock_state, rows = CorrelationState(), ClockState(), 0
    begin = process_time()
    for batch in batches(ordered):
        newest = max(each.event.time for each in batch)
        clock, _ = advance(LATENESS, clock_state, {b"source": Heard(newest, newest)}, newest)
        rows += len(correlate(plan, state, batch, clock, CONTEXT))
    return state, rows, process_time() - begin


def memory(plan: CorrelationPlan, ordered: Sequence[Match]) -> int:
    gc.collect()
    tracemalloc.start()
    state, _, _ = run(plan, ordered)
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size if state.group_count else 0


def print_speed() -> None:
    print(
        f"{'correlation':26} {'window':>6} {'groups':>7} {'in order/s':>11} {'shuffled/s':>11} "
        f"{'rows':>7} {'held':>7} {'record kB':>10} {'encode ms':>10}"
    )
    for name, make in KINDS.items():
        for groups in GROUPS:
            ordered = matches(groups)
            mixed = shuffled(ordered)
            for span, seconds in SPANS.items():
                print_line(
                    f"{name:26} {span:>6} {groups:>7}", plan_of(make(seconds)), ordered, mixed
                )


def print_line(
    title: str, plan: CorrelationPlan, ordered: Sequence[Match], mixed: Sequence[Match]
) -> None:
    state, rows, seconds = run(plan, ordered)
    _, _, seconds_mixed = run(plan, mixed)
    held = sum(len(group.held) for groups in state.groups.values() for group in groups.values())
    begin = process_time()
    record = msgspec.msgpack.encode(state)
    encoding = process_time() - begin
    print(
        f"{title} {len(ordered) / seconds:>11,.0f} {len(ordered) / seconds_mixed:>11,.0f} "
        f"{rows:>7} {held:>7} {len(record) / 1000:>10,.0f} {encoding * 1000:>10.1f}"
    )


def print_memory() -> None:
    print(f"\n{'open groups':>11} {'matches each':>13} {'bytes a group':>14} {'encoded':>8}")
    plan = plan_of(KINDS["event_count ≥ 100"](3600))
    for groups, each in ((10_000, 1), (10_000, 4), (100, 100)):
        ordered = matches(groups, groups * each)
        state, _, _ = run(plan, ordered)
        encoded = len(msgspec.msgpack.encode(state))
        size = memory(plan, ordered)
        print(f"{groups:>11} {each:>13} {size // groups:>14,} {encoded // groups:>8,}")


def print_sources() -> None:
    """Batches of five events of as many hosts, each host once in ten minutes or oftener."""
    print(
        f"\n{'sources':>8} {'events/CPU-s':>13} {'µs a batch':>11} {'record kB':>10} "
        f"{'restart ms':>11}"
    )
    for count in (10, 1_000, 10_000):
        ids = [source_id(f"host/pc{number}") for number in range(count)]
        step = min(SECOND, 10 * MINUTE * SOURCES_A_BATCH // count)
        state, now, spent, began = ClockState(), START, 0.0, 0
        warm = 2 * count // SOURCES_A_BATCH
        for number in range(warm + SOURCE_BATCHES):
            now += step
            first = number * SOURCES_A_BATCH
            heard = {
                ids[(first + each) % count]: Heard(now, now) for each in range(SOURCES_A_BATCH)
            }
            begin = process_time()
            advance(EventTimePolicy(), state, heard, now)
            if number >= warm:
                spent += process_time() - begin
                began += 1
        record = msgspec.msgpack.encode(state)
        begin = process_time()
        advance(EventTimePolicy(), msgspec.msgpack.decode(record, type=ClockState), {}, now)
        restart_ms = (process_time() - begin) * 1000
        print(
            f"{count:>8} {began * SOURCES_A_BATCH / spent:>13,.0f} {spent / began * 1e6:>11.1f} "
            f"{len(record) / 1000:>10,.1f} {restart_ms:>11.1f}"
        )


if __name__ == "__main__":
    print_sources()
    print_speed()
    print_memory()
    print_grouping()
    print_replay()
