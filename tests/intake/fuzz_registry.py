"""`python -m tests.intake.fuzz_registry --rows 200000`: registry files with whatever in them.

Each row is an enterprise or has a fault that names its line; nothing raises, and no faulty row
takes another one with it.
"""

import random
from argparse import ArgumentParser
from base64 import b64encode
from collections import Counter

import msgspec

from pipeline.intake.registry import parse_registry
from pipeline.intake.signature import is_signed
from schemas.moments import datetime_of
from schemas.quota import QuotaOverride
from schemas.registry import Enterprise, PublishingKey

ROWS = 200
"""Of one file."""
ODD: tuple[object, ...] = (
    None, True, 0, -1, 10**30, 1e308, "", "x" * 5_000, "\u0000", "登录", "a#b",
    [], [[]], {}, {"a": 1},
)  # fmt: skip


def sound(chance: random.Random, number: int) -> Enterprise:
    """A row without a fault."""
    key = PublishingKey(
        "k", b64encode(chance.randbytes(32)).decode(), datetime_of(chance.randrange(9))
    )
    return Enterprise(
        enterprise_id=f"E{number}",
        name="示例",
        province=chance.choice(("330000", "110000")),
        sector="steel",
        persons=chance.choice((None, 0, 10**6)),
        networks=("10.1.0.0/16",),
        time_zone=chance.choice(("", "Asia/Shanghai", "+08:00")),
        keys=(key,),
        quota=chance.choice((None, QuotaOverride(events_per_second=5, over="drop"))),
    )


def mutated(chance: random.Random, row: bytes) -> bytes:
    """One thing wrong, or several: a field's value, a field's name, or bytes."""
    kind = chance.randrange(4)
    if kind == 0:
        fields = msgspec.json.decode(row)
        fields[chance.choice([*fields])] = chance.choice(ODD)
        return msgspec.json.encode(fields)
    if kind == 1:
        fields = msgspec.json.decode(row)
        fields["keys"] = [
            {name: chance.choice(ODD) for name in ("key_id", "public_key", "valid_until")}
        ]
        return msgspec.json.encode(fields)
    at, size = chance.randrange(len(row)), chance.randrange(1, 9)
    middle = chance.randbytes(size).replace(b"\n", b"") if kind == 2 else b""
    return row[:at] + middle + row[at + size :]


def run(rows: int, seed: int = 1) -> Counter[str]:
    """So many rows, in files of `ROWS`; what became of them. Raises AssertionError."""
    chance, outcomes = random.Random(seed), Counter[str]()
    for _ in range(max(1, rows // ROWS)):
        good = [msgspec.json.encode(sound(chance, number)) for number in range(ROWS)]
        is_wrong = [chance.random() < 0.5 for _ in good]
        both = zip(good, is_wrong, strict=True)
        lines = [mutated(chance, row) if wrong else row for row, wrong in both]
        parsed = parse_registry(lines, "r.ndjson")
        faulty = {fault.line for fault in parsed.faults}
        asked = {number for number, line in enumerate(lines, start=1) if line.strip()}
        assert len(parsed.enterprises) + len(faulty) == len(asked), "each row is one or the other"
        assert faulty <= asked
        for enterprise in parsed.enterprises.values():
            assert not any(is_signed(each.public_key, b"x", b"") for each in enterprise.keys)
        outcomes["enterprise"] += len(parsed.enterprises)
        outcomes["fault"] += len(faulty)
        twice = [fault for fault in parsed.faults if "stands twice" in fault.problem]
        untouched = {number + 1 for number, wrong in enumerate(is_wrong) if not wrong}
        assert not (faulty - {fault.line for fault in twice}) & untouched, "it costs only itself"
    return outcomes


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    given = parser.parse_args()
    print(f"{given.rows} rows: {dict(run(given.rows))}")
