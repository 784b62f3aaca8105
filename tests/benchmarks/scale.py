"""`python -m tests.benchmarks.scale`: the country's registry, and states after a simulated day.

Registry: 45,000 made enterprises with a key each, read from a file as a worker does. States: of
made enterprises after a day of traffic in small batches, as they are remembered (their size
decides changelog, recovery and memory) and as they are held decoded.
"""

import resource
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import quantiles

import msgspec

from pipeline.app.engines import OWN_RULES
from pipeline.files.registry_file import read_registry_file
from pipeline.files.rule_files import load_rules
from pipeline.intake.batching import chunk_lines
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import make_registry
from pipeline.simulate.traffic import make_traffic
from pipeline.state import EnterpriseState, decode_state, encode_state
from schemas.batch import Batch
from schemas.moments import DAY, SECOND
from tests.benchmarks.engine import SEED, START

COUNTRY = 45_000
ENTERPRISES = 60
EVENTS_A_DAY = 1_000


def measure_registry() -> None:
    """How long the country's registry takes to read, and how much it holds."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "registry.ndjson"
        rows = [msgspec.json.encode(enterprise) for enterprise, _ in make_registry(SEED, COUNTRY)]
        file.write_bytes(b"\n".join(rows) + b"\n")
        before_mb, began_s = resident_mb(), time.process_time()
        registry = read_registry_file(file).enterprises
        spent_s = time.process_time() - began_s
        print(
            f"registry: {len(registry):,} enterprises read in {spent_s:.1f} CPU-s, "
            f"{resident_mb() - before_mb:,.0f} MB"
        )


def measure_states() -> None:
    """Sizes of states after a day."""
    publishers = make_registry(SEED, ENTERPRISES)
    registry = {enterprise.enterprise_id: enterprise for enterprise, _ in publishers}
    engine = Engine(load_rules([OWN_RULES], None), Policy(), registry)
    config = SimulationConfig(start=START, duration_s=DAY // SECOND, events=EVENTS_A_DAY)
    states: defaultdict[str, EnterpriseState] = defaultdict(EnterpriseState)
    events = 0
    for made in make_traffic(SEED, config, publishers):
        for chunk in chunk_lines(made.lines, made.enterprise_id, made.format):
            batch = Batch(
                enterprise_id=made.enterprise_id,
                format=made.format,
                batch_id=chunk.batch_id,
                sequence=0,
                received_at=made.last_time,
                value=chunk.value,
            )
            engine.process(states[made.enterprise_id], batch)
            events += len(chunk.lines)
    encoded = [encode_state(state) for state in states.values()]
    sizes = sorted(map(len, encoded))
    before_mb, began_s = resident_mb(), time.process_time()
    decoded = [decode_state("E", each) for each in encoded * COPIES]
    spent_s = time.process_time() - began_s
    print(
        f"states: {len(sizes)} enterprises after a day of {events:,} events: median "
        f"{sizes[len(sizes) // 2] / 1000:.1f} kB, 99th percentile "
        f"{quantiles(sizes, n=100)[98] / 1000:.1f} kB, mean {sum(sizes) / len(sizes) / 1000:.1f} "
        f"kB; decoded {spent_s / len(decoded) * 1e6:,.0f} µs and "
        f"{(resident_mb() - before_mb) * 1000 / len(decoded):.1f} kB each"
    )


COPIES = 20
"""Of each state, decoded: enough for memory to be read off."""


def resident_mb() -> float:
    """Memory of this process now (proc(5), statm)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    measure_registry()
    measure_states()
