"""`python -m tests.benchmarks.engine`: the whole engine, batch to decisions, on one core.

Input: a recording of real attacks with all SigmaHQ rules, and the simulator's ordinary
traffic with our own. Printed: CPU time as a multiple of `orjson.loads` of the very same lines,
measured in turns with it batch by batch, so that a busy machine slows both; events per
CPU-second, decisions, peak memory. The state is encoded after every batch, as the worker does.
"""

import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import orjson

from pipeline.files.recordings import open_recording
from pipeline.files.rule_files import load_rules
from pipeline.intake.batching import chunk_lines
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import make_registry
from pipeline.simulate.traffic import make_traffic
from pipeline.state import EnterpriseState, encode_state
from schemas.batch import Batch, BatchAccount
from schemas.moments import Moment, parse_moment
from schemas.registry import Enterprise
from tests.sigma.corpora import CORPORA

ROOT = Path(__file__).parents[2]
RECORDING = "otrf/purplesharp_ad_playbook_I.zip"
START = parse_moment("2026-05-01T00:00:00Z")
ONE = Enterprise(
    enterprise_id="E1", name="E1", province="330000", sector="steel", field="industrial"
)
LINES = 200
"""Of a large batch."""


class Cost(msgspec.Struct):
    """What a run did, and how long it and the decoding of its lines took."""

    events: int = 0
    decisions: int = 0
    bytes: int = 0
    cpu_s: float = 0.0
    decoding_s: float = 0.0


def recorded() -> tuple[Engine, list[Batch]]:
    """25,993 Windows events of one enterprise, with all SigmaHQ rules."""
    rules = load_rules([CORPORA / "sigma-rules.tar.xz"], None)
    lines = [document.raw for document in open_recording(CORPORA / RECORDING)]
    batches = _batches("E1", "windows", lines, START)
    return Engine(rules, Policy(), {"E1": ONE}), list(batches)


def simulated() -> tuple[Engine, list[Batch]]:
    """Two hours of 200 made enterprises in all formats, with our own rules: five events a batch."""
    return _simulated(enterprises=200, events=300, lines=1)


def simulated_200() -> tuple[Engine, list[Batch]]:
    """The same of 20 made enterprises, each format's lines held back until they are 200."""
    return _simulated(enterprises=20, events=3_000, lines=LINES)


def _simulated(enterprises: int, events: int, lines: int) -> tuple[Engine, list[Batch]]:
    publishers = make_registry(7, enterprises)
    traffic = make_traffic(7, SimulationConfig(start=START, events=events), publishers)
    held: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    batches: list[Batch] = []
    for made in traffic:
        waiting = held[made.enterprise_id, made.format]
        waiting += made.lines
        if len(waiting) >= lines:
            batches += _batches(made.enterprise_id, made.format, waiting, made.last_time)
            waiting.clear()
    registry = {enterprise.enterprise_id: enterprise for enterprise, _ in publishers}
    return Engine(load_rules([ROOT / "pipeline" / "rules"], None), Policy(), registry), batches


def _batches(
    enterprise_id: str, format: str, lines: list[bytes], received_at: Moment
) -> Iterator[Batch]:
    for chunk in chunk_lines(lines, enterprise_id, format):
        yield Batch(
            enterprise_id=enterprise_id,
            format=format,
            batch_id=chunk.batch_id,
            sequence=0,
            received_at=received_at,
            value=chunk.value,
        )


def measure(engine: Engine, batches: Iterable[Batch]) -> Cost:
    """Every batch through the engine, and its lines through the decoder."""
    states: dict[str, EnterpriseState] = {}
    cost = Cost()
    for batch in batches:
        lines = batch.value.split(b"\n")
        began = time.process_time()
        state = states.setdefault(batch.enterprise_id, EnterpriseState())
        decided = engine.process(state, batch)
        encode_state(state)
        ended = time.process_time()
        for line in lines:
            orjson.loads(line)
        cost.decoding_s += time.process_time() - ended
        cost.cpu_s += ended - began
        cost.decisions += len(decided)
        cost.events += sum(each.events for each in decided if isinstance(each, BatchAccount))
        cost.bytes += len(batch.value)
    return cost


CASES = {"simulated": simulated, "simulated-200": simulated_200, "recorded": recorded}


def run_case(case: str) -> None:
    """Cold with all plans and memories to be made; of what is recorded, warm too."""
    engine, batches = CASES[case]()
    for warmth in ("cold", "warm") if case == "recorded" else ("",):
        cost = measure(engine, batches)
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"engine {case:13} {warmth:4}  {cost.cpu_s / cost.decoding_s:5.1f} x decoding  "
            f"{cost.events / cost.cpu_s:9,.0f} events/CPU-s  {cost.events:,} events of "
            f"{cost.bytes / cost.events:,.0f} bytes, {cost.events / len(batches):,.1f} a batch  "
            f"{cost.decisions:,} decisions  {peak_mb:,.0f} MB",
            flush=True,
        )


def main() -> None:
    """Each case in a process of its own, so that its peak memory is its own."""
    if len(sys.argv) > 1:
        run_case(sys.argv[1])
        return
    for case in CASES:
        if case == "recorded" and not CORPORA.exists():
            print(f"no corpora at {CORPORA}: the recorded case is left out", file=sys.stderr)
            continue
        subprocess.run([sys.executable, "-m", "tests.benchmarks.engine", case], check=True)


if __name__ == "__main__":
    main()
