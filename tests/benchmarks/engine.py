"""`python -m tests.benchmarks.engine`: the whole engine, batch to decisions, on one core.

Input: a recording of real attacks with all SigmaHQ rules, and the simulator's ordinary
traffic with our own. Printed: CPU time as a multiple of `orjson.loads` of the very same lines,
measured in turns with it batch by batch, beside its limit; events per CPU-second, decisions,
peak memory. The state is encoded after every batch, as the worker does.

`step` is what the worker's thread does between Kafka and the store: signed records, 200 a step,
are admitted, decided and made rows, which a sink that keeps nothing takes; states come encoded
and go encoded.
"""

import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import orjson

from pipeline.app.collector import spare_long_lived
from pipeline.app.delivery import Delivery
from pipeline.app.publishing import Sender, sign_chunk
from pipeline.files.recordings import open_recording
from pipeline.files.rule_files import load_rules
from pipeline.intake.batching import Chunk, chunk_lines
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import KEY_ID, make_registry, signing_key
from pipeline.simulate.traffic import make_traffic
from pipeline.state import EnterpriseState, StateKey, encode_state
from pipeline.worker.metrics import Metrics
from pipeline.worker.step_executor import StepExecutor
from schemas.batch import Batch, BatchAccount, Record
from schemas.decision import Decision
from schemas.moments import Moment, parse_moment
from schemas.registry import Enterprise
from sinks.contract import Rows
from sinks.memory import MemorySink
from tests.benchmarks.limits import verdict
from tests.sigma.corpora import CORPORA

ROOT = Path(__file__).parents[2]
RECORDING = "otrf/purplesharp_ad_playbook_I.zip"
START = parse_moment("2026-05-01T00:00:00Z")
ONE = Enterprise(
    enterprise_id="E1", name="E1", province="330000", sector="steel", field="industrial"
)
SEED = 7
SMALL_ENTERPRISES = 200
LINES = 200
"""Of a large batch."""
RECORDS_A_STEP = 200
"""As the worker's settings have it."""


class Cost(msgspec.Struct):
    """What a run did, and how long it and the decoding of its lines took."""

    events: int = 0
    decisions: int = 0
    size: int = 0
    """Bytes of all lines."""
    cpu_s: float = 0.0
    decoding_s: float = 0.0

    def add(self, spent_s: float, values: Iterable[bytes], decided: Sequence[Decision]) -> None:
        """Count what was spent on these values, and what the decoding of their lines takes."""
        lines = [line for value in values for line in value.split(b"\n")]
        began = time.process_time()
        for line in lines:
            orjson.loads(line)
        self.decoding_s += time.process_time() - began
        self.cpu_s += spent_s
        self.decisions += len(decided)
        self.events += sum(each.events for each in decided if isinstance(each, BatchAccount))
        self.size += sum(map(len, lines)) + len(lines) - 1


def recorded() -> tuple[Engine, list[Batch]]:
    """25,993 Windows events of one enterprise, with all SigmaHQ rules."""
    rules = load_rules([CORPORA / "sigma-rules.tar.xz"], None)
    lines = [document.raw for document in open_recording(CORPORA / RECORDING)]
    batches = _batches("E1", "windows", lines, START)
    return Engine(rules, Policy(), {"E1": ONE}), list(batches)


def simulated() -> tuple[Engine, list[Batch]]:
    """Two hours of 200 made enterprises in all formats, with our own rules: five events a batch."""
    return _simulated(enterprises=SMALL_ENTERPRISES, events=300, lines=1)


def simulated_200() -> tuple[Engine, list[Batch]]:
    """The same of 20 made enterprises, each format's lines held back until they are 200."""
    return _simulated(enterprises=20, events=3_000, lines=LINES)


def _simulated(enterprises: int, events: int, lines: int) -> tuple[Engine, list[Batch]]:
    publishers = make_registry(SEED, enterprises)
    traffic = make_traffic(SEED, SimulationConfig(start=START, events=events), publishers)
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
    states: defaultdict[str, EnterpriseState] = defaultdict(EnterpriseState)
    cost = Cost()
    for batch in batches:
        began = time.process_time()
        state = states[batch.enterprise_id]
        decided = engine.process(state, batch)
        encode_state(state)
        cost.add(time.process_time() - began, [batch.value], decided)
    return cost


