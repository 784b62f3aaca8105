"""`python -m tests.benchmarks.bombs [WORD]…`: what one hostile batch costs (docs/capacity.md).

Each batch is signed, of one enterprise, and as large as the default quota lets through. Measured is
the CPU of admission, engine with our own rules, and encoding the state, least of `TURNS`; the state
is fresh each time. Words choose the rows that have one of them. Exit code 1 where a batch takes
longer than `GOAL_S`.
"""

import gc
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.app.engines import OWN_RULES
from pipeline.app.publishing import Sender, sign_chunk
from pipeline.files.rule_files import load_rules
from pipeline.intake.batching import Chunk
from pipeline.intake.formats.table import AUTO
from pipeline.intake.reading import REMARKS
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.state import encode_state, fresh_state
from schemas.batch import BatchAccount, Record
from schemas.decision import Decision
from schemas.moments import parse_moment
from schemas.quota import Quota
from tests.intake.fuzz import fuzzed_engine
from tests.intake.hostile_lines import HOSTILE

GOAL_S: Final = 1.0
TURNS: Final = 2
LINE: Final = 990_000
"""Bytes of the longest line, a little below the limit."""
RECEIVED: Final = parse_moment("2024-03-02T00:00:00Z")
SENDER: Final = Sender("E1", "k1", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))

_TIME = b'{"time":"2024-03-01T08:00:00Z",'
_PROCESS = (
    _TIME + b'"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,'
    b'"Computer":"ws1","Image":"C:\\\\a.exe","CommandLine":"'
)


def _twice(line: bytes) -> list[bytes]:
    return [line, line]


def _command_line(unit: bytes) -> list[bytes]:
    return _twice(_PROCESS + unit * (LINE // len(unit) - 100) + b'"}')


def _numbers() -> list[bytes]:
    digits = (400, 5_000, 100_000, LINE - 100)
    return [_TIME + b'"a":' + each + b"}" for each in (*(b"9" * n for n in digits), b"1e999999999")]


BOMBS: Mapping[str, Callable[[], list[bytes]]] = {
    "lists 200 deep, 5,900 lines": lambda: [b"[" * 200 + b"]" * 200] * 5_900,
    "9,999 lines that are no JSON": lambda: [b"{"] * 9_999,
    "XML of 280,000 empty elements": lambda: _twice(HOSTILE["xml data"](LINE)),
    "objects 200 deep, 2,000 lines": lambda: (
        [_TIME + b'"a":' + b'{"a":' * 200 + b"1" + b"}" * 201] * 2_000
    ),
    "auditd of 1 MB a line": lambda: _twice(
        b"type=X msg=audit(1709280000.0:1): " + b"a=" * (LINE // 2)
    ),
    "CEF of 1 MB a line": lambda: _twice(HOSTILE["CEF names"](LINE)),
    "100,000 names an event": lambda: _twice(
        _TIME + b",".join(b'"%d":1' % each for each in range(100_000)) + b"}"
    ),
    "a command line of 1 MB, one letter": lambda: _command_line(b"a"),
    "a command line of 1 MB, ` -e`": lambda: _command_line(b" -e"),
    "a command line of 1 MB, `\\\\`": lambda: _command_line(b"\\\\"),
    "numbers of 400 to 990,000 digits, `1e999999999`": _numbers,
    "500,000 lists within each other": lambda: [b"[" * 500_000],
    "300,000 events in an envelope": lambda: [b'{"Records":[' + b"{}," * 300_000 + b"{}]}"],
} | {f"hostile: {name}": lambda make=make: _twice(make(LINE)) for name, make in HOSTILE.items()}
"""Name, and how the lines of its one batch are made."""


class Cost(msgspec.Struct, frozen=True):
    """Bytes of the value, CPU seconds, and what its events became."""

    size: int
    cpu_s: float
    becomes: str


def engine_of_own_rules() -> Engine:
    """With the enterprise of the fuzzing, whose key is known."""
    return Engine(load_rules([OWN_RULES], None), Policy(), fuzzed_engine().registry)


def record_of(lines: Iterable[bytes]) -> Record:
    """The signed record of one batch."""
    chunk = Chunk(batch_id="b", stream="s", sequence=0, lines=tuple(lines), occurrences={})
    assert len(chunk.value) <= Quota().batch_bytes, "else nothing of it is read"
    headers = tuple(sign_chunk(SENDER, chunk, AUTO).items())
    return Record(
        topic="fenghuo.events", partition=0, offset=0, timestamp=RECEIVED,
        key=SENDER.enterprise_id.encode(), value=chunk.value, headers=headers,
    )  # fmt: skip


def measure(engine: Engine, record: Record) -> Cost:
    """The least of some turns: other load only ever adds."""
    spent_s: list[float] = []
    decided: list[Decision] = []
    for _ in range(TURNS):
        began_s = time.process_time()
        admitted = engine.admit(record)
        state = fresh_state(admitted.state_key)
        decided = engine.apply(state, admitted)
        encode_state(state)
        spent_s.append(time.process_time() - began_s)
    (account,) = (each for each in decided if isinstance(each, BatchAccount))
    return Cost(len(record.value), min(spent_s), _outcome(account))


def _outcome(account: BatchAccount) -> str:
    reasons = Counter({k: n for k, n in account.reasons.items() if k not in REMARKS})
    stored = {"stored": account.stored + account.late} if account.stored + account.late else {}
    named = {**stored, **{f"`{reason}`": count for reason, count in reasons.most_common()}}
    return ", ".join(f"{count:,} {name}" for name, count in named.items()) or "nothing"


def main() -> int:
    """The rows of the table, dearest first."""
    chosen = [
        name for name in BOMBS if not sys.argv[1:] or any(each in name for each in sys.argv[1:])
    ]
    engine = engine_of_own_rules()
    random.Random(0).shuffle(chosen)  # what the first one warms is no kind's advantage
    gc.freeze()
    costs = {name: measure(engine, record_of(BOMBS[name]())) for name in chosen}
    print("| batch | MB | s | becomes |\n| --- | --- | --- | --- |")
    for name, cost in sorted(costs.items(), key=lambda each: -each[1].cpu_s):
        print(f"| {name} | {cost.size / 1e6:.1f} | {cost.cpu_s:.2f} | {cost.becomes} |")
    slow = [name for name, cost in costs.items() if cost.cpu_s > GOAL_S]
    print(f"longer than {GOAL_S:g} s: {', '.join(slow) or 'none'}")
    return bool(slow)


if __name__ == "__main__":
    sys.exit(main())
