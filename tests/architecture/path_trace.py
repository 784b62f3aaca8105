"""How far one batch travels: what a record of two events passes through, from record to row.

    python -m tests.architecture.path_trace

The record is signed as an enterprise signs it, taken by the real steps and the real engine with
our own rules, and its rows are written into the memory sink. Counted are this project's own
files, the functions entered, and each time that execution goes from one file to another.
"""

import sys
import threading
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.app.publishing import Sender, sign_chunk
from pipeline.files.rule_files import load_rules
from pipeline.intake.batching import chunk_lines
from pipeline.path import Engine
from pipeline.policy import Policy
from schemas.batch import Record
from schemas.registry import PublishingKey
from schemas.topics import topic_name
from sinks.contract import Sink
from tests.engine.builders import ENTERPRISE, failed_logon, shadow_copies
from tests.worker.world import Budget, Worker, World

ROOT = Path(__file__).parents[2]
PRODUCT = ("pipeline", "schemas", "sinks")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


class Trace(msgspec.Struct):
    """What ran: files, functions as `file:name:line`, and changes from one file to another."""

    files: Counter[str] = msgspec.field(default_factory=Counter)
    functions: Counter[str] = msgspec.field(default_factory=Counter)
    changes: int = 0
    at: str = ""

    def enter(self, file: str) -> None:
        """Execution is in this file now."""
        self.changes += file != self.at
        self.at = file


class TracedWorld(World):
    """A world whose worker writes each step at once."""

    def open_sink(self, budget: Budget, outages: Iterator[bool]) -> Sink:
        return self.store


def make_record() -> Record:
    """Two events of one enterprise, one of which a rule of level high matches."""
    (chunk,) = chunk_lines([shadow_copies(0), failed_logon(1)], ENTERPRISE.enterprise_id, "windows")
    headers = sign_chunk(Sender(ENTERPRISE.enterprise_id, "k1", KEY), chunk, "windows")
    return Record(
        topic=topic_name("events"),
        partition=0,
        offset=0,
        timestamp=1_777_636_900_000_000,
        key=ENTERPRISE.enterprise_id.encode(),
        value=chunk.value,
        headers=tuple(headers.items()),
    )


def make_engine() -> Engine:
    """Our own rules, and one enterprise whose key signs."""
    public = b64encode(KEY.public_key().public_bytes_raw()).decode()
    enterprise = msgspec.structs.replace(ENTERPRISE, keys=(PublishingKey("k1", public),))
    rules = load_rules((ROOT / "pipeline" / "rules",), cache=None)
    return Engine(rules, Policy(), {enterprise.enterprise_id: enterprise})


def trace_record() -> Trace:
    """Run a worker over the record, twice: what is counted is the second run, plans being made."""
    engine, record = make_engine(), make_record()
    for _ in range(2):
        world, trace = TracedWorld({(record.topic, 0): [record]}, engine), Trace()
        worker = Worker(world, 1, 1_000_000, partitions=frozenset({0}))

        def follow(frame: FrameType, event: str, _argument: object, trace: Trace = trace) -> None:
            file = _own_file(frame)
            if event == "call" and file:
                trace.enter(file)
                trace.files[file] += 1
                code = frame.f_code
                trace.functions[f"{file}:{code.co_name}:{code.co_firstlineno}"] += 1
            elif event == "return" and file and (back := frame.f_back) and _own_file(back):
                trace.enter(_own_file(back))

        threading.setprofile(follow)
        sys.setprofile(follow)
        try:
            assert worker.run({}, iter(()), 5)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
        assert [row["stored"] for row in world.rows()] == [2]
    return trace


def _own_file(frame: FrameType) -> str:
    """The file inside the product that the frame runs in; "" elsewhere."""
    try:
        parts = Path(frame.f_code.co_filename).relative_to(ROOT).parts
    except ValueError:
        return ""
    return "/".join(parts) if parts[0] in PRODUCT else ""


if __name__ == "__main__":
    found = trace_record()
    for name, count in sorted(found.files.items()):
        print(f"{count:6}  {name}")
    print(
        f"{len(found.files)} files, {len(found.functions)} functions, "
        f"{found.changes} changes of file"
    )