class NullSink(MemorySink):
    """Keeps nothing."""

    def write(self, rows: Rows, token: str) -> None:
        """See `Sink.write`."""


def measure_steps(engine: Engine, batches: Sequence[Batch]) -> Cost:
    """The same through the worker's executor, from signed records on."""
    executor = StepExecutor(engine, Delivery(NullSink(), lambda _: False), Metrics())
    records = signed(batches)
    states: dict[StateKey, bytes] = {}
    cost = Cost()
    for first in range(0, len(records), RECORDS_A_STEP):
        step = records[first : first + RECORDS_A_STEP]
        began = time.process_time()
        tasks = executor.admit(step)
        known = {task.key: states.get(task.key, b"") for task in tasks}
        outcome = executor.take(tasks, known)
        states |= outcome.states
        spent_s = time.process_time() - began
        cost.add(spent_s, [record.value for record in step], outcome.decisions)
    return cost


def signed(batches: Sequence[Batch]) -> list[Record]:
    """The batches as the records that their senders would send."""
    senders = {
        enterprise.enterprise_id: Sender(enterprise.enterprise_id, KEY_ID, signing_key(private))
        for enterprise, private in make_registry(SEED, SMALL_ENTERPRISES)
    }
    return [
        Record(
            topic="fenghuo.events",
            partition=0,
            offset=offset,
            timestamp=batch.received_at,
            key=batch.enterprise_id.encode(),
            value=batch.value,
            headers=_headers(senders[batch.enterprise_id], batch),
        )
        for offset, batch in enumerate(batches)
    ]


def _headers(sender: Sender, batch: Batch) -> tuple[tuple[str, bytes], ...]:
    lines = tuple(batch.value.split(b"\n"))
    chunk = Chunk(batch_id=batch.batch_id, sequence=0, lines=lines, occurrences=batch.occurrences)
    return tuple(sign_chunk(sender, chunk, batch.format).items())


class Case(msgspec.Struct, frozen=True):
    """What is measured: its input, how, and in which states of the memories."""

    make: Callable[[], tuple[Engine, list[Batch]]]
    measure: Callable[[Engine, list[Batch]], Cost] = measure
    warmths: Sequence[str] = ("",)


CASES: Mapping[str, Case] = {
    "engine simulated": Case(simulated),
    "engine simulated-200": Case(simulated_200),
    "engine recorded": Case(recorded, warmths=(" cold", " warm", " restarted")),
    "step simulated": Case(simulated, measure_steps),
    "step simulated-200": Case(simulated_200, measure_steps),
}
"""Cold: all plans and memories are to be made. Restarted: made ready for the kinds of events that
were met before, as a worker is before it takes partitions."""


def restarted(engine: Engine) -> Engine:
    """The engine as its files make it, ready for what this one has met; how long that took."""
    rules = engine.rules.assuming("")
    began = time.process_time()
    rules.prepare(engine.rules.kinds())
    print(f"{rules.effort.plans} plans made ready in {time.process_time() - began:.2f} CPU-s")
    return Engine(rules, engine.policy, engine.registry)


def run_case(name: str) -> None:
    """One line for each state of the memories."""
    case = CASES[name]
    engine, batches = case.make()
    spare_long_lived()
    for warmth in case.warmths:
        if warmth == " restarted":
            engine = restarted(engine)
        cost = case.measure(engine, batches)
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        row = name + warmth
        print(
            f"{row:25} x decoding {verdict(row, cost.cpu_s / cost.decoding_s):24}"
            f"{cost.events / cost.cpu_s:9,.0f} events/CPU-s  {cost.events:,} events of "
            f"{cost.size / cost.events:,.0f} bytes, {cost.events / len(batches):,.1f} a batch  "
            f"{cost.decisions:,} decisions  {peak_mb:,.0f} MB",
            flush=True,
        )


def main() -> None:
    """Each case in a process of its own, so that its peak memory is its own."""
    if len(sys.argv) > 1:
        run_case(sys.argv[1])
        return
    for name, case in CASES.items():
        if case.make is recorded and not CORPORA.exists():
            print(f"no corpora at {CORPORA}: {name} is left out", file=sys.stderr)
            continue
        subprocess.run([sys.executable, "-m", "tests.benchmarks.engine", name], check=True)


if __name__ == "__main__":
    main()
