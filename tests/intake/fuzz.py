"""`python -m tests.intake.fuzz --records 100000`: mutated records through the reading path.

Whatever comes: nothing is raised, each record is accounted for exactly once, what goes to the
topic of dead letters is bounded, and a refused record leaves its state as it was. `make test`
runs it briefly, `make soak` in full.
"""

import random
import sys
from base64 import b64encode
from collections import Counter
from resource import RUSAGE_SELF, getrusage
from time import process_time

import click
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.app.publishing import Sender, sign_chunk
from pipeline.intake.admitted import STRANGER
from pipeline.intake.batching import Chunk
from pipeline.intake.formats.table import FORMAT_NAMES
from pipeline.intake.quota import OVER_QUOTA
from pipeline.intake.reading import REMARKS
from pipeline.intake.refused_lines import LETTERS_MAX
from pipeline.intake.signature import sign
from pipeline.path import Engine
from pipeline.state import (
    EnterpriseState,
    decode_state,
    encode_state,
    enterprise_state,
    fresh_state,
)
from pipeline.worker.publications import publications_of
from schemas.batch import HEADER_SIGNATURE, BatchAccount, DeadLetter, Record
from schemas.command import CommandOutcome, Verb
from schemas.decision import Decision
from schemas.event import Event
from schemas.moments import SECOND
from schemas.registry import Enterprise, PublishingKey
from sinks.rows import rows_of
from tests.engine.builders import (
    ENTERPRISE,
    START,
    command,
    failed_logon,
    make_engine,
    shadow_copies,
)
from tests.intake.format_samples import SAMPLES
from tests.intake.hostile_lines import HOSTILE

LARGEST_LETTER = 120_000
"""Bytes on the wire: 64 kB in base64, and the rest."""
RESTARTED = 0.05
"""How often a state is put together again from its record before the next one comes."""
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_DRILLS = ("", "", "", "spring")
_VERBS: tuple[Verb, ...] = ("start", "confirm", "impact", "override", "close", "reopen", "reported")
_PARTICULARS: tuple[dict[str, object], ...] = (
    {},
    {"regime": "miit", "tier": "I", "reason": "x"},
    {"verdict": "benign"},
    {"tier": "9"},
)

Headers = list[tuple[str, bytes | None]]


def fuzzed_engine() -> Engine:
    """The small engine of the tests, with a key for its enterprise."""
    made = make_engine()
    public = b64encode(_KEY.public_key().public_bytes_raw()).decode()
    enterprise: Enterprise = msgspec.structs.replace(
        ENTERPRISE, keys=(PublishingKey("k1", public),)
    )
    return Engine(made.rules, made.policy, {"E1": enterprise})


def record_of(chance: random.Random, number: int) -> Record:
    """A record that is sound, or wrong in a few ways at once."""
    record = _command(chance, number) if chance.random() < 0.1 else _batch(chance, number)
    for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
        record = _mutated(chance, record)
    return record


def _command(chance: random.Random, number: int) -> Record:
    particulars: dict[str, object] = chance.choice(_PARTICULARS)
    said = command(chance.choice(_VERBS), "0" * 32, number % 500, **particulars)
    return msgspec.structs.replace(said, offset=number, timestamp=START + number * SECOND)


def _batch(chance: random.Random, number: int) -> Record:
    lines = tuple(_line(chance, number) for _ in range(chance.choice((1, 1, 2, 5, 30))))
    chunk = Chunk(
        batch_id=f"b{chance.randrange(number + 1)}",
        stream=chance.choice(("", "s1", "s2", f"s{number}")),
        sequence=chance.choice((number, chance.randrange(50))),
        # Rarely: a few of these cost more than hundreds of others, and find what those find.
        lines=lines * (40 if chance.random() < 0.04 else 1),
        occurrences=chance.choice(({}, {}, {0: 1}, {chance.randrange(20_000): 1})),
    )
    format = chance.choice(("windows", "windows", *FORMAT_NAMES, "none"))
    headers = sign_chunk(Sender("E1", "k1", _KEY), chunk, format, chance.choice(_DRILLS))
    return Record(
        topic="fenghuo.events",
        partition=0,
        offset=number,
        timestamp=START + number * SECOND,
        key=b"E1",
        value=chunk.value,
        headers=tuple(headers.items()),
    )


