"""The workers that are put to the test, each with its traffic."""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random

import msgspec

from pipeline.app.engines import OWN_RULES
from pipeline.app.publishing import Sender, sign_chunk
from pipeline.intake.batching import Chunk
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import KEY_ID, Publisher, make_registry, signing_key
from pipeline.simulate.traffic import SimulatedBatch, make_traffic
from schemas.command import Command
from schemas.ids import content_id
from schemas.moments import SECOND, parse_moment
from schemas.topics import partition_of
from tests.chaos.experiment import PARTITIONS, Subject
from tests.chaos.traffic import Outgoing, counting_records
from tests.chaos.workers import python_module
from tests.engine.builders import COMMANDS, signed_command

ENTERPRISES = 60
HOT_ENTERPRISES = 24
"""Registered too; those of them that share a partition send in bursts, and the others nothing."""
PERIOD_S = 7_200
START = parse_moment("2026-11-01T00:00:00Z")
STRANGER_SHARE = 0.02
"""Records with another's signature: refused, and never a trace in the state."""
COMMAND_SHARE = 0.02
"""Commands on incidents that nobody has: refused, wherever they fall among the events.

One on an incident that is there would have to be ordered against the events of another topic,
which no log does: an undisturbed run could honestly differ.
"""


def counting_subject(seed: int, folder: Path) -> Subject:
    """The real worker around the counting engine: nothing but the shell is tested."""

    def command(store: Path) -> list[str]:
        return python_module("tests.worker.counting_worker", str(store))

    return Subject(command=command, records=lambda: counting_records(seed), per_second=150.0)


def fenghuo_subject(seed: int, folder: Path) -> Subject:
    """`fenghuo worker`, on signed batches of made enterprises with attacks among them.

    Its rules are a copy: both runs must have the same, whoever edits them meanwhile.
    """
    rules = shutil.copytree(OWN_RULES, folder / "rules")
    everyone = make_registry(seed, ENTERPRISES + HOT_ENTERPRISES)
    publishers = everyone[:ENTERPRISES]
    registry = folder / "registry.ndjson"
    lines = [msgspec.json.encode(enterprise) for enterprise, _ in everyone]
    registry.write_bytes(b"\n".join(lines) + b"\n")
    policy = folder / "policy.json"
    policy.write_bytes(msgspec.json.encode({"commands": COMMANDS}))

    def command(store: Path) -> list[str]:
        return python_module("tests.chaos.disturbed_worker", str(store))

    return Subject(
        command=command,
        records=lambda: simulated_records(seed, publishers),
        bursts=lambda: simulated_records(seed + 1, _of_one_partition(everyone[ENTERPRISES:])),
        is_unsteady=True,
        environment={
            "FENGHUO_REGISTRY": str(registry),
            "FENGHUO_POLICY": str(policy),
            "FENGHUO_RULES": str(rules),
            "FENGHUO_TIMERS_S": "5",
        },
        per_second=60.0,
    )


SUBJECTS: dict[str, Callable[[int, Path], Subject]] = {
    "counting": counting_subject,
    "fenghuo": fenghuo_subject,
}
"""By name; each is made for a seed, in a folder for its files."""


def simulated_records(
    seed: int, publishers: Sequence[Publisher], events: int = 150
) -> Iterator[Outgoing]:
    """Without end: one simulated period after the other, forged records and commands between.

    `events` is the mean number of one enterprise in a period; many of them fill the batches.
    """
    random = Random(seed)
    senders = {
        enterprise.enterprise_id: Sender(enterprise.enterprise_id, KEY_ID, signing_key(private))
        for enterprise, private in publishers
    }
    for period in count():
        start = START + period * PERIOD_S * SECOND
        config = SimulationConfig(
            start=start, duration_s=PERIOD_S, events=events, campaign="vulnerability_backdoor"
        )
        for batch in make_traffic(seed + period, config, publishers):
            record = _sign(senders[batch.enterprise_id], batch)
            yield record
            if random.random() < STRANGER_SHARE:
                yield msgspec.structs.replace(record, key=random.choice([*senders]).encode())
            if random.random() < COMMAND_SHARE:
                yield _command(random, batch.enterprise_id)


def _of_one_partition(publishers: Sequence[Publisher]) -> list[Publisher]:
    """The largest part of them that shares one."""
    parts: defaultdict[int, list[Publisher]] = defaultdict(list)
    for enterprise, private in publishers:
        key = enterprise.enterprise_id.encode()
        parts[partition_of(key, PARTITIONS)].append((enterprise, private))
    return max(parts.values(), key=len)


def _sign(sender: Sender, batch: SimulatedBatch) -> Outgoing:
    batch_id = content_id("batch", sender.enterprise_id, batch.format, *batch.lines)
    chunk = Chunk(batch_id=batch_id, sequence=0, lines=batch.lines, occurrences={})
    headers = sign_chunk(sender, chunk, batch.format)
    key = sender.enterprise_id.encode()
    return Outgoing("fenghuo.events", key, chunk.value, tuple(headers.items()))


def _command(random: Random, enterprise_id: str) -> Outgoing:
    command = Command(
        command_id=random.randbytes(16).hex(),
        enterprise_id=enterprise_id,
        incident_id=random.randbytes(16).hex(),
        verb="confirm",
        analyst="li",
        said_at=START,
    )
    record = signed_command(command, 0)
    headers = tuple((name, value or b"") for name, value in record.headers)
    return Outgoing("fenghuo.commands", record.key, record.value, headers)
