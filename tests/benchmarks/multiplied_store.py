"""A national store from a sample's real rows, multiplied inside the engine: nothing is made up
but who, when and where.

    sample    300 enterprises, one slot of ten minutes, written by the pipeline
    copy n    one sample enterprise's rows, as those of another enterprise in another slot

Rule 1. A copy keeps every relation: ids are hashed with its number, names that hold the sample's
        enterprise hold the copy's, moments move by whole slots, so that a count of a minute, hour
        or day stays one.
Rule 2. A round is one copy of each sample enterprise: it has copies of the sample's campaigns,
        whose members are the round's copies. Their provinces stay the sample's.
Rule 3. Copies are written in the order of their slots, as time goes by; a share of the batches
        comes once more, in other blocks.
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random

import msgspec

from pipeline.files.registry_file import keep_registry
from pipeline.simulate.registry import make_registry
from schemas.moments import DAY, MINUTE, SECOND, Moment
from schemas.registry import Enterprise
from sinks.case_tables import CAMPAIGNS
from sinks.chdb import ChdbSink
from sinks.columns import MAYBE_MOMENT, MOMENT, TEXT, TEXTS, WORD, Column, Table
from sinks.ddl import WRITE_SETTINGS, literal
from sinks.log_tables import ENTERPRISES
from sinks.rollups import STEPS
from sinks.tables import TABLES
from tests.benchmarks import sample_store

SLOT = 10 * MINUTE
DAYS = 30
COPIES_AT_ONCE = 800
AGAIN = 50
"""One batch in so many is written twice."""
SILENT_SHARE = 0.02
"""Of the registered enterprises: they never send."""
LARGEST_POWER = 2.0
"""Enterprises differ in size: of the copies beyond one each, the first tenth of the enterprises
has the power's root of a tenth."""

PROVINCE_SHARES = {
    "440000": 14.0, "320000": 12.0, "330000": 10.0, "370000": 8.0, "310000": 5.0, "110000": 5.0,
    "350000": 4.2, "410000": 4.2, "510000": 4.0, "420000": 3.8, "130000": 3.6, "340000": 3.4,
    "430000": 3.2, "210000": 2.6, "610000": 2.2, "360000": 2.2, "500000": 2.0, "120000": 1.9,
    "140000": 1.6, "450000": 1.5, "530000": 1.4, "230000": 1.2, "520000": 1.0, "220000": 1.0,
    "150000": 1.0, "650000": 0.9, "620000": 0.7, "640000": 0.4, "460000": 0.4, "630000": 0.3,
    "540000": 0.1,
}  # fmt: skip
"""Assumed, in percent: as unequal as industry is."""

_HASHED = "lower(hex(sipHash128({}, c.number)))"
_BY_NAME = {
    **{name: f"c.{name}" for name in ("enterprise_id", "province", "sector")},
    **{
        f"{thing}_id": "if({0} = '', '', " + _HASHED.format("{0}") + ")"
        for thing in ("event", "batch", "detection", "incident", "obligation", "command")
    },
    "dead_letter_id": _HASHED,
    "campaign_id": "lower(hex(sipHash128({}, c.round)))",
    "superseded_by": "if({0} = '', '', " + _HASHED.format("{0}") + ")",
    "event_ids": f"arrayMap(x -> {_HASHED.format('x')}, {{}})",
    "detection_ids": f"arrayMap(x -> {_HASHED.format('x')}, {{}})",
    "partition": "if({0} < 0, {0}, toInt64(cityHash64(c.enterprise_id) % 32))",
    "offset": "toInt64(c.number * 1000000 + {})",
}
"""Column: its value in a copy, of the sample's."""
_MOVED = "addMicroseconds({}, c.shift)"
_NAMED = "replaceAll(toString({}), c.sample, c.enterprise_id)"
_BY_TYPE = {
    MOMENT: _MOVED,
    MAYBE_MOMENT: _MOVED,
    TEXT: _NAMED,
    WORD: _NAMED,
    TEXTS: "arrayMap(x -> replaceAll(x, c.sample, c.enterprise_id), {})",
}
"""The same of every other column of a type; of the rest, the sample's own."""
_SETTINGS = WRITE_SETTINGS | {"max_insert_threads": 2}


class Copy(msgspec.Struct, frozen=True):
    """One sample enterprise's rows as another's, so many microseconds later."""

    number: int
    sample: str
    round: int
    enterprise: Enterprise
    shift: Moment


def registry_of(seed: int, enterprises: int) -> list[Enterprise]:
    """The registry, its provinces drawn in `PROVINCE_SHARES`."""
    random = Random(seed)
    provinces = random.choices(
        tuple(PROVINCE_SHARES), tuple(PROVINCE_SHARES.values()), k=enterprises
    )
    return [
        msgspec.structs.replace(enterprise, province=province)
        for (enterprise, _), province in zip(
            make_registry(seed, enterprises), provinces, strict=True
        )
    ]