def _line(chance: random.Random, number: int) -> bytes:
    kind = chance.randrange(12)
    at_s = chance.uniform(-600, 600) + number
    if kind > 8:
        return _of_any_format(chance)
    if kind < 3:
        return (shadow_copies if kind else failed_logon)(at_s)
    if kind == 3:
        return _damaged(chance, failed_logon(at_s))
    return (
        b"",
        b"x",
        chance.randbytes(chance.randrange(200)).replace(b"\n", b""),
        b'{"@timestamp":' + str(chance.choice((-1, 2**63, 2**70, 1e300))).encode() + b"}",
        b"[" * chance.choice((5, 5_000)),
    )[kind - 4]


def _of_any_format(chance: random.Random) -> bytes:
    """A golden sample, whole or damaged, or what costs more than its length to read."""
    if chance.random() < 0.1:
        return HOSTILE[chance.choice([*HOSTILE])](chance.choice((40, 400, 4_000)))
    lines = chance.choice(SAMPLES).lines
    return lines if chance.random() < 0.5 else _damaged(chance, lines)


def _damaged(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    cut = chance.choice((0, 1, 1, 5, len(data)))
    return data[:at] + chance.randbytes(chance.randrange(4)) + data[at + cut :]


def _mutated(chance: random.Random, record: Record) -> Record:
    headers: Headers = list(record.headers)
    match chance.randrange(7):
        case 0:
            key = chance.choice((b"", b"E2", b"\xff", b"E" * 9_999, b"' OR 1=1 -- ", b"E1#spring"))
            return msgspec.structs.replace(record, key=key)
        case 1:
            return msgspec.structs.replace(record, value=_damaged(chance, record.value))
        case 2:
            junk = chance.choice((b"", b"\n", b"x\n", b" \n\n", b"{}\n"))
            value = junk * chance.choice((1, 1, 1, 50, 50, 50, 5_000, 30_000))
            return _signed_anew(msgspec.structs.replace(record, value=value), headers)
        case 3 if headers:
            headers.pop(chance.randrange(len(headers)))
        case 4:
            headers += [_header(chance, record)] * chance.choice((1, 1, 2, 60))
        case 5 if headers:
            at = chance.randrange(len(headers))
            headers[at] = (headers[at][0], _header(chance, record)[1])
        case _:
            return _signed_anew(record, headers)
    changed = msgspec.structs.replace(record, headers=tuple(headers))
    return _signed_anew(changed, headers) if chance.random() < 0.5 else changed


def _header(chance: random.Random, record: Record) -> tuple[str, bytes | None]:
    ours = [name for name, _ in record.headers] or ["fenghuo-format"]
    name = chance.choice((*ours, "fenghuo-new", "traceparent", "", "n" * 5_000))
    return name, chance.choice(
        (None, b"", b"0", b"-1", b"9" * 30, b"\xff\xfe", b"x" * 400_000, b"{}", b'{"0":99}', b"[1]")
    )


def _signed_anew(record: Record, headers: Headers) -> Record:
    """With the enterprise's own signature: an enterprise may be hostile too."""
    kept = {name: value for name, value in headers if value is not None}
    signature = sign(_KEY, record.key, kept, record.value)
    others = [(name, value) for name, value in headers if name != HEADER_SIGNATURE]
    return msgspec.structs.replace(record, headers=(*others, (HEADER_SIGNATURE, signature)))


class Kept(msgspec.Struct):
    """A state and, to hold it against what comes next, its record."""

    state: EnterpriseState
    encoded: bytes


class Trial:
    """Records one after another through one engine; counts what became of them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.restarts = random.Random(seed + 1)
        self.engine = fuzzed_engine()
        self.taken = 0
        self.states: dict[str, Kept] = {}
        self.outcomes: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.formats: Counter[str] = Counter()

    def run(self, records: int) -> None:
        """Raises AssertionError for the first record that is not taken as it must be."""
        for number in range(self.taken, self.taken + records):
            self._take(record_of(self.chance, number))
            self.taken = number + 1

    def _take(self, record: Record) -> None:
        admitted = self.engine.admit(record)
        key = admitted.state_key
        kept = self._kept(key)
        decisions = self.engine.apply(kept.state, admitted)
        after = encode_state(kept.state)
        rows_of(decisions)
        outcome = check(record, decisions)
        assert outcome != "refused" or after == kept.encoded, "a refused record touched a state"
        assert key != STRANGER or after == kept.encoded, "a stranger is remembered"
        kept.encoded = after
        self.outcomes[outcome] += 1
        for each in decisions:
            if isinstance(each, Event):
                self.formats[each.format] += 1
            elif isinstance(each, DeadLetter):
                self.reasons[each.reason] += each.events

    def _kept(self, key: str) -> Kept:
        """As a worker has it: the state itself, after a restart what was remembered of it."""
        kept = self.states.get(key)
        if kept is None:
            fresh = enterprise_state(fresh_state(key))
            kept = self.states[key] = Kept(fresh, encode_state(fresh))
        elif self.restarts.random() < RESTARTED:
            kept.state = enterprise_state(decode_state(key, kept.encoded))
            assert encode_state(kept.state) == kept.encoded, "a restart changes a state"
        return kept


def check(record: Record, decisions: list[Decision]) -> str:
    """What became of it; AssertionError where that is not said once, or not in bounds."""
    accounts = [each for each in decisions if isinstance(each, BatchAccount | CommandOutcome)]
    (account,) = accounts
    letters = [each for each in decisions if isinstance(each, DeadLetter)]
    assert len(letters) <= LETTERS_MAX
    published = publications_of(letters)
    assert all(len(each.value) <= LARGEST_LETTER for each in published)
    if isinstance(account, CommandOutcome):
        assert not letters
        return "command"
    parts = account.stored + account.late + account.dropped + account.dead_lettered
    assert account.events == parts
    remarks = {*REMARKS, OVER_QUOTA} if account.outcome == "accepted" else {*REMARKS}
    lost = [count for reason, count in account.reasons.items() if reason not in remarks]
    assert sum(lost) == account.dropped + account.dead_lettered
    assert sum(each.events for each in letters) == account.dead_lettered
    assert account.offset == record.offset
    return account.outcome


@click.command()
@click.option("--records", type=click.IntRange(1), default=100_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--every", type=click.IntRange(1), default=10_000, show_default=True)
def main(records: int, seed: int, every: int) -> None:
    """Take that many mutated records; after each EVERY of them say what became of all so far."""
    trial = Trial(seed)
    while trial.taken < records:
        trial.run(min(every, records - trial.taken))
        print(account_of(trial), flush=True)
    print(f"events stored by format: {dict(trial.formats.most_common())}")
    print(f"events refused by reason: {dict(trial.reasons.most_common())}")


def account_of(trial: Trial) -> str:
    """How many were taken and accounted for, and how; what it cost this process until now."""
    peak_mb = getrusage(RUSAGE_SELF).ru_maxrss // 1024
    sizes = [len(kept.encoded) for kept in trial.states.values()]
    return (
        f"{trial.taken} records, {trial.outcomes.total()} accounted for {dict(trial.outcomes)}, "
        f"peak {peak_mb} MB, {len(sizes)} states of {sum(sizes)} bytes, "
        f"{process_time():.0f} s of processor"
    )


if __name__ == "__main__":
    sys.exit(main())
