"""`python -m tests.benchmarks.formats [NAME]…`: events a CPU-second of each format through intake.

A batch of 200 events is read to `Event`s, ids included. The sweep then doubles hostile lines and
compares what they cost: linear work costs twice as much for twice the length.
"""

import gc
import sys
import time

from pipeline.event_time.clock import ClockState, EventTimePolicy
from pipeline.intake.formats.table import AUTO
from pipeline.intake.reading import read_batch
from schemas.batch import Batch
from schemas.moments import parse_moment
from schemas.registry import Enterprise
from tests.intake.format_samples import SAMPLES
from tests.intake.hostile_lines import HOSTILE
from tests.intake.sample import Sample

GOAL = 40_000
EVENTS = 200
SECONDS = 0.4
WIDE_MARGIN = 3.2
"""Of the ratio for doubling: 2 is linear, 4 is quadratic."""

POLICY = EventTimePolicy(lateness_s=300, skew_s=600)
RECEIVED = parse_moment("2024-03-02T00:00:00Z")
ENTERPRISE = Enterprise(
    enterprise_id="E1", name="E1", province="330000", sector="steel", field="industrial"
)


def batch(value: bytes) -> Batch:
    return Batch(
        enterprise_id="E1",
        format=AUTO,
        batch_id="b",
        sequence=0,
        received_at=RECEIVED,
        value=value,
    )


def cost(value: bytes, at_least: float) -> tuple[float, int]:
    """CPU seconds of one reading, and the events that came of it."""
    read_batch(batch(value), ENTERPRISE, ClockState(), POLICY)
    begin, rounds, events = time.process_time(), 0, 0
    while (passed := time.process_time() - begin) < at_least or not rounds:
        events = len(read_batch(batch(value), ENTERPRISE, ClockState(), POLICY).events)
        rounds += 1
    return passed / rounds, events


def at_second(lines: bytes, second: int) -> bytes:
    """A sample's lines so many seconds later: what is remembered of the same text is no help."""
    clock, epoch = b"%02d:%02d" % divmod(second, 60), b"%d" % (1_709_280_000 + second)
    return lines.replace(b"08:00:00", b"08:" + clock).replace(b"1709280000", epoch)


def speed(sample: Sample) -> tuple[float, int]:
    """Events a CPU-second, and bytes an event."""
    value = b"\n".join(at_second(sample.lines, second) for second in range(EVENTS))
    seconds, events = cost(value, SECONDS)
    return events / seconds, len(value) // max(events, 1)


def ratio(make: object, length: int) -> float:
    """What a hostile line of twice the length costs, against the line."""
    build = HOSTILE[str(make)]
    short, _ = cost(build(length), 0.05)
    long, _ = cost(build(2 * length), 0.05)
    return long / short


def main() -> int:
    gc.freeze()
    chosen = [each for each in SAMPLES if not sys.argv[1:] or each.name in sys.argv[1:]]
    slow = []
    for sample in chosen:
        rate, size = speed(sample)
        print(f"{sample.name:24} {rate:10,.0f} events/CPU-s  {size:5} bytes", flush=True)
        if rate < GOAL:
            slow.append(sample.name)
    print(f"under {GOAL:,}: {', '.join(slow) or 'none'}")
    steep = []
    for name in HOSTILE if not sys.argv[1:] or "hostile" in sys.argv else ():
        factor = ratio(name, 50_000)
        print(f"{name:40} x{factor:.1f} for twice the length", flush=True)
        if factor > WIDE_MARGIN:
            steep.append(name)
    print(f"steeper than x{WIDE_MARGIN}: {', '.join(steep) or 'none'}")
    return bool(steep)


if __name__ == "__main__":
    sys.exit(main())