def copies_of(
    seed: int, samples: Sequence[str], count: int, registry: Sequence[Enterprise], last: Moment
) -> list[Copy]:
    """`count` copies over the `DAYS` until `last`, in the order of time; every sender has one."""
    random = Random(seed)
    senders = registry[: round(len(registry) * (1 - SILENT_SHARE))]
    owners = [*senders[:count]]
    while len(owners) < count:
        owners.append(senders[int(len(senders) * random.random() ** LARGEST_POWER)])
    random.shuffle(owners)
    slots = DAYS * DAY // SLOT
    end = last // SLOT * SLOT - sample_store.START
    return [
        Copy(
            number,
            samples[number % len(samples)],
            number // len(samples),
            owner,
            end - (slots - slot) * SLOT,
        )
        for number, owner in enumerate(owners)
        for slot in (number * slots // count,)
    ]


def write_copies(store: ChdbSink, sample: str, copies: Sequence[Copy]) -> None:
    """The table of copies, beside the sample's own."""
    store.query(
        f"CREATE OR REPLACE TABLE {sample}.copies (number UInt64, sample String,"
        " round UInt64, enterprise_id String, province String, sector String, shift Int64)"
        " ENGINE = MergeTree ORDER BY number"
    )
    for start in range(0, len(copies), 1_000):
        values = ", ".join(map(_copy_row, copies[start : start + 1_000]))
        store.query(f"INSERT INTO {sample}.copies SELECT * FROM VALUES ({values})")


def _copy_row(copy: Copy) -> str:
    owner = copy.enterprise
    texts = (copy.sample, owner.enterprise_id, owner.province, owner.sector)
    sample, *rest = map(literal, texts)
    return f"({copy.number}, {sample}, {copy.round}, {', '.join(rest)}, {copy.shift})"


def multiplied_tables() -> tuple[Table, ...]:
    """Those whose rows belong to an enterprise."""
    return tuple(
        table
        for table in TABLES
        if "enterprise_id" in table.column_names and table is not ENTERPRISES
    )


def multiply(
    store: ChdbSink,
    sample: str,
    copies: int,
    tables: Sequence[Table],
    done: Callable[[int], None],
) -> None:
    """Every copy of every table's rows; `done` gets the copies written."""
    for first in range(0, copies, COPIES_AT_ONCE):
        last = min(first + COPIES_AT_ONCE, copies)
        for table in tables:
            store.query(insert_copies(table, sample, f"c.number >= {first} AND c.number < {last}"))
        for table in tables:
            by = "batch_id" if "batch_id" in table.column_names else table.key[0]
            again = f"c.number >= {first} AND c.number < {last} AND cityHash64(s.{by}, c.number)"
            store.query(insert_copies(table, sample, f"{again} % {AGAIN} = 0"))
        done(last - first)


def multiply_campaigns(store: ChdbSink, sample: str) -> None:
    """The sample's campaigns once a round, at the moment of the round's first copy."""
    first = f"(SELECT * FROM {sample}.copies ORDER BY number LIMIT 1 BY round)"
    store.query(_insert(CAMPAIGNS, sample, f"CROSS JOIN {first} AS c"))


def insert_copies(table: Table, sample: str, where: str) -> str:
    """The statement that writes the rows of these copies."""
    join = f"INNER JOIN {sample}.copies AS c ON c.sample = s.enterprise_id"
    return _insert(table, sample, f"{join}\nWHERE {where}")


def _insert(table: Table, sample: str, source: str) -> str:
    """Rows of the sample `s` as those of copies `c`."""
    settings = ", ".join(f"{name} = {value!r}" for name, value in _SETTINGS.items())
    return (
        f"INSERT INTO {table.stored_name} ({', '.join(_quoted(table.column_names))})\n"
        f"SELECT {', '.join(_copied(table, column) for column in table.columns)}\n"
        f"FROM {sample}.{table.stored_name} AS s {source}\nSETTINGS {settings}"
    )


def _quoted(names: Sequence[str]) -> Iterator[str]:
    return (f"`{name}`" for name in names)


def _copied(table: Table, column: Column) -> str:
    if table.of in STEPS and column.name == "time":
        return _start_of_step(STEPS[table.of])
    of_type = _BY_TYPE.get(column.type, "{}")
    return _BY_NAME.get(column.name, of_type).format(f"s.`{column.name}`")


def _start_of_step(step: Moment) -> str:
    start = _MOVED.format("s.first_time")
    if step == DAY:
        return f"toStartOfDay({start}, 'Asia/Shanghai')"
    return f"toStartOfInterval({start}, INTERVAL {step // SECOND} second)"


def keep_all(store: ChdbSink, registry: Sequence[Enterprise]) -> None:
    """The national registry into the store."""
    keep_registry(store, {each.enterprise_id: each for each in registry})
