"""`python -m tests.benchmarks.engine`: the whole engine, batch to decisions, on one core.

Input: a recording of real attacks with all SigmaHQ rules, and the simulator's ordinary
traffic with our own. Printed: events per CPU-second, decisions, peak memory. The state is
encoded after every batch, as the worker does.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from pipeline.files.recordings import open_recording
from pipeline.files.rule_files import load_rules
from pipeline.intake.batching import chunk_lines
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import make_registry
from pipeline.simulate.traffic import make_traffic
from pipeline.state import EnterpriseState, encode_state
from schemas.batch import Batch
from schemas.moments import parse_moment
from schemas.registry import Enterprise
from tests.sigma.corpora import CORPORA

ROOT = Path(__file__).parents[2]
RECORDING = "otrf/purplesharp_ad_playbook_I.zip"
START = parse_moment("2026-05-01T00:00:00Z")
ONE = Enterprise(
    enterprise_id="E1", name="E1", province="330000", sector="steel", field="industrial"
)


def recorded() -> tuple[Engine, list[Batch]]:
    """25,993 Windows events of one enterprise, with all SigmaHQ rules."""
    rules = load_rules([CORPORA / "sigma-rules.tar.xz"], None)
    lines = (document.raw for document in open_recording(CORPORA / RECORDING))
    batches = [
        _batch("E1", "windows", chunk.batch_id, chunk.value, number)
        for number, chunk in enumerate(chunk_lines(lines, "E1", "windows"))
    ]
    return Engine(rules, Policy(), {"E1": ONE}), batches


def simulated() -> tuple[Engine, list[Batch]]:
    """Two hours of 200 made enterprises in all formats, with our own rules."""
    publishers = make_registry(7, 200)
    traffic = make_traffic(7, SimulationConfig(start=START, events=300), publishers)
    batches = [
        msgspec.structs.replace(
            _batch(made.enterprise_id, made.format, chunk.batch_id, chunk.value, number),
            received_at=made.last_time,
        )
        for number, made in enumerate(traffic)
        for chunk in chunk_lines(made.lines, made.enterprise_id, made.format)
    ]
    registry = {enterprise.enterprise_id: enterprise for enterprise, _ in publishers}
    return Engine(load_rules([ROOT / "pipeline" / "rules"], None), Policy(), registry), batches


def _batch(enterprise_id: str, format: str, batch_id: str, value: bytes, offset: int) -> Batch:
    return Batch(
        enterprise_id=enterprise_id,
        format=format,
        batch_id=batch_id,
        sequence=0,
        received_at=START,
        value=value,
        offset=offset,
    )


def measure(engine: Engine, batches: Iterable[Batch]) -> tuple[int, int, float]:
    """Events, decisions and CPU-seconds."""
    states: dict[str, EnterpriseState] = {}
    events = decisions = 0
    began = time.process_time()
    for batch in batches:
        state = states.setdefault(batch.enterprise_id, EnterpriseState())
        decided = engine.process(state, batch)
        encode_state(state)
        decisions += len(decided)
        events += decided[-1].events  # type: ignore[union-attr]
    return events, decisions, time.process_time() - began


CASES = {"recorded": recorded, "simulated": simulated}


def main() -> None:
    """Each case in a process of its own, so that its peak memory is its own."""
    if len(sys.argv) > 1:
        engine, batches = CASES[sys.argv[1]]()
        events, decisions, cpu_s = measure(engine, batches)
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = sum(len(batch.value) for batch in batches) / events
        print(
            f"engine {sys.argv[1]:9}  {events / cpu_s:9,.0f} events/CPU-s  {events:,} events of "
            f"{size:,.0f} bytes  {decisions:,} decisions  {peak_mb:,.0f} MB"
        )
        return
    for case in CASES:
        if case == "recorded" and not CORPORA.exists():
            print(f"no corpora at {CORPORA}: the recorded case is left out", file=sys.stderr)
            continue
        subprocess.run([sys.executable, "-m", "tests.benchmarks.engine", case], check=True)


if __name__ == "__main__":
    main()
